// What the tests of the WebAssembly engine in Node share. They test what was built: build/js and build/wasm, or those
// folders below $HEED_BUILD.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const buildFolder = process.env.HEED_BUILD ?? join(root, 'build');
export const fixture = join(root, 'tests/wasm/fixtures/tiny-attn');

const { LocalEngine } = await import(pathToFileURL(join(buildFolder, 'js/engine.js')).href);

/** Node runs the simd128 module; its relaxed SIMD needs a flag and is partly wrong, so that is left to Chromium. */
export const newEngine = (kind = 'heed') =>
  LocalEngine.create(readFileSync(join(buildFolder, `js/${kind}-simd128.wasm`)), 'simd128');

const bytes = (path) => {
  const file = readFileSync(path);
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.length);
};

export const readModel = (folder) => ({
  config: bytes(join(folder, 'config.json')),
  tokenizer: bytes(join(folder, 'tokenizer.json')),
  weights: bytes(join(folder, 'model.safetensors')),
});

/** The fixture with a bias that never lets it end: its outputs go on to the length limit. For runs that take time. */
export function endlessModel() {
  const files = readModel(fixture);
  const view = new DataView(files.weights);
  const headerBytes = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(files.weights.slice(8, 8 + headerBytes)));
  const eos = JSON.parse(new TextDecoder().decode(files.tokenizer)).target.tokens.indexOf('<eos>');
  view.setFloat32(8 + headerBytes + header['decoder.output.bias'].data_offsets[0] + 4 * eos, -1e4, true);
  return files;
}

export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** The folders of trained models that have golden inputs: all that have a config must. */
export const modelFolders = () =>
  readdirSync(join(root, 'models'))
    .map((name) => join(root, 'models', name))
    .filter((folder) => existsSync(join(folder, 'config.json')));

/** Equal to `tolerance`, absolutely for small and relatively for large numbers. NaN is equal to nothing. */
export function assertClose(actual, expected, tolerance, what) {
  assert.equal(actual.length, expected.length, `${what}: lengths differ`);
  for (let i = 0; i < expected.length; i++) {
    const allowed = tolerance * Math.max(1, Math.abs(expected[i]));
    assert.ok(Math.abs(actual[i] - expected[i]) <= allowed, `${what}[${i}]: ${actual[i]} is not ${expected[i]}`);
  }
}

/** What native int8 says of the golden inputs of a folder's model (fixtures/int8-tokens.mjs writes it). */
export const nativeInt8 = (name) => readJson(join(root, 'tests/wasm/fixtures/int8-tokens.json'))[name];

const INT8_RMS = 0.15; // of logits of +-10; 0.011 and 0.013 of the trained models, 0.10 of the fixture, measured
const INT8_SAME = 0.85; // of the inputs have the same tokens: golden inputs are hard ones, with choices that are nearly even

/**
 * Results of `golden.items` (logits traced) against golden.json, which is computed in f32. In f32 they differ by the order
 * of sums only. In int8 activations are rounded to 7 bits: logits are near up to the first choice that turns out otherwise,
 * and the tokens are those of native int8, whose products are the same whole numbers.
 */
export function assertGolden(dtype, golden, results, name) {
  let same = 0,
    squares = 0,
    count = 0;
  golden.items.forEach(({ input, tokens, logits }, i) => {
    const got = results[i].hypotheses[0].tokens;
    const kept = results[i].trace.filter(({ name }) => name === 'decoder.logits').flatMap(({ values }) => values);
    if (dtype === 'f32') {
      assert.deepEqual(got, tokens, input);
      assertClose(kept, logits.flat(), 1e-4, `logits of "${input}"`);
      return;
    }
    const parted = tokens.findIndex((token, t) => got[t] !== token);
    const steps = parted < 0 ? Math.min(tokens.length, got.length) : parted;
    same += parted < 0 && got.length === tokens.length;
    logits
      .slice(0, steps + 1)
      .flat()
      .forEach((logit, k) => {
        squares += (kept[k] - logit) ** 2;
        count++;
      });
  });
  if (dtype === 'f32') return;
  const native = nativeInt8(name);
  assert.ok(native, `fixtures/int8-tokens.json has no "${name}": run fixtures/int8-tokens.mjs`);
  golden.items.forEach(({ input }, i) => assert.equal(results[i].hypotheses[0].tokens.join(' '), native[input], input));
  assert.ok(same >= INT8_SAME * golden.items.length, `${same} of ${golden.items.length} inputs have the same tokens`);
  assert.ok(Math.sqrt(squares / count) <= INT8_RMS, `the logits differ by ${Math.sqrt(squares / count)}`);
}

/** The EngineError that `call` throws; its code must be `code`. */
export function thrown(code, call) {
  try {
    call();
  } catch (error) {
    assert.equal(error.name, 'EngineError', `${error.stack}`);
    assert.equal(error.code, code, error.message);
    assert.ok(error.message.length > 0);
    return error;
  }
  assert.fail(`nothing was thrown; expected an error of code ${code}`);
}
