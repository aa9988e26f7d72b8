// Models of numbers in WebAssembly: what they say of a whole plane while they learn, and of one row as of many.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertClose, fixture, newEngine, readJson, readModel, root, thrown } from './support.mjs';

const [engine, loading] = [await newEngine('train'), await newEngine()];
const recipe = (task, target, model, change = {}) =>
  JSON.stringify({
    name: task,
    seed: 1,
    data: { task, examples_per_epoch: 500, dev: 100 },
    tokenizer: { source: { type: 'values' }, target: { type: target } },
    model,
    train: {
      batch: 25,
      epochs: 10,
      optimizer: { name: 'adam', rate: 0.03 },
      schedule: { name: 'constant' },
      ...change,
    },
  });
const xor = (change) => recipe('xor', 'char', { model_type: 'mlp', hidden: [8], activation: 'tanh' }, change);

/** Points of a grid over the plane, and what is right there. */
const points = [];
for (let x = -0.25; x <= 1.25; x += 0.25)
  for (let y = -0.25; y <= 1.25; y += 0.25) if (x !== 0.5 && y !== 0.5) points.push([x, y]);
const plane = Float32Array.from(points.flat());
const right = ({ values, labels }) =>
  points.filter(([x, y], i) => labels[values[2 * i] > values[2 * i + 1] ? 0 : 1] === `${+(x > 0.5 !== y > 0.5)}`)
    .length;

test('the plane at any moment of training, and at its end', () => {
  const training = engine.startTraining(xor(), null);
  const before = training.predict(plane, points.length);
  assert.deepEqual([before.rows, before.steps, before.channels, before.labels], [points.length, 1, 2, ['0', '1']]);
  for (let i = 0; i < points.length; i++)
    assert.ok(Math.abs(before.values[2 * i] + before.values[2 * i + 1] - 1) < 1e-6);
  assert.equal(training.advance(), 'step'); // one batch
  const after = training.predict(plane, points.length);
  assert.notDeepEqual(after.values, before.values);
  assert.deepEqual(training.predict(plane, points.length).values, after.values);
  while (training.advance() !== 'finished');
  const last = training.predict(plane, points.length);
  assert.equal(right(last), points.length);
  assert.equal(training.figures().accuracy, 1);
  const info = training.describe();
  assert.deepEqual([info.source_values, info.target_values], [{ channels: 2, steps: 1 }, undefined]);

  // The model taken out says the same, row by row.
  const model = loading.loadModel(training.files());
  points.forEach((point, i) => {
    const one = model.predict(Float32Array.from(point));
    assert.ok(Math.abs(one.values[0] - last.values[2 * i]) < 1e-5);
  });
  assert.equal(model.run('0.1 0.9').hypotheses[0].text, '1');
  training.free();
  thrown('freed', () => training.predict(plane, points.length));
  model.free();
});

test('one example a step', () => {
  const training = engine.startTraining(xor({ batch: 1 }), null);
  for (let i = 1; i <= 5; i++) {
    training.advance();
    assert.equal(training.figures().step, i);
  }
  assert.equal(training.figures().total_steps, 5000);
  training.free();
});

test('regression: numbers in the units of the data, MSE, MAE and R2 as it learns', () => {
  const text = recipe('polynomial', 'values', { model_type: 'mlp', hidden: [], activation: 'tanh' }, { epochs: 20 });
  const training = engine.startTraining(text.replaceAll('"values"', '"values","standardise":true'), null);
  while (training.advance() !== 'finished');
  const { accuracy, dev_mse, dev_mae, dev_r2, dev_per } = training.figures();
  assert.deepEqual([accuracy, dev_per], [null, null]);
  assert.ok(dev_r2 > 0.99 && dev_mse < 0.005 && dev_mae < 0.07, `${dev_r2} ${dev_mse} ${dev_mae}`);
  const { rows, steps, channels, values, labels } = training.predict([-1, 0, 0.5, 1], 4);
  assert.deepEqual([rows, steps, channels, labels], [4, 1, 1, undefined]);
  [-1.5, 0.5, 1.5, 2.5].forEach((wanted, i) => assert.ok(Math.abs(values[i] - wanted) < 0.05, `${values}`));
  thrown('argument', () => training.run('0.5'));
  training.free();
});

