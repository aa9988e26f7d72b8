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
export const newEngine = (kind = 'heed') => LocalEngine.create(readFileSync(join(buildFolder, `js/${kind}-simd128.wasm`)), 'simd128');

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
export const modelFolders = () => readdirSync(join(root, 'models'))
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
