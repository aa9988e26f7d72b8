// A damaged model: an error that says what is wrong, and the engine goes on.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { fixture, newEngine, readModel, thrown } from './support.mjs';

const engine = await newEngine();
const whole = readModel(fixture);
const words = () => engine.loadModel(whole).run('heed').hypotheses[0].tokens;
const expected = words();

const text = (buffer) => new TextDecoder().decode(buffer);
const buffer = (string) => new TextEncoder().encode(string).buffer;
const headerBytes = () => Number(new DataView(whole.weights).getBigUint64(0, true));
const header = () => JSON.parse(text(whole.weights.slice(8, 8 + headerBytes())));

/** The weights with another header; the data stays. */
function withHeader(change) {
  const changed = header();
  change(changed);
  const bytes = new Uint8Array(buffer(JSON.stringify(changed)));
  const data = new Uint8Array(whole.weights, 8 + headerBytes());
  const file = new Uint8Array(8 + bytes.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(bytes.length), true);
  file.set(bytes, 8);
  file.set(data, 8 + bytes.length);
  return file.buffer;
}

function withLength(length) {
  const file = whole.weights.slice(0);
  new DataView(file).setBigUint64(0, length, true);
  return file;
}

/** The weights with four bytes of the first F32 tensor replaced. */
function withFloat(value) {
  const file = whole.weights.slice(0);
  const tensor = Object.values(header()).find(({ dtype }) => dtype === 'F32');
  new DataView(file).setFloat32(8 + headerBytes() + tensor.data_offsets[0], value, true);
  return file;
}

const firstTensor = (h) => Object.keys(h).find((name) => name !== '__metadata__');
const cut = (file, size) => file.slice(0, size);

const cases = {
  'weights: empty': { weights: new ArrayBuffer(0) },
  'weights: cut in the length': { weights: cut(whole.weights, 5) },
  'weights: cut in the header': { weights: cut(whole.weights, 40) },
  'weights: cut in the data': { weights: cut(whole.weights, whole.weights.byteLength - 1) },
  'weights: header longer than the file': { weights: withLength(BigInt(whole.weights.byteLength)) },
  'weights: header of 2^63 bytes': { weights: withLength(2n ** 63n) },
  'weights: header of 2^32 + 8 bytes': { weights: withLength(2n ** 32n + 8n) },
  'weights: header of no bytes': { weights: withLength(0n) },
  'weights: an HTML page': { weights: buffer('<!doctype html><title>404</title>') },
  'weights: a tensor is missing': { weights: withHeader((h) => delete h[firstTensor(h)]) },
  'weights: a wrong shape': {
    weights: withHeader((h) => {
      h[firstTensor(h)].shape = [1, 1];
    }),
  },
  'weights: shapes that overflow': {
    weights: withHeader((h) => {
      h[firstTensor(h)].shape = [2 ** 31, 2 ** 31];
    }),
  },
  'weights: offsets outside': {
    weights: withHeader((h) => {
      h[firstTensor(h)].data_offsets = [0, 2 ** 40];
    }),
  },
  'weights: offsets backwards': { weights: withHeader((h) => h[firstTensor(h)].data_offsets.reverse()) },
  'weights: an unknown type': {
    weights: withHeader((h) => {
      h[firstTensor(h)].dtype = 'Q7';
    }),
  },
  'config: no JSON': { config: buffer('{"model_type": ') },
  'config: an HTML page': { config: buffer('<!doctype html><title>404</title>') },
  'config: a wrong type': { config: buffer('[]') },
  'config: not UTF-8': { config: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).buffer },
  'config: nested too deep': { config: buffer('['.repeat(100000)) },
  'tokenizer: no JSON': { tokenizer: buffer('') },
  'tokenizer: cut': { tokenizer: cut(whole.tokenizer, 60) },
  'tokenizer: a wrong type': { tokenizer: buffer('{"source": 1, "target": []}') },
};

afterEach(() => assert.deepEqual(words(), expected, 'the next load must work'));

for (const [name, damage] of Object.entries(cases)) {
  test(name, () => {
    const error = thrown('format', () => engine.loadModel({ ...whole, ...damage }));
    assert.ok(error.message.length > 15 && !/\n/.test(error.message), error.message);
  });
}

test('config: an unknown architecture', () => {
  const config = buffer(text(whole.config).replace(/"model_type":\s*"[^"]*"/, '"model_type": "nothing"'));
  assert.match(thrown('unknown', () => engine.loadModel({ ...whole, config })).message, /nothing/);
});

for (const value of [NaN, Infinity]) {
  test(`weights: ${value}`, () => {
    thrown('numeric', () => engine.loadModel({ ...whole, weights: withFloat(value) }));
  });
}

test('any one byte of the header damaged: an error or a model, never a crash', () => {
  const bytes = new Uint8Array(whole.weights);
  for (let at = 0; at < 8 + headerBytes(); at += 7) {
    const file = bytes.slice();
    file[at] ^= 0x15;
    try {
      engine.loadModel({ ...whole, weights: file.buffer }).free();
    } catch (error) {
      assert.equal(error.name, 'EngineError', `byte ${at}: ${error.stack}`);
    }
  }
});
