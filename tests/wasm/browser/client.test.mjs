// The client and its worker in Chromium: loading, running, streaming, errors; every module that was built.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertGolden, fixture, modelFolders, readJson, root } from '../support.mjs';
import { builtModules, launch, openPage } from './chromium.mjs';
import { serve } from './server.mjs';

let server, browser, page, complaints;
before(async () => {
  server = await serve();
  browser = await launch();
  ({ page, complaints } = await openPage(browser, server.url));
  await page.evaluate(async () => {
    globalThis.heed = await import('./js/heed.js');
    /** The code and message with which `call` fails, for a test to look at. */
    globalThis.failure = async (call) => {
      try {
        await call();
      } catch (error) {
        const { name, code, message, stack } = error;
        return { name, code, message, stack };
      }
      return null;
    };
    globalThis.engine = await heed.connect();
  });
});
after(async () => {
  await browser?.close();
  await server?.close();
});

test('left to itself the client takes the fastest module built', async () => {
  const info = await page.evaluate(() => engine.info);
  assert.equal(info.module, builtModules.at(-1));
  assert.equal(info.isa, info.module);
});

for (const module of builtModules) {
  for (const folder of [fixture, ...modelFolders()]) {
    for (const dtype of ['f32', 'int8']) {
      test(`${module}, ${basename(folder)} in ${dtype}: golden inputs give the native tokens and logits`, async () => {
        const golden = readJson(join(folder, 'golden.json'));
        const where = `${folder === fixture ? 'fixtures' : 'models'}/${basename(folder)}`;
        const { isa, results } = await page.evaluate(
          async ({ module, dtype, where, beam, inputs }) => {
            const pinned = await heed.connect({ module });
            const model = await pinned.load(where, { dtype });
            const results = [];
            for (const input of inputs) results.push(await model.run(input, { beam, trace: ['decoder.logits'] }));
            pinned.close();
            return { isa: pinned.info.isa, results };
          },
          { module, dtype, where, beam: golden.beam, inputs: golden.items.map(({ input }) => input) },
        );
        assert.equal(isa, module);
        assertGolden(dtype, golden, results, basename(folder));
      });
    }
  }
}

test('a module that does not exist is refused', async () => {
  const { code } = await page.evaluate(() => failure(() => heed.connect({ module: 'avx512' })));
  assert.equal(code, 'unsupported');
});

for (const query of ['', '?nolength', '?gzip']) {
  test(`progress never goes back and ends with everything ${query}`, async () => {
    const steps = await page.evaluate(async (query) => {
      const steps = [];
      const model = await engine.load(`fixtures/tiny-attn${query}`, { onProgress: (p) => steps.push(p) });
      model.free();
      return steps;
    }, query);
    assert.ok(steps.length >= 3);
    for (let i = 1; i < steps.length; i++) assert.ok(steps[i].loaded >= steps[i - 1].loaded);
    const last = steps.at(-1);
    assert.ok(last.loaded > 0 && last.loaded === last.total, JSON.stringify(last));
    for (const { loaded, total } of steps) {
      assert.ok(total === 0 || (total === last.total && loaded <= total), JSON.stringify({ loaded, total }));
    }
    if (query === '')
      assert.ok(
        steps.some(({ loaded, total }) => loaded < total),
        'the total is known before the end',
      );
  });
}

test('loading can be stopped, before and during', async () => {
  const outcome = await page.evaluate(async () => {
    const controller = new AbortController();
    const began = performance.now();
    const during = await failure(() =>
      engine.load('fixtures/tiny-attn?slow', {
        signal: controller.signal,
        onProgress: ({ loaded }) => loaded > 0 && controller.abort(),
      }),
    );
    const ms = performance.now() - began;
    const before = await failure(() => engine.load('fixtures/tiny-attn', { signal: controller.signal }));
    (await engine.load('fixtures/tiny-attn')).free();
    return { during, before, ms };
  });
  assert.equal(outcome.during.code, 'cancelled');
  assert.equal(outcome.before.code, 'cancelled');
  assert.ok(outcome.ms < 600, `stopped after ${outcome.ms} ms of about 800`);
});

