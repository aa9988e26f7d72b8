// Word vectors in a page, in Chromium: they train in the worker while the page draws them, pause and stop, and are asked.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { builtModules, launch, openPage } from './chromium.mjs';
import { serve } from './server.mjs';

let server, browser, page, complaints;
before(async () => {
  server = await serve();
  browser = await launch();
  ({ page, complaints } = await openPage(browser, server.url));
  await page.evaluate(async () => {
    globalThis.heed = await import('./js/heed.js');
    let state = 1;
    const below = (n) => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0), Math.floor((state / 2 ** 32) * n));
    globalThis.text = Array.from({ length: 3000 }, () => {
      const topic = below(6);
      return Array.from({ length: 7 }, () => (below(4) === 0 ? `all${below(8)}` : `t${topic}w${below(10)}`)).join(' ');
    }).join('\n');
    globalThis.recipe = {
      name: 'topics',
      seed: 1,
      tokenizer: { source: { type: 'word' } },
      model: { model_type: 'word_vectors', dim: 16 },
      train: { method: 'skip_gram', epochs: 4, rate: 0.05, batch: 500, subsample: 0 },
    };
  });
});
after(async () => {
  await browser?.close();
  await server?.close();
});

for (const module of builtModules) {
  test(`${module}: the map moves while words find each other`, async (t) => {
    const { sizes, moved, near, loaded, end, ms, seen } = await page.evaluate(async (module) => {
      const engine = await heed.connect({ module });
      const maps = [];
      const began = performance.now();
      const training = await engine.train(recipe, {
        data: text,
        every: 5,
        watch: { vectors: 40 },
        onStep: ({ vectors }) => maps.push(vectors),
      });
      const end = await training.done;
      const ms = performance.now() - began;
      const near = (await training.neighbours('t2w3', { count: 5 })).neighbours.map(({ word }) => word);
      const model = await engine.load(await training.export({ quantize: true }));
      const loaded = (await model.neighbours('t2w3', { count: 5 })).neighbours.map(({ word }) => word);
      const seen = await engine.examples(
        { ...recipe, train: { ...recipe.train, dynamic_window: false } },
        text,
        't2w3 all1 t2w4',
      );
      const moved = maps[0].values.some((value, i) => value !== maps.at(-1).values[i]);
      const result = { sizes: [maps[0].rows, maps[0].dim, maps[0].values.length], moved, near, loaded, end, ms, seen };
      engine.close();
      return result;
    }, module);
    t.diagnostic(`${ms.toFixed(0)} ms, ${end.tokens_per_second.toFixed(0)} words/s`);
    assert.deepEqual(sizes, [40, 16, 640]);
    assert.ok(moved && end.finished);
    assert.ok(
      near.every((word) => word.startsWith('t2w')),
      `${near}`,
    );
    assert.ok(
      loaded.every((word) => word.startsWith('t2w')),
      `${loaded}`,
    );
    assert.equal(seen.windows.length, 3);
  });
}

test('training of vectors pauses, steps and stops', async () => {
  const { before, after, ms, state } = await page.evaluate(async () => {
    const engine = await heed.connect();
    const training = await engine.train(
      { ...recipe, train: { ...recipe.train, epochs: 1000 } },
      { data: text, paused: true },
    );
    const before = (await training.step(3)).step;
    training.resume();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const began = performance.now();
    const after = (await training.stop()).step;
    const ms = performance.now() - began;
    const { state } = training;
    engine.close();
    return { before, after, ms, state };
  });
  assert.equal(before, 3);
  assert.ok(after > 3 && ms < 100, `${after} steps, ${ms} ms`);
  assert.equal(state, 'stopped');
  assert.deepEqual(complaints, []);
});
