// The worker dies: what is pending fails, the next call has a new worker and its models, without the server.
import assert from 'node:assert/strict';
import { after, beforeEach, afterEach, before, test } from 'node:test';
import { launch, openPage } from './chromium.mjs';
import { serve } from './server.mjs';

let server, browser, page;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());
beforeEach(async () => {
  server = await serve();
  ({ page } = await openPage(browser, server.url));
  await page.evaluate(async () => {
    globalThis.heed = await import('./js/heed.js');
    globalThis.engine = await heed.connect();
    globalThis.model = await engine.load('fixtures/tiny-attn');
    globalThis.expected = (await model.run('heed')).hypotheses[0].tokens.join(' ');
    globalThis.code = (promise) =>
      promise.then(
        () => 'none',
        (error) => error.code,
      );
  });
});
afterEach(async () => {
  await page.close();
  await server.close();
});

const works = () => page.evaluate(async () => (await model.run('heed')).hypotheses[0].tokens.join(' ') === expected);
/** Makes the worker throw where nobody catches, and waits until the client has ended it. */
async function crash() {
  const worker = page.workers().at(-1);
  const ended = new Promise((resolve) => {
    worker.once('close', resolve);
  });
  await worker.evaluate(() => {
    setTimeout(() => {
      throw new Error('torn down by the test');
    });
  });
  await ended;
}

test('a call that is pending fails with "crashed" and the next one works', async () => {
  await page.evaluate(async () => {
    const endless = await engine.load('endless');
    const run = () => endless.run('abcdefgh'.repeat(32), { beam: 16, maxLength: 1000 });
    globalThis.pending = code(Promise.all(Array.from({ length: 50 }, run)));
  });
  await crash();
  assert.equal(await page.evaluate(() => pending), 'crashed');
  assert.ok(await works());
});

test('models come back from their bytes, not from the server', async () => {
  const count = () => server.requests.filter((path) => path.includes('tiny-attn')).length;
  const before = count();
  for (let i = 0; i < 3; i++) {
    await crash();
    assert.ok(await works());
  }
  assert.equal(count(), before);
});

test('a trap in the module counts as a crash', async () => {
  await page
    .workers()
    .at(-1)
    .evaluate(() => {
      JSON.parse = () => {
        throw new WebAssembly.RuntimeError('unreachable');
      }; // as the engine's call would
    });
  assert.equal(await page.evaluate(() => code(model.run('heed'))), 'crashed');
  assert.ok(await works());
});

test('a stream of the worker that died fails, a new one works', async () => {
  await page.evaluate(async () => {
    globalThis.stream = model.stream('heed');
    await stream.next();
  });
  await crash();
  assert.equal(await page.evaluate(() => code(stream.next())), 'crashed');
  const tokens = await page.evaluate(async () => {
    let steps = 0;
    for await (const step of model.stream('heed')) steps += step.candidates.length;
    return steps;
  });
  assert.ok(tokens > 0);
});

test('a model freed before the crash stays freed, others come back', async () => {
  await page.evaluate(async () => {
    globalThis.other = await engine.load('fixtures/tiny-attn');
    other.free();
  });
  await crash();
  assert.ok(await works());
  assert.equal(await page.evaluate(() => code(other.run('heed'))), 'freed');
});

test('a worker that cannot start is an error of code "network", and later ones may start', async () => {
  await page.route('**/worker.js', (route) => route.fulfill({ status: 404, body: '' }));
  assert.equal(await page.evaluate(() => code(heed.connect())), 'network');
  await page.unroute('**/worker.js');
  assert.equal(await page.evaluate(() => code(heed.connect())), 'none');
});

test('a module that cannot be fetched is an error of code "network"', async () => {
  await page.route('**/*.wasm', (route) => route.fulfill({ status: 503, body: '' }));
  assert.equal(await page.evaluate(() => code(heed.connect())), 'network');
});

test('a module that is none is an error of code "unsupported"', async () => {
  await page.route('**/*.wasm', (route) => route.fulfill({ contentType: 'application/wasm', body: 'nonsense' }));
  assert.equal(await page.evaluate(() => code(heed.connect())), 'unsupported');
});

test('a server that calls wasm by another type is good enough', async () => {
  const other = await serve({ wasmType: 'application/octet-stream' });
  const { page: elsewhere } = await openPage(browser, other.url);
  assert.equal(
    await elsewhere.evaluate(async () => {
      const engine = await (await import('./js/heed.js')).connect({ base: 'js' });
      return (await (await engine.load('fixtures/tiny-attn')).run('a')).input;
    }),
    'a',
  );
  await elsewhere.close();
  await other.close();
});
