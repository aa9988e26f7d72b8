/* What `heed run` shows of a model at work: sums before gates, gradients by name, decoding without a cache. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { heed, scratch } from './heed_program.mjs';

const folder = scratch();

/** Trains for some steps and gives the model's folder. */
function trained(name, { data, source = 'char', target = 'char', shared, model, epochs = 2 }) {
  const recipe = {
    name,
    seed: 1,
    data: { examples_per_epoch: 320, dev: 32, ...data },
    tokenizer: shared ? { shared: { type: source } } : { source: { type: source }, target: { type: target } },
    model,
    train: { batch: 32, epochs, optimizer: { name: 'adam', rate: 0.01 }, schedule: { name: 'constant' } },
  };
  const [file, out] = [join(folder, `${name}.json`), join(folder, name)];
  writeFileSync(file, JSON.stringify(recipe));
  const { code, err } = heed(['train', file, '--out', out]);
  assert.equal(code, 0, err);
  return out;
}

function run(model, text, ...args) {
  const { code, out, err } = heed(['run', model, text, '--json', ...args]);
  assert.equal(code, 0, err);
  return JSON.parse(out);
}

const traces = (result) => Object.fromEntries(result.trace.map(({ name, values }) => [name, values]));

function refused(args, message) {
  const { code, err } = heed(['run', ...args]);
  assert.notEqual(code, 0);
  assert.match(err, message);
}

function close(got, want, tolerance, what) {
  assert.equal(got.length, want.length, what);
  got.forEach((value, i) =>
    assert.ok(Math.abs(value - want[i]) <= tolerance, `${what}[${i}]: ${value}, not ${want[i]}`),
  );
}

const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const words = { task: 'recall', options: { digits: 1, delay: 5 } };
const reverse = { task: 'reverse', options: { min_length: 1, max_length: 6 } };
const blocks = { d_model: 32, heads: 2, ffn: 64 };

const ACTIVATIONS = {
  lstm: { input: sigmoid, forget: sigmoid, candidate: Math.tanh, output: sigmoid },
  gru: { reset: sigmoid, update: sigmoid, candidate: Math.tanh },
};

for (const [cell, gates] of Object.entries(ACTIVATIONS)) {
  test(`${cell}: gates are sigmoid and tanh of the sums before them, in both directions and layers`, () => {
    const model = { model_type: 'classifier', cell, hidden: 6, layers: 2, bidirectional: true, embedding: 4 };
    const at = trained(cell, { data: words, target: 'symbol', model });
    const prefixes = ['encoder', 'encoder.reverse', 'encoder.0', 'encoder.0.reverse'];
    const names = prefixes.flatMap((prefix) =>
      Object.keys(gates).flatMap((gate) => [`${prefix}.gate.${gate}`, `${prefix}.gate.${gate}.pre`]),
    );
    const kept = traces(run(at, '4abcde', '--trace', names.join()));
    for (const prefix of prefixes)
      for (const [gate, activation] of Object.entries(gates)) {
        const name = `${prefix}.gate.${gate}`;
        assert.ok(new Set(kept[name]).size > 6, `${name} is not all the same`);
        close(kept[name], kept[`${name}.pre`].map(activation), 2e-6, name);
      }
  });
}

for (const [cell, activation] of [
  ['rnn', Math.tanh],
  ['rnn_relu', (x) => Math.max(x, 0)],
]) {
  test(`${cell}: the state is the activation of the sum before it`, () => {
    const model = { model_type: 'classifier', cell, hidden: 6, embedding: 4 };
    const at = trained(cell, { data: words, target: 'symbol', model });
    const kept = traces(run(at, '4abcde', '--trace', 'encoder.h,encoder.gate.pre'));
    close(kept['encoder.h'], kept['encoder.gate.pre'].map(activation), 2e-6, cell);
  });
}

for (const [name, shape] of [
  ['transformer', { model: { model_type: 'transformer', encoder_layers: 1, decoder_layers: 2, ...blocks } }],
  ['transformer_lm', { shared: true, model: { model_type: 'transformer_lm', layers: 2, ...blocks } }],
]) {
  test(`${name}: without the cache the outputs and their probabilities are those with it`, () => {
    const at = trained(name, { data: reverse, ...shape });
    for (const search of [[], ['--beam', '3'], ['--temperature', '2', '--seed', '5'], ['--target', 'dcba']]) {
      const [kept, again] = [run(at, 'abcd', ...search), run(at, 'abcd', '--no-cache', ...search)];
      assert.deepEqual(
        again.hypotheses.map(({ text }) => text),
        kept.hypotheses.map(({ text }) => text),
      );
      kept.hypotheses.forEach(({ log_probability }, i) =>
        close([again.hypotheses[i].log_probability], [log_probability], 1e-4, `${search}`),
      );
    }
  });
}

test('gradients by name: of what is computed with, of parameters, and of nothing else', () => {
  const model = {
    model_type: 'seq2seq',
    encoder_hidden: 8,
    decoder_hidden: 16,
    source_embedding: 4,
    target_embedding: 4,
  };
  const at = trained('seq2seq', { data: reverse, model });
  const kept = traces(
    run(at, 'abc', '--target', 'cba', '--trace', 'decoder.logits,decoder.logits.gradient,decoder.output.bias.gradient'),
  );
  // of -log p: softmax less the target, so each row sums to 0, and the bias's is the sum of the rows
  const vocabulary = kept['decoder.output.bias.gradient'].length;
  const gradient = kept['decoder.logits.gradient'];
  const sums = new Array(vocabulary).fill(0);
  for (let row = 0; row < gradient.length; row += vocabulary) {
    const values = gradient.slice(row, row + vocabulary);
    close([values.reduce((a, b) => a + b)], [0], 1e-5, 'a row');
    values.forEach((value, i) => (sums[i] += value));
  }
  assert.equal(gradient.length / vocabulary, 4); // c, b, a, <eos>
  close(kept['decoder.output.bias.gradient'], sums, 1e-5, 'the bias');

  refused([at, 'abc', '--json', '--trace', 'no.such.gradient'], /no\.such\.gradient/);
  refused([at, 'abc', '--json', '--trace', 'encoder.gate.forget.gradient'], /looked at/);
  refused([at, 'abc', '--no-cache'], /no_cache: model_type "seq2seq"/);
});

test('a model of numbers: the loss of a target, and its gradients', () => {
  const data = { task: 'polynomial', options: { noise: 0 } };
  for (const model of [
    { model_type: 'mlp', hidden: [5] },
    { model_type: 'regression', degree: 3 },
  ]) {
    const at = trained(model.model_type, { data, source: 'values', target: 'values', model });
    const result = run(at, '0.5', '--target', '2', '--trace', 'logits,logits.gradient,output.bias.gradient');
    const { logits, ...gradients } = traces(result);
    close([result.loss], [(logits[0] - 2) ** 2], 1e-4, 'the loss');
    close(gradients['logits.gradient'], [2 * (logits[0] - 2)], 1e-4, 'its gradient');
    close(gradients['output.bias.gradient'], gradients['logits.gradient'], 1e-5, "the bias's");
  }
});
