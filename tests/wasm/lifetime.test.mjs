// Streams, and who frees what.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endlessModel, fixture, newEngine, readModel, thrown } from './support.mjs';

const files = readModel(fixture);
const engine = await newEngine();
const without = ({ ms, ...rest }) => rest; // the time is not part of what must agree

test('the engine says what it is', () => {
  assert.equal(engine.info.isa, 'simd128');
  assert.equal(engine.info.module, 'simd128');
  assert.match(engine.info.version, /^\d+\.\d+\.\d+/);
});

test('a model says what it is', () => {
  const info = engine.loadModel(files).describe();
  assert.ok(info.parameters > 0 && info.tensors.length > 0 && info.traces.length > 0);
  assert.equal(
    info.tensors.reduce((sum, { count }) => sum + count, 0),
    info.parameters,
  );
  assert.ok(info.source_vocabulary.includes('a'));
});

test('step by step gives what run gives, each step with the five best', () => {
  const model = engine.loadModel(files);
  for (const word of ['heed', 'attention', 'a']) {
    const generation = model.start(word);
    const steps = [];
    let done = false;
    while (!done) {
      done = generation.advance();
      const sofar = generation.result().hypotheses[0].steps;
      assert.deepEqual(sofar.slice(0, steps.length), steps, 'earlier steps do not change');
      steps.push(...sofar.slice(steps.length));
    }
    const run = model.run(word);
    assert.deepEqual(without(generation.result()), without(run));
    assert.deepEqual(steps, run.hypotheses[0].steps);
    for (const { id, token, candidates, attention } of steps) {
      assert.equal(candidates.length, 5);
      assert.equal(candidates[0].token, token);
      assert.ok(Number.isInteger(id));
      assert.ok(Math.abs(attention.reduce((sum, w) => sum + w, 0) - 1) < 1e-5, 'attention sums to 1');
    }
    generation.free();
  }
  model.free();
});

test('advancing past the end is an error', () => {
  const generation = engine.loadModel(files).start('a');
  while (!generation.advance());
  thrown('argument', () => generation.advance());
});

test('beams come best first and differ', () => {
  const { hypotheses } = engine.loadModel(files).run('heed', { beam: 5 });
  assert.ok(hypotheses.length > 1);
  for (let k = 1; k < hypotheses.length; k++) assert.ok(hypotheses[k - 1].score >= hypotheses[k].score);
  assert.equal(new Set(hypotheses.map(({ tokens }) => tokens.join(' '))).size, hypotheses.length);
});

test('an output that does not end is cut at maxLength, or at the limit for its input', () => {
  const model = engine.loadModel(endlessModel());
  for (const [options, length] of [
    [{ maxLength: 1 }, 1],
    [{ maxLength: 30, beam: 4 }, 30],
    [{}, 2 * 4 + 10],
  ]) {
    const { steps, tokens, ended } = model.run('heed', options).hypotheses[0];
    assert.deepEqual([steps.length, tokens.length, ended], [length, length, false]);
  }
  model.free();
});

test('free once more does nothing, use after free is an error', () => {
  const model = engine.loadModel(files);
  const generation = model.start('heed');
  model.free();
  model.free();
  generation.free();
  thrown('freed', () => generation.advance());
  thrown('freed', () => model.run('heed'));
  thrown('freed', () => model.describe());
  engine.loadModel(files).free();
});

test('a thousand loads, runs and failures do not grow the memory', () => {
  const broken = { ...files, weights: files.weights.slice(0, -1) };
  const round = () => {
    const model = engine.loadModel(files);
    model.run('heed', { beam: 3, trace: ['decoder.logits'] });
    model.start('heed').advance(); // freed with its model
    model.free();
    thrown('format', () => engine.loadModel(broken));
    thrown('empty_input', () => {
      const m = engine.loadModel(files);
      try {
        m.run('');
      } finally {
        m.free();
      }
    });
  };
  for (let i = 0; i < 50; i++) round();
  const before = engine.memoryBytes;
  for (let i = 0; i < 1000; i++) round();
  assert.equal(engine.memoryBytes, before);
});

test('memory that is not there is an error', async () => {
  const small = await newEngine();
  for (const size of [2 ** 31 + 8, 2 ** 32 + 8]) {
    // untouched, so the system gives them out without having them
    const config = new ArrayBuffer(size);
    assert.match(thrown('memory', () => small.loadModel({ ...files, config })).message, new RegExp(size));
  }
  small.loadModel(files).run('heed');
});