test('a run can be stopped while others go on', async () => {
  const outcome = await page.evaluate(async () => {
    const model = await engine.load('endless');
    const long = { beam: 16, maxLength: 1000 };
    const timed = async (call) => {
      const began = performance.now();
      return [await call(), performance.now() - began];
    };
    const text = 'abcdefgh'.repeat(32);
    const [, wholeMs] = await timed(() => model.run(text, long));
    const controller = new AbortController();
    const stopped = failure(() => model.run(text, { ...long, signal: controller.signal }));
    const [other, otherMs] = await timed(() => model.run('heed'));
    controller.abort();
    const [error, stopMs] = await timed(() => stopped);
    model.free();
    return { code: error?.code, wholeMs, otherMs, stopMs, length: other.hypotheses[0].tokens.length };
  });
  assert.equal(outcome.code, 'cancelled', JSON.stringify(outcome));
  assert.equal(outcome.length, 18);
  assert.ok(outcome.otherMs + outcome.stopMs < outcome.wholeMs, JSON.stringify(outcome));
});

test('long runs side by side all end', async () => {
  const lengths = await page.evaluate(async () => {
    const model = await engine.load('endless');
    const long = { beam: 8, maxLength: 300 };
    const runs = ['abcdefgh', 'hgfedcba', 'heed'].map((text) => model.run(text.repeat(8), long));
    const late = new Promise((resolve) => setTimeout(resolve, 20000, 'still running'));
    const results = await Promise.race([Promise.all(runs), late]);
    model.free();
    return results === 'still running' ? results : results.map(({ hypotheses: [best] }) => best.tokens.length);
  });
  assert.deepEqual(lengths, [300, 300, 300]);
});

const bad = [
  ['a missing folder', 'fixtures/nothing', 'network', /fixtures\/nothing\/\S+: HTTP 404/],
  ['a server that is not there', 'http://127.0.0.1:9/m', 'network', /:9\/m\/\S+: the server cannot be reached/],
  ['a broken connection', 'fixtures/tiny-attn?cut', 'network', /the connection broke after \d+ bytes/],
  ['a page in place of files', 'fixtures/tiny-attn?html', 'format', /./],
  ['what is no address', 'http://', 'argument', /./],
];
for (const [name, url, code, message] of bad) {
  test(`${name}: an error of code ${code}, and the next load works`, async () => {
    const error = await page.evaluate((url) => failure(() => engine.load(url)), url);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    await page.evaluate(async () => (await engine.load('fixtures/tiny-attn/')).run('heed'));
  });
}

test('errors are EngineErrors with the stack of the caller', async () => {
  const errors = await page.evaluate(async () => {
    const model = await engine.load('fixtures/tiny-attn');
    const whoAsked = (call) => failure(() => call());
    return [
      await whoAsked(() => model.run('')),
      await whoAsked(async () => {
        for await (const step of model.stream('')) step;
      }),
      await whoAsked(() => engine.load('nowhere')),
    ];
  });
  for (const { name, code, stack, message } of errors) {
    assert.equal(name, 'EngineError', code);
    assert.match(stack, /whoAsked/);
    assert.ok(stack.startsWith(`EngineError: ${message}\n`));
  }
});

test('a stream yields the steps of run and returns its result', async () => {
  const [streamed, result, run] = await page.evaluate(async () => {
    const model = await engine.load('fixtures/tiny-attn');
    const stream = model.stream('attention');
    const steps = [];
    let next = await stream.next();
    for (; !next.done; next = await stream.next()) steps.push(next.value);
    return [steps, next.value, await model.run('attention')];
  });
  assert.deepEqual(streamed, run.hypotheses[0].steps);
  assert.deepEqual({ ...result, ms: 0 }, { ...run, ms: 0 });
  for (const { candidates } of streamed) assert.equal(candidates.length, 5);
});

