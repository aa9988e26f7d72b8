// node bench/data.mjs FOLDER [--tiny]: writes the weights and inputs of the compared models, M1 .. M4 (M5 trains M2's),
// as NAME.json (sizes, and what lies where) and NAME.bin (little-endian float32 and int32, one tensor after the other).
// The numbers are those of mulberry32 from one seed a model, in the order of the lines below: a real is
// f32((2u - 1) a), a whole number low + floor(u (high - low)), with u = next 32 bits / 2^32. --tiny: sizes for tests.
// The expected results, golden.json, come from peers/golden.py; those of the full sizes are committed and copied.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SIZES = {
  full: {
    M1: { srcVocab: 32, emb: 128, encHidden: 256, decHidden: 512, tgtVocab: 48, srcLen: 12, steps: 10, bos: 1 },
    M2: {
      vocab: 8000,
      d: 256,
      heads: 4,
      ffn: 1024,
      encLayers: 3,
      decLayers: 3,
      srcLen: 16,
      steps: 16,
      bos: 1,
      maxPos: 64,
      lnEps: 1e-5,
      batch: 32,
      trainSrcLen: 16,
      trainTgtLen: 16,
      lr: 1e-4,
    },
    classifier: { vocab: 10000, emb: 64, hidden: 128, len: 100, classes: 2, batch: 32, lr: 1e-3 },
  },
  tiny: {
    M1: { srcVocab: 9, emb: 6, encHidden: 4, decHidden: 8, tgtVocab: 12, srcLen: 5, steps: 6, bos: 1 },
    M2: {
      vocab: 23,
      d: 8,
      heads: 2,
      ffn: 12,
      encLayers: 2,
      decLayers: 2,
      srcLen: 4,
      steps: 6,
      bos: 1,
      maxPos: 8,
      lnEps: 1e-5,
      batch: 3,
      trainSrcLen: 4,
      trainTgtLen: 5,
      lr: 1e-3,
    },
    classifier: { vocab: 13, emb: 5, hidden: 6, len: 7, classes: 2, batch: 4, lr: 1e-2 },
  },
};

function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A growing file of tensors. Each method adds one, in the order of the calls. */
function tensorFile(seed) {
  const next = mulberry32(seed);
  const tensors = [];
  const parts = [];
  let offset = 0;
  const add = (name, dtype, shape, value) => {
    const values = new (dtype === 'f32' ? Float32Array : Int32Array)(shape.reduce((a, b) => a * b));
    for (let i = 0; i < values.length; i++) values[i] = value(i);
    tensors.push({ name, dtype, shape, offset });
    parts.push(Buffer.from(values.buffer));
    offset += values.byteLength;
  };
  const uniform = (name, shape, a) => add(name, 'f32', shape, () => (next() * 2 - 1) * a);
  return {
    tensors,
    parts,
    uniform,
    given: (name, shape, value) => add(name, 'f32', shape, value),
    /** Standard deviation gain / sqrt(inputs). */
    weight: (name, shape, gain = 1) => uniform(name, shape, gain * Math.sqrt(3 / shape.at(-1))),
    bias: (name, size) => uniform(name, [size], 0.05),
    ids: (name, shape, high, low = 0) => add(name, 'i32', shape, () => low + Math.floor(next() * (high - low))),
  };
}

function lstm(file, name, input, hidden, gain = 1, gates = 4) {
  file.weight(`${name}.w_ih`, [gates * hidden, input], gain);
  file.weight(`${name}.w_hh`, [gates * hidden, hidden], gain);
  file.bias(`${name}.b`, gates * hidden);
}

function encoderDecoder(c) {
  const file = tensorFile(101);
  file.uniform('src_emb', [c.srcVocab, c.emb], 1);
  lstm(file, 'enc_fw', c.emb, c.encHidden);
  lstm(file, 'enc_bw', c.emb, c.encHidden);
  file.uniform('tgt_emb', [c.tgtVocab, c.emb], 1);
  lstm(file, 'dec', c.emb, c.decHidden, 2);
  file.weight('attn.w', [c.decHidden, 2 * c.encHidden], 2);
  file.weight('combine.w', [c.decHidden, 2 * c.encHidden + c.decHidden], 2);
  file.weight('out.w', [c.tgtVocab, c.decHidden], 4);
  file.bias('out.b', c.tgtVocab);
  file.ids('src', [1, c.srcLen], c.srcVocab, 3);
  return file;
}