test('regression by a method: steps of descent, the same fit as in closed form, and a model that is taken out', async () => {
  const fitting = await newEngine('fit');
  const example = readJson(join(root, 'examples/recipes/regression.json'));
  const trained = (train) => {
    const training = fitting.startTraining(JSON.stringify({ ...example, train }), null);
    assert.equal(training.advance(), 'step');
    const early = training.figures();
    assert.deepEqual([early.step, early.finished], [1, false]);
    while (training.advance() !== 'finished');
    return { training, early, figures: training.figures() };
  };
  const points = Float32Array.from([-1, -0.3, 0, 0.4, 1]);
  const closed = trained({ method: 'normal' });
  const descent = trained({ method: 'gradient' });
  assert.ok(descent.early.total_steps > 1 && descent.early.loss > 2 * descent.figures.loss);
  for (const { figures } of [closed, descent, trained(example.train)]) {
    assert.deepEqual([figures.step, figures.epochs, figures.finished], [figures.total_steps, 1, true]);
    assert.ok(figures.dev_r2 > 0.97 && figures.dev_mse < 0.005, `${figures.dev_r2} ${figures.dev_mse}`);
  }
  const { values } = closed.training.predict(points, points.length);
  assertClose(descent.training.predict(points, points.length).values, values, 1e-3, 'by descent');
  const model = loading.loadModel(closed.training.files());
  assertClose(model.predict(points, points.length).values, values, 1e-5, 'taken out');
  const wrong = (train) => thrown('argument', () => fitting.startTraining(JSON.stringify({ ...example, train }), null));
  assert.match(
    wrong({ method: 'normal', penalty: { l1: 1 } }).message,
    /recipe\.train\.penalty\.l1 is 1; .*coordinates/,
  );
  thrown('argument', () => engine.startTraining(JSON.stringify(example), null)); // which is smaller for it
  model.free();
  closed.training.free();
  descent.training.free();
});

test('steps of numbers, as many as there are', () => {
  const training = engine.startTraining(
    recipe('adding', 'values', { model_type: 'classifier', cell: 'gru', hidden: 4 }),
    null,
  );
  const { values } = training.predict([0.5, 1, 0.25, 0, 0.5, 1, 0.25, 0], 2); // two rows of two steps
  assert.equal(values.length, 2);
  assert.equal(values[0], values[1]);
  assert.ok(Math.abs(training.predict([0.5, 1, 0.25, 0]).values[0] - values[0]) < 1e-6);
  training.free();
});

test('numbers are explained: traces, the loss of a target, and its gradients', () => {
  const training = engine.startTraining(
    recipe('xor', 'values', { model_type: 'mlp', hidden: [3], loss: 'binary_cross_entropy' }),
    null,
  );
  const bias = 'output.bias';
  const { values, loss, trace } = training.explain('0 1', {
    target: '1',
    trace: ['hidden.0', 'logits.gradient', `${bias}.gradient`, bias],
  });
  const of = Object.fromEntries(trace.map((entry) => [entry.name, entry]));
  assert.deepEqual(of['hidden.0'].shape, [1, 3]);
  assert.ok(Math.abs(loss + Math.log(values[0][0])) < 1e-5); // -log p
  assert.ok(Math.abs(of['logits.gradient'].values[0] - (values[0][0] - 1)) < 1e-6); // p - y
  assert.deepEqual(of[`${bias}.gradient`].values, of['logits.gradient'].values);
  assert.deepEqual(Object.keys(training.explain('0 1')), ['input', 'values']);
  thrown('argument', () => training.explain('0 1', { trace: ['logits.gradient'] })); // of what?
  thrown('unknown', () => training.explain('0 1', { trace: ['nothing.gradient'], target: '1' }));
  training.free();
});

test('what cannot be predicted is refused', () => {
  const training = engine.startTraining(xor(), null);
  thrown('shape', () => training.predict(plane, 7));
  thrown('shape', () => training.predict([1, 2, 3], 1));
  thrown('shape', () => training.predict([], 1));
  thrown('shape', () => training.predict([1, 2, 3, 4], 1)); // two steps; it reads one
  thrown('numeric', () => training.predict([1, NaN]));
  training.free();
  const reader = loading.loadModel(readModel(fixture));
  thrown('argument', () => reader.predict([1, 2]));
  reader.free();
});