test('streams left early, stopped, or side by side do not disturb each other', async () => {
  const outcome = await page.evaluate(async () => {
    const model = await engine.load('fixtures/tiny-attn');
    for await (const step of model.stream('attention')) {
      void step;
      break;
    }
    const controller = new AbortController();
    const stopped = await failure(async () => {
      for await (const step of model.stream('attention', { signal: controller.signal })) controller.abort(step.token);
    });
    const collect = async (word) => {
      const tokens = [];
      for await (const { token } of model.stream(word)) tokens.push(token);
      return tokens;
    };
    const [a, b] = await Promise.all([collect('heed'), collect('attention')]);
    return { stopped, together: [a, b], alone: [await collect('heed'), await collect('attention')] };
  });
  assert.equal(outcome.stopped.code, 'cancelled');
  assert.deepEqual(outcome.together, outcome.alone);
});

test('a freed model and a closed engine refuse further calls', async () => {
  const codes = await page.evaluate(async () => {
    const own = await heed.connect();
    const model = await own.load('fixtures/tiny-attn');
    const other = await own.load('endless');
    model.free();
    model.free();
    const codes = [await failure(() => model.run('heed')), await failure(() => model.stream('heed').next())];
    const pending = failure(() => other.run('abcdefgh'.repeat(32), { beam: 16, maxLength: 1000 }));
    own.close();
    own.close();
    codes.push(await pending, await failure(() => other.run('heed')));
    codes.push(await failure(() => own.load('fixtures/tiny-attn')));
    return codes.map((error) => error?.code);
  });
  assert.deepEqual(codes, ['freed', 'freed', 'freed', 'freed', 'freed']);
});

test("bytes of the page's own can be loaded, and stay the page's", async () => {
  const outcome = await page.evaluate(async () => {
    const get = async (name) => (await fetch(`fixtures/tiny-attn/${name}`)).arrayBuffer();
    const names = ['config.json', 'tokenizer.json', 'model.safetensors'];
    const [config, tokenizer, weights] = await Promise.all(names.map(get));
    const model = await engine.load({ config, tokenizer, weights });
    await model.run('heed');
    const cut = await failure(() => engine.load({ config, tokenizer, weights: weights.slice(0, 100) }));
    return { left: weights.byteLength, cut };
  });
  assert.ok(outcome.left > 0);
  assert.equal(outcome.cut.code, 'format');
});

test('text with a lone surrogate comes back as it was', async () => {
  const result = await page.evaluate(async () => {
    const model = await engine.load('fixtures/tiny-attn');
    const { skipped, source } = await model.run('he\ud83ded');
    const [{ start, length, text }] = skipped;
    return { start, length, same: text === '\ud83d', places: source.map((piece) => piece.start) };
  });
  assert.deepEqual(result, { start: 2, length: 1, same: true, places: [0, 1, 3, 4] });
});

test('using frees a model and closes an engine', async () => {
  assert.equal(
    await page.evaluate(async () => {
      const own = await heed.connect();
      const model = await own.load('fixtures/tiny-attn');
      const symbol = Symbol.dispose ?? Symbol.for('Symbol.dispose');
      model[symbol]();
      const first = await failure(() => model.run('heed'));
      own[symbol]();
      const second = await failure(() => own.load('fixtures/tiny-attn'));
      return `${first.code} ${second.code}`;
    }),
    'freed freed',
  );
});

test('the code in the README runs', async () => {
  const [, code] = /```js\n(.*?)```/s.exec(readFileSync(join(root, 'bindings/README.md'), 'utf8'));
  const { page: reader, complaints: grumbles } = await openPage(browser, server.url);
  const lines = [];
  reader.on('console', (message) => lines.push(message.text()));
  await reader.addScriptTag({ type: 'module', content: `${code}\nglobalThis.done = true;` });
  await reader.waitForFunction(() => globalThis.done);
  assert.deepEqual(grumbles, []);
  assert.match(lines[0], /^\d+ of \d+ bytes$|of \? bytes/);
  assert.ok(lines.length > 5);
  await reader.close();
});

test('nothing complained on the console but the failed fetches', () => {
  const unexpected = complaints.filter((text) => !text.startsWith('Failed to load resource'));
  assert.deepEqual(unexpected, []);
});
