// Models of numbers in a page, by the worker: the plane while it is learnt, and lines through points that a reader moves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openPage } from './chromium.mjs';
import { serve } from './server.mjs';

let server, browser, page, complaints;
before(async () => {
  server = await serve();
  browser = await launch();
  ({ page, complaints } = await openPage(browser, server.url));
  await page.evaluate(async () => {
    globalThis.heed = await import('./js/heed.js');
    globalThis.engine = await heed.connect();
    globalThis.failure = (promise) =>
      promise.then(
        () => null,
        ({ code, message }) => ({ code, message }),
      );
  });
});
after(async () => {
  await browser?.close();
  await server?.close();
});

test('the plane can be read at any moment of training, and of the model that comes of it', async () => {
  const outcome = await page.evaluate(async () => {
    const corners = [0, 0, 0, 1, 1, 0, 1, 1];
    const training = await engine.train(
      {
        name: 'xor',
        seed: 1,
        data: { task: 'xor', examples_per_epoch: 1000, dev: 100 },
        tokenizer: { source: { type: 'values' }, target: { type: 'char' } },
        model: { model_type: 'mlp', hidden: [8], activation: 'tanh' },
        train: { batch: 10, epochs: 10, optimizer: { name: 'adam', rate: 0.03 }, schedule: { name: 'constant' } },
      },
      { paused: true },
    );
    const planes = [await training.predict(corners, 4)];
    await training.step();
    planes.push(await training.predict(corners, 4));
    training.resume();
    const during = await training.predict(new Float32Array(5000), 2500);
    const { accuracy } = await training.done;
    planes.push(await training.predict(corners, 4));
    const model = await engine.load(await training.export());
    planes.push(await model.predict(corners, 4));
    const wrong = await failure(model.predict([1, 2, 3], 2));
    training.free();
    return {
      accuracy,
      wrong,
      count: during.values.length,
      planes: planes.map(({ values, labels }) => ({ values: Array.from(values), labels })),
    };
  });
  const [first, second, last, again] = outcome.planes;
  assert.deepEqual(first.labels, ['0', '1']);
  assert.notDeepEqual(second.values, first.values);
  assert.deepEqual(
    [0, 1, 2, 3].map((i) => +(last.values[2 * i + 1] > 0.5)),
    [0, 1, 1, 0],
  );
  last.values.forEach((value, i) => assert.ok(Math.abs(value - again.values[i]) < 0.02)); // int8
  assert.deepEqual([outcome.accuracy, outcome.count, outcome.wrong.code], [1, 5000, 'shape']);
});

test('a line and its penalty, from a module of its own', async () => {
  const { line, ridge, wrong } = await page.evaluate(async () => ({
    line: await engine.regress([[0], [1], [2]], [1, 3, 4], { at: [[10]] }),
    ridge: await engine.regress([[0], [1], [2]], [1, 3, 4], { l2: 1 }),
    wrong: await failure(engine.regress([[0], [1]], [1])),
  }));
  assert.ok(Math.abs(line.coefficients[0] - 1.5) < 1e-9 && Math.abs(line.at[0] - 15 - 7 / 6) < 1e-7);
  assert.ok(Math.abs(ridge.coefficients[0] - 0.6) < 1e-9); // (1 of x'y/3) / (2/3 + 1)
  assert.equal(wrong.code, 'shape');
});

test('the console of the page complains about nothing', () => assert.deepEqual(complaints, []));
