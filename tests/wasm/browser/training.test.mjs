// Training in a page, in Chromium, on every module that was built: how fast it learns and how soon it stops; its model
// runs and streams meanwhile; the zip of it loads.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { unzipSync } from '../../../bindings/js/node_modules/fflate/esm/index.mjs';
import { buildFolder, newEngine, root } from '../support.mjs';
import { builtModules, launch, openPage } from './chromium.mjs';
import { serve } from './server.mjs';

const reverse = JSON.parse(readFileSync(join(root, 'examples/recipes/reverse.json'), 'utf8'));
let server, browser, page, complaints;
before(async () => {
  server = await serve();
  browser = await launch();
  ({ page, complaints } = await openPage(browser, server.url));
  await page.evaluate(async (recipe) => {
    globalThis.heed = await import('./js/heed.js');
    globalThis.failure = async (call) => {
      try {
        await call();
      } catch ({ name, code, message, stack }) {
        return { name, code, message, stack };
      }
      return null;
    };
    globalThis.recipe = recipe;
    globalThis.short = {
      ...recipe,
      data: {
        ...recipe.data,
        options: { min_length: 1, max_length: 4, alphabet: 5 },
        examples_per_epoch: 600,
        dev: 60,
      },
    };
    globalThis.engine = await heed.connect();
    globalThis.answer = async (model, text) => (await model.run(text)).hypotheses[0].text;
  }, reverse);
});
after(async () => {
  await browser?.close();
  await server?.close();
});

for (const module of builtModules) {
  test(`${module}: words of up to 12 letters are reversed, 99 % of them, within 20 s of training`, async (t) => {
    const { steps, end, text, ms } = await page.evaluate(async (module) => {
      const own = await heed.connect({ module });
      const steps = [];
      const training = await own.train(recipe, { every: 10, onStep: (step) => steps.push(step) });
      const began = performance.now();
      const end = await training.done;
      const ms = performance.now() - began;
      const text = await answer(training, 'attention');
      own.close();
      return { steps, end, text, ms };
    }, module);
    t.diagnostic(`${(ms / 1000).toFixed(1)} s, ${end.step} steps, accuracy ${end.accuracy}`);
    assert.ok(end.finished && end.accuracy >= 0.99, JSON.stringify(end));
    assert.ok(end.seconds < 20, `${end.seconds} s`);
    assert.equal(text, 'noitnetta');
    assert.equal(end.step, end.total_steps);
    const told = steps.filter(({ epoch_done }) => !epoch_done).map(({ step }) => step);
    assert.deepEqual(
      told,
      Array.from({ length: Math.floor(end.step / 10) }, (_, i) => 10 * (i + 1)),
    );
    assert.equal(steps.filter(({ epoch_done }) => epoch_done).length, end.epochs);
    assert.ok(steps.every(({ loss, rate, tokens_per_second }) => loss > 0 && rate > 0 && tokens_per_second > 0));
  });
}

test('dates in English and Russian are read, over 95 % of them, within 60 s of training', async (t) => {
  const recipe = JSON.parse(readFileSync(join(root, 'examples/recipes/dates.json'), 'utf8'));
  const { end, texts } = await page.evaluate(async (recipe) => {
    const training = await engine.train(recipe, { every: 100 });
    const end = await training.done;
    const texts = [await answer(training, 'May 5th, 2019'), await answer(training, '5 мая 2019 г.')];
    training.free();
    return { end, texts };
  }, recipe);
  t.diagnostic(`${end.seconds.toFixed(1)} s, ${end.step} steps, accuracy ${end.accuracy}`);
  assert.ok(end.finished && end.accuracy > 0.95, JSON.stringify(end));
  assert.ok(end.seconds < 60, `${end.seconds} s`);
  assert.deepEqual(texts, ['2019-05-05', '2019-05-05']);
});

