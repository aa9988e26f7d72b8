// The models in TensorFlow.js. Weights are transposed once, products are fused with bias and activation, tokens stay in the
// backend until the end. Two things that a user has to find out are done for training: the wasm backend has no gradient for
// tf.gather (UnsortedSegmentSum), and its product with a transposed operand, which stock gradients use, is slow. Both are
// replaced by tf.customGrad.
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';

const lookUp = tf.customGrad((table, ids, save) => {
  save([ids]);
  const [rows, size] = table.shape;
  return {
    value: tf.gather(table, ids),
    gradFunc: (dy, [i]) => [tf.scatterND(i.reshape([-1, 1]), dy.reshape([-1, size]), [rows, size]), tf.zerosLike(i)],
  };
});
const product = tf.customGrad((a, b, save) => {
  save([a, b]);
  return {
    value: tf.matMul(a, b),
    gradFunc: (dy, [x, w]) => [tf.matMul(dy, tf.transpose(w)), tf.matMul(tf.transpose(x), dy)],
  };
});

/** Weights by name; matrices but the tables are [in, out]. */
function weightsOf(tensors, bytes, training) {
  const weights = {};
  for (const { name, dtype, shape, offset } of tensors) {
    const count = shape.reduce((a, b) => a * b);
    const values = new (dtype === 'f32' ? Float32Array : Int32Array)(bytes, offset, count);
    let tensor = tf.tensor(values, shape, dtype === 'f32' ? 'float32' : 'int32');
    if (dtype === 'f32' && shape.length === 2 && !/emb$|^pe$/.test(name)) tensor = tf.transpose(tensor);
    weights[name] = training && dtype === 'f32' && name !== 'pe' ? tf.variable(tensor) : tensor;
  }
  return weights;
}

/** The parts that differ between inference and training. */
const operations = (training) => ({
  embed: (table, ids) => (training ? lookUp(table, ids) : tf.gather(table, ids)),
  multiply: training ? product : (a, b) => tf.matMul(a, b),
  linear(x, w, b, activation) {
    if (!training) return tf.fused.matMul({ a: x, b: w, bias: b, activation });
    const y = tf.add(product(x, w), b);
    return activation === 'relu' ? tf.relu(y) : y;
  },
});

function cellStep(ops, gates, h, c, w) {
  const sum = tf.add(gates, ops.multiply(h, w));
  if (c === null) return [tf.tanh(sum), null];
  const [i, f, g, o] = tf.split(sum, 4, 1);
  const next = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
  return [tf.mul(tf.sigmoid(o), tf.tanh(next)), next];
}

/** x [T * B, in], time outermost; returns the states of every step, in the order of time, and the last c. */
function recurrent(ops, w, name, x, steps, rows, { lstm = true, reverse = false } = {}) {
  const gates = tf.split(ops.linear(x, w[`${name}.w_ih`], w[`${name}.b`]), steps, 0);
  const hidden = w[`${name}.w_hh`].shape[0];
  const states = [];
  let h = tf.zeros([rows, hidden]);
  let c = lstm ? tf.zeros([rows, hidden]) : null;
  for (let t = 0; t < steps; t++) {
    const at = reverse ? steps - 1 - t : t;
    [h, c] = cellStep(ops, gates[at], h, c, w[`${name}.w_hh`]);
    states[at] = h;
  }
  return { states, h, c };
}

function speech(ops, w, config) {
  const x = ops.embed(w.src_emb, w.src.reshape([-1]));
  const forward = recurrent(ops, w, 'enc_fw', x, config.srcLen, 1);
  const backward = recurrent(ops, w, 'enc_bw', x, config.srcLen, 1, { reverse: true });
  const memory = tf.concat([tf.concat(forward.states, 0), tf.concat(backward.states, 0)], 1);
  const keys = tf.matMul(memory, w['attn.w']);
  let h = tf.concat([forward.h, backward.h], 1);
  let c = tf.concat([forward.c, backward.c], 1);
  let token = tf.tensor1d([config.bos], 'int32');
  let logits;
  const tokens = [];
  for (let t = 0; t < config.steps; t++) {
    const gates = ops.linear(ops.embed(w.tgt_emb, token), w['dec.w_ih'], w['dec.b']);
    [h, c] = cellStep(ops, gates, h, c, w['dec.w_hh']);
    const context = tf.matMul(tf.softmax(tf.matMul(h, keys, false, true)), memory);
    const readout = tf.tanh(tf.matMul(tf.concat([context, h], 1), w['combine.w']));
    logits = ops.linear(readout, w['out.w'], w['out.b']);
    tokens.push((token = tf.argMax(logits, 1)));
  }
  return { tokens: tf.concat(tokens), logits };
}

