// The int8 kernels in Chromium, whose relaxed instructions are the machine's: bit for bit what they are defined to be.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { builtModules, launch, openPage } from './chromium.mjs';
import { serve } from './server.mjs';

let server, browser;
before(async () => {
  server = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

for (const module of builtModules) {
  test(`${module}: products with int8 weights`, async () => {
    const { page } = await openPage(browser, server.url);
    const failed = await page.evaluate(async (name) => {
      const { default: instantiate } = await import(`./wasm/heed-${name}.mjs`);
      const program = await fetch(`./wasm/test-int8-${name}.wasm`);
      return (await instantiate({ wasmBinary: await program.arrayBuffer() })).heed_wasm_test();
    }, module);
    assert.equal(failed, 0);
    await page.close();
  });
}