test('the model runs and streams while it trains, and a watched text shows what it makes of it', async () => {
  const outcome = await page.evaluate(async () => {
    const watched = [];
    const training = await engine.train(recipe, {
      every: 20,
      watch: { text: 'heed', options: { trace: ['decoder.attention.weights'] } },
      onStep: (step) => watched.push(step.watched),
    });
    const { state } = training;
    const run = await training.run('abc', { beam: 2 });
    const streamed = [];
    for await (const { token } of training.stream('abc')) streamed.push(token);
    while (watched.length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    const stepBefore = training.figures.step;
    training.free();
    return { state, streamed, beams: run.hypotheses.length, watched, stepBefore, info: training.info };
  });
  assert.equal(outcome.state, 'running');
  assert.ok(outcome.beams >= 1 && outcome.stepBefore >= 60 && outcome.streamed.length > 0);
  assert.equal(outcome.info.model_type, 'seq2seq');
  for (const {
    source,
    hypotheses: [best],
    trace,
  } of outcome.watched) {
    assert.equal(source.length, 4);
    for (const { attention } of best.steps) assert.ok(Math.abs(attention.reduce((sum, w) => sum + w, 0) - 1) < 1e-4);
    assert.ok(trace.some(({ name }) => name === 'decoder.attention.weights'));
  }
  assert.notDeepEqual(outcome.watched[0].hypotheses[0].steps, outcome.watched.at(-1).hypotheses[0].steps);
});

test('it pauses, goes step by step, goes on, and stops at once; stopped it can still be run', async () => {
  const outcome = await page.evaluate(async () => {
    const training = await engine.train(short, { paused: true });
    const first = await training.step();
    const fourth = await training.step(3);
    const paused = training.state;
    training.resume();
    const going = training.state;
    while (training.figures.step < 12) await new Promise((resolve) => setTimeout(resolve, 5));
    const rest = await training.pause();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const still = training.figures.step === rest.step && training.state === 'paused';
    training.resume();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const began = performance.now();
    const end = await training.stop();
    const ms = performance.now() - began;
    const done = await training.done;
    const text = await answer(training, 'abc');
    const refused = await failure(() => training.step());
    training.free();
    const freed = await failure(() => training.run('a'));
    return { first, fourth, paused, going, still, end, done, ms, text, state: training.state, refused, freed };
  });
  assert.deepEqual([outcome.first.step, outcome.fourth.step], [1, 4]);
  assert.deepEqual([outcome.paused, outcome.going, outcome.state], ['paused', 'running', 'stopped']);
  assert.ok(outcome.still, 'nothing moves while it is paused');
  assert.ok(outcome.ms < 100, `stopped after ${outcome.ms} ms`);
  assert.deepEqual(outcome.done, outcome.end);
  assert.equal(typeof outcome.text, 'string');
  assert.deepEqual([outcome.refused.code, outcome.freed.code], ['argument', 'freed']);
});

for (const shards of [undefined, 32]) {
  test(`slow steps are left after a part, shards ${shards ?? 'left open'}: it pauses within 100 ms, also while it judges`, async (t) => {
    const { waits, seconds, parts } = await page.evaluate(async (shards) => {
      const training = await engine.train({
        ...recipe,
        data: { ...recipe.data, options: { min_length: 10, max_length: 12 }, examples_per_epoch: 256, dev: 64 },
        model: { model_type: 'transformer', d_model: 128, heads: 4, ffn: 512, encoder_layers: 2, decoder_layers: 2 },
        train: { ...recipe.train, batch: 128, shards, epochs: 100 },
      });
      while (training.figures.step < 1) await new Promise((resolve) => setTimeout(resolve, 20));
      const waits = [];
      while (waits.length < 25) {
        await new Promise((resolve) => setTimeout(resolve, 20 + 7 * waits.length));
        const began = performance.now();
        await training.pause();
        waits.push(performance.now() - began);
        training.resume();
      }
      await training.pause();
      const { seconds, step, parts } = await training.step();
      const took = seconds / step;
      const began = performance.now();
      training.resume();
      await training.stop();
      waits.push(performance.now() - began);
      training.free();
      return { waits, seconds: took, parts };
    }, shards);
    t.diagnostic(
      `${parts} parts, steps of ${(1000 * seconds).toFixed(0)} ms, left after at most ${Math.max(...waits).toFixed(0)} ms`,
    );
    assert.ok(seconds > 0.15, `a step takes ${seconds} s: too fast to tell`);
    assert.ok(shards ? parts === shards : parts > 8, `${parts} parts`);
    assert.ok(Math.max(...waits) < 100, `${waits.map(Math.round)}`);
  });
}

test('a recipe with a method of regression: its model says numbers, explains them, and is kept', async () => {
  const recipe = JSON.parse(readFileSync(join(root, 'examples/recipes/regression.json'), 'utf8'));
  const outcome = await page.evaluate(async (recipe) => {
    const training = await engine.train(recipe);
    const end = await training.done;
    const before = await training.predict([0.5], 1);
    const trace = ['features', 'logits', 'logits.gradient'];
    const explained = await training.explain('0.5', { target: '1', trace });
    const model = await engine.load(await training.export());
    const after = await model.predict([0.5], 1);
    const bad = { ...recipe, train: { ...recipe.train, method: 'magic' } };
    const refused = await failure(() => engine.train(bad));
    training.free();
    model.free();
    return { end, before: before.values[0], after: after.values[0], explained, refused };
  }, recipe);
  const { end, before, after, explained, refused } = outcome;
  assert.ok(end.finished && end.dev_r2 > 0.9, JSON.stringify(end));
  const right = 0.5 - 0.5 - 1.5 * 0.25 + 2 * 0.125; // of the recipe's options, at 0.5
  assert.ok(Math.abs(before - right) < 0.05, `${before}, not ${right}`);
  assert.ok(Math.abs(before - after) < 1e-5, `${before} and ${after}`);
  const { features, ...rest } = Object.fromEntries(explained.trace.map(({ name, values }) => [name, values]));
  features.forEach((feature, i) => assert.ok(Math.abs(feature - 0.5 ** (i + 1)) < 1e-5, `${features}`));
  assert.ok(Math.abs(explained.loss - (before - 1) ** 2) < 1e-4, `${explained.loss}`);
  assert.ok(Math.abs(rest['logits.gradient'][0] - 2 * (before - 1)) < 1e-4, JSON.stringify(rest));
  assert.match(refused.message, /method.*"magic"/);
});

test('step by step is what going on is', async () => {
  const [byStep, atOnce] = await page.evaluate(async () => {
    const logits = async (training) => {
      const { trace } = await training.run('abcd', { trace: ['decoder.logits'] });
      training.free();
      return trace;
    };
    const slow = await engine.train(short, { paused: true });
    while (!(await slow.step(7)).finished);
    const fast = await engine.train(short);
    await fast.done;
    return [await logits(slow), await logits(fast)];
  });
  assert.deepEqual(byStep, atOnce);
});

test('two trainings side by side both learn', async () => {
  const ends = await page.evaluate(async () => {
    const trainings = await Promise.all([engine.train(short), engine.train({ ...short, seed: 2 })]);
    const ends = await Promise.all(trainings.map(({ done }) => done));
    trainings.forEach((training) => training.free());
    return ends;
  });
  for (const { accuracy } of ends) assert.ok(accuracy > 0.9, `${accuracy}`);
});

test('the zip of a model loads in the page, and unpacked in the engine elsewhere and in `heed`', async () => {
  const { bytes, text, loaded, bad, empty } = await page.evaluate(async () => {
    const training = await engine.train(short);
    await training.done;
    const zip = await training.export();
    const text = await answer(training, 'abcd');
    const model = await engine.load(zip);
    const loaded = await answer(model, 'abcd');
    training.free();
    model.free();
    const bad = await failure(() => engine.load(new Blob(['no zip'])));
    const empty = await failure(() => engine.load(zip.slice(0, 100)));
    return { bytes: [...new Uint8Array(await zip.arrayBuffer())], text, loaded, bad, empty };
  });
  assert.equal(text, 'dcba');
  assert.equal(loaded, text);
  assert.deepEqual([bad.code, empty.code], ['format', 'format'], bad.message);
  const entries = unzipSync(new Uint8Array(bytes));
  const names = ['config.json', 'tokenizer.json', 'model.safetensors', 'recipe.json'];
  assert.deepEqual(
    Object.keys(entries),
    names.map((name) => `reverse/${name}`),
  );
  const [config, tokenizer, weights] = names.map((name) => entries[`reverse/${name}`].slice().buffer);
  const model = (await newEngine()).loadModel({ config, tokenizer, weights });
  assert.equal(model.run('abcd').hypotheses[0].text, text);
  const heed = join(buildFolder, 'native/bin/heed');
  if (!existsSync(heed)) return; // where ./book builds it
  const folder = mkdtempSync(join(tmpdir(), 'heed-zip-'));
  try {
    for (const name of names) writeFileSync(join(folder, name), entries[`reverse/${name}`]);
    assert.equal(execFileSync(heed, ['run', folder, 'abcd'], { encoding: 'utf8' }).replace(/\s/g, ''), text);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what cannot be trained is an EngineError with the stack of the caller', async () => {
  const errors = await page.evaluate(async () => {
    const whoAsked = (call) => failure(() => call());
    return [
      await whoAsked(() => engine.train({ ...short, train: { ...short.train, batch: 0 } })),
      await whoAsked(() => engine.train('{"name":')),
      await whoAsked(() => engine.train(short, { every: 0 })),
      await whoAsked(() => engine.train({ ...short, data: { hold_out: 1, max_length: 3 } }, { data: 'a b' })),
    ];
  });
  assert.deepEqual(
    errors.map(({ code }) => code),
    ['format', 'format', 'argument', 'format'],
  );
  for (const { name, stack } of errors) {
    assert.equal(name, 'EngineError');
    assert.match(stack, /whoAsked/);
  }
  assert.match(errors[0].message, /recipe\.train\.batch is 0; .*from 1/);
});

test('a signal cancels training, and so does the end of the engine', async () => {
  const outcome = await page.evaluate(async () => {
    const controller = new AbortController();
    const training = await engine.train(short, { signal: controller.signal });
    controller.abort();
    const cancelled = await failure(() => training.done);
    const before = await failure(() => engine.train(short, { signal: controller.signal }));
    training.free();
    const own = await heed.connect();
    const lost = await own.train(short);
    own.close();
    const closed = await failure(() => lost.done);
    return { cancelled, before, closed, state: training.state };
  });
  assert.deepEqual(
    [outcome.cancelled.code, outcome.before.code, outcome.closed.code],
    ['cancelled', 'cancelled', 'freed'],
  );
  assert.equal(outcome.state, 'stopped');
});

test('the code in the README trains', async () => {
  const [, , code] = readFileSync(join(root, 'bindings/README.md'), 'utf8').split('```js\n');
  const { page: reader, complaints: grumbles } = await openPage(browser, server.url);
  const lines = [];
  reader.on('console', (message) => lines.push(message.text()));
  await reader.addScriptTag({ type: 'module', content: `${code.split('```')[0]}\nglobalThis.done = true;` });
  await reader.waitForFunction(() => globalThis.done, undefined, { timeout: 60000 });
  assert.deepEqual(grumbles, []);
  assert.match(lines.at(-1), /^(1|0\.99\d*) noitnetta$/);
  assert.ok(lines.length > 40);
  await reader.close();
});

test('nothing complained on the console', () => assert.deepEqual(complaints, []));