/** The Transformer. Activations are [B * T, d], heads [B, heads, T, d / heads]. */
function transformer(ops, w, config, rows) {
  const { d, heads } = config;
  const split = (x) => tf.transpose(x.reshape([rows, -1, heads, d / heads]), [0, 2, 1, 3]);
  const norm = (x, name) => {
    const { mean, variance } = tf.moments(x, -1, true);
    const scaled = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, config.lnEps)));
    return tf.add(tf.mul(scaled, w[`${name}.g`]), w[`${name}.b`]);
  };
  const project = (x, name, part) => ops.linear(x, w[`${name}.w${part}`], w[`${name}.b${part}`]);
  const keys = (x, name) => [split(project(x, name, 'k')), split(project(x, name, 'v'))];
  const attend = (x, [k, v], name, mask) => {
    const q = split(tf.mul(project(x, name, 'q'), 1 / Math.sqrt(d / heads)));
    const scores = tf.matMul(q, k, false, true);
    const y = tf.matMul(tf.softmax(mask ? tf.add(scores, mask) : scores), v);
    return project(tf.transpose(y, [0, 2, 1, 3]).reshape([-1, d]), name, 'o');
  };
  const feed = (x, name) =>
    ops.linear(ops.linear(x, w[`${name}.w1`], w[`${name}.b1`], 'relu'), w[`${name}.w2`], w[`${name}.b2`]);
  const embed = (ids, start, length) => {
    const x = tf.mul(ops.embed(w.emb, ids.reshape([-1])), Math.sqrt(d)).reshape([rows, length, d]);
    return tf.add(x, tf.slice(w.pe, [start, 0], [length, d])).reshape([-1, d]);
  };
  const encode = (ids, length) => {
    let x = embed(ids, 0, length);
    for (let l = 0; l < config.encLayers; l++) {
      x = norm(tf.add(x, attend(x, keys(x, `enc${l}.sa`), `enc${l}.sa`)), `enc${l}.ln1`);
      x = norm(tf.add(x, feed(x, `enc${l}.ff`)), `enc${l}.ln2`);
    }
    return x;
  };
  /** A decoder layer whose own attention reads `own`. */
  const layer = (x, l, own, cross, mask) => {
    let y = norm(tf.add(x, attend(x, own, `dec${l}.sa`, mask)), `dec${l}.ln1`);
    y = norm(tf.add(y, attend(y, cross, `dec${l}.ca`)), `dec${l}.ln2`);
    return norm(tf.add(y, feed(y, `dec${l}.ff`)), `dec${l}.ln3`);
  };
  return { keys, embed, encode, layer };
}

function translate(ops, w, config, output) {
  const net = transformer(ops, w, config, 1);
  const layers = [...Array(config.decLayers).keys()];
  const memory = net.encode(w.src, config.srcLen);
  const cross = layers.map((l) => net.keys(memory, `dec${l}.ca`));
  const past = [];
  let token = tf.tensor1d([config.bos], 'int32');
  let logits;
  const tokens = [];
  for (let t = 0; t < config.steps; t++) {
    let x = net.embed(token, t, 1);
    for (const l of layers) {
      const now = net.keys(x, `dec${l}.sa`);
      past[l] = past[l] ? now.map((part, i) => tf.concat([past[l][i], part], 2)) : now;
      x = net.layer(x, l, past[l], cross[l]);
    }
    logits = tf.matMul(x, output);
    tokens.push((token = tf.argMax(logits, 1)));
  }
  return { tokens: tf.concat(tokens), logits };
}

function classify(ops, w, config, ids, rows) {
  const x = ops.embed(w.emb, tf.transpose(ids).reshape([-1]));
  const { h } = recurrent(ops, w, 'rnn', x, config.len, rows, { lstm: config.cell === 'lstm' });
  return ops.linear(h, w['out.w'], w['out.b']);
}

export function prepareInference(model, config, tensors, bytes) {
  const w = weightsOf(tensors, bytes, false);
  const ops = operations(false);
  const output = model === 'M2' ? tf.transpose(w.emb) : null;
  const run =
    {
      M1: () => speech(ops, w, config),
      M2: () => translate(ops, w, config, output),
    }[model] ?? (() => ({ logits: classify(ops, w, config, w.x, 1) }));
  return () =>
    tf.tidy(() => {
      const { tokens, logits } = run();
      return { tokens: tokens && [...tokens.dataSync()], logits: logits.dataSync() };
    });
}

export function prepareTraining(model, config, tensors, bytes) {
  const w = weightsOf(tensors, bytes, true);
  const ops = operations(true);
  const adam = tf.train.adam(config.lr, 0.9, 0.999, 1e-8);
  let loss;
  if (model === 'M5') {
    const { batch, trainTgtLen: length, decLayers } = config;
    const net = transformer(ops, w, config, batch);
    const given = tf.slice(w.train_tgt, [0, 0], [batch, length]);
    const wanted = tf.oneHot(tf.slice(w.train_tgt, [0, 1], [batch, length]).reshape([-1]), config.vocab).toFloat();
    const future = Float32Array.from({ length: length * length }, (_, i) =>
      i % length > Math.floor(i / length) ? -1e9 : 0,
    );
    const mask = tf.tensor(future, [1, 1, length, length]);
    loss = () => {
      const memory = net.encode(w.train_src, config.trainSrcLen);
      let x = net.embed(given, 0, length);
      for (let l = 0; l < decLayers; l++) {
        x = net.layer(x, l, net.keys(x, `dec${l}.sa`), net.keys(memory, `dec${l}.ca`), mask);
      }
      return tf.losses.softmaxCrossEntropy(wanted, product(x, tf.transpose(w.emb)));
    };
  } else {
    const wanted = tf.oneHot(w.train_y, config.classes).toFloat();
    loss = () => tf.losses.softmaxCrossEntropy(wanted, classify(ops, w, config, w.train_x, config.batch));
  }
  return () => tf.tidy(() => adam.minimize(loss, true).dataSync()[0]);
}