function position(i, d) {
  const column = i % d;
  const angle = Math.floor(i / d) / 10000 ** ((column - (column % 2)) / d);
  return column % 2 ? Math.cos(angle) : Math.sin(angle);
}

function transformer(c) {
  const file = tensorFile(202);
  const gains = { q: 3, k: 3, v: 1, o: 1.5 };
  const attention = (name) =>
    Object.entries(gains).forEach(([part, gain]) => {
      file.weight(`${name}.w${part}`, [c.d, c.d], gain);
      file.bias(`${name}.b${part}`, c.d);
    });
  const norm = (name) => {
    file.given(`${name}.g`, [c.d], () => 1);
    file.bias(`${name}.b`, c.d);
  };
  const feedForward = (name) => {
    file.weight(`${name}.w1`, [c.ffn, c.d]);
    file.bias(`${name}.b1`, c.ffn);
    file.weight(`${name}.w2`, [c.d, c.ffn], 1.5);
    file.bias(`${name}.b2`, c.d);
  };
  file.uniform('emb', [c.vocab, c.d], Math.sqrt(3 / c.d));
  file.given('pe', [c.maxPos, c.d], (i) => position(i, c.d));
  for (let l = 0; l < c.encLayers; l++) {
    attention(`enc${l}.sa`);
    norm(`enc${l}.ln1`);
    feedForward(`enc${l}.ff`);
    norm(`enc${l}.ln2`);
  }
  for (let l = 0; l < c.decLayers; l++) {
    attention(`dec${l}.sa`);
    norm(`dec${l}.ln1`);
    attention(`dec${l}.ca`);
    norm(`dec${l}.ln2`);
    feedForward(`dec${l}.ff`);
    norm(`dec${l}.ln3`);
  }
  file.ids('src', [1, c.srcLen], c.vocab, 3);
  file.ids('train_src', [c.batch, c.trainSrcLen], c.vocab, 3);
  file.ids('train_tgt', [c.batch, c.trainTgtLen + 1], c.vocab, 3);
  return file;
}

function classifier(c, seed) {
  const file = tensorFile(seed);
  file.uniform('emb', [c.vocab, c.emb], 0.5);
  lstm(file, 'rnn', c.emb, c.hidden, 1, c.cell === 'lstm' ? 4 : 1);
  file.weight('out.w', [c.classes, c.hidden]);
  file.bias('out.b', c.classes);
  file.ids('x', [1, c.len], c.vocab);
  file.ids('train_x', [c.batch, c.len], c.vocab);
  file.ids('train_y', [c.batch], c.classes);
  return file;
}

const MODELS = { M1: encoderDecoder, M2: transformer, M3: (c) => classifier(c, 303), M4: (c) => classifier(c, 404) };

/** The config of a model in the full sizes. */
export function fullConfig(name, sizes = SIZES.full) {
  return sizes[name] ?? { ...sizes.classifier, cell: name === 'M3' ? 'lstm' : 'rnn' };
}

/** Writes one model of any sizes; returns the bytes of its tensors. */
export function writeModel(folder, name, config) {
  const file = MODELS[name](config);
  const bytes = Buffer.concat(file.parts);
  const tensors = file.tensors.map((tensor) => `  ${JSON.stringify(tensor)}`).join(',\n');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.bin`), bytes);
  writeFileSync(
    join(folder, `${name}.json`),
    `{\n "name": "${name}",\n "config": ${JSON.stringify(config)},\n "tensors": [\n${tensors}\n ]\n}\n`,
  );
  return bytes;
}

/** Writes all models, with the expected results of the full sizes; returns the SHA-256 of all tensors, in order. */
export function writeData(folder, size = 'full') {
  const hash = createHash('sha256');
  for (const name of Object.keys(MODELS)) hash.update(writeModel(folder, name, fullConfig(name, SIZES[size])));
  if (size === 'full') copyFileSync(new URL('golden.json', import.meta.url), join(folder, 'golden.json'));
  return hash.digest('hex');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder, size] = process.argv.slice(2);
  if (!folder || (size && size !== '--tiny')) {
    console.error('usage: node bench/data.mjs FOLDER [--tiny]');
    process.exit(2);
  }
  console.log(writeData(folder, size ? 'tiny' : 'full'));
}
