// A reader of images in WebAssembly: it trains, reads pixels meanwhile with its attention per cell, and can be taken out.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { buildFolder, newEngine, thrown } from './support.mjs';

const { textOf } = await import(pathToFileURL(join(buildFolder, 'js/engine.js')).href);
const [engine, reader] = [await newEngine('train'), await newEngine()];
const recipe = {
  name: 'digits',
  seed: 1,
  data: { task: 'digits', options: { min_length: 1, max_length: 1, height: 12 }, examples_per_epoch: 640, dev: 50 },
  tokenizer: { source: { type: 'values' }, target: { type: 'char' } },
  model: {
    model_type: 'image_reader',
    encoder: { channels: 8, layers: 2, batch_norm: true },
    decoder_hidden: 32,
    target_embedding: 8,
    cell: 'gru',
    score: 'additive',
  },
  train: { batch: 16, epochs: 6, optimizer: { name: 'adam', rate: 0.005 }, schedule: { name: 'cosine' } },
};
const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

test('it learns to read a digit; every step looks at the cells of the grid', () => {
  const training = engine.startTraining(JSON.stringify(recipe));
  while (training.advance() !== 'step');
  const { loss } = training.figures();
  const picture = { pixels: new Float32Array(12 * 12), width: 12 };
  for (let y = 1; y < 11; y++) picture.pixels[y * 12 + 6] = picture.pixels[y * 12 + 7] = 1;
  const early = training.run(textOf(picture), { maxLength: 3 });
  assert.equal(early.columns, 3);
  while (training.advance() !== 'finished');
  assert.ok(
    training.figures().dev_loss < loss / 4 && training.figures().accuracy > 0.6,
    JSON.stringify(training.figures()),
  );
  const read = training.run(textOf(picture), { trace: ['encoder.cells'] });
  assert.equal(read.hypotheses[0].text, '1');
  for (const { attention } of read.hypotheses[0].steps) {
    assert.equal(attention.length, 9);
    assert.ok(Math.abs(sum(attention) - 1) < 1e-4);
  }
  assert.deepEqual(read.trace[0].shape, [1, 3, 3, 16]);
  const model = reader.loadModel(training.files());
  assert.deepEqual(model.run(textOf(picture)).hypotheses[0].text, '1');
  model.free();
  training.free();
});

test('pixels become rows of numbers, and a row of another width is refused', () => {
  assert.equal(textOf({ pixels: [0, 0.5, 1, 0.25], width: 2 }), '0 0.5;1 0.25');
  assert.equal(textOf('as it is'), 'as it is');
  const training = engine.startTraining(JSON.stringify(recipe));
  assert.match(
    thrown('format', () => training.run(textOf({ pixels: new Float32Array(26), width: 13 }))).message,
    /step 1 has more than 12 numbers/,
  );
  training.free();
});

test('refused: encoders that cannot be', () => {
  const refused = (code, encoder, message) =>
    assert.match(
      thrown(code, () => engine.startTraining(JSON.stringify({ ...recipe, model: { ...recipe.model, encoder } })))
        .message,
      message,
    );
  refused('unknown', { type: 'eye' }, /recipe\.model: config\.encoder: type "eye" is not one of: conv patches/);
  refused('argument', { layers: 4 }, /config\.encoder: layers is 4; of 12 pixels/);
});
