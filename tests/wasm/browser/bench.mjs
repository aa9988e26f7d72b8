// Measures in Chromium, on this machine: node tests/wasm/browser/bench.mjs [MODEL]. Prints, for every module, the kernels
// against the register peak, the time to load, and the time a word takes; all are medians.
import { launch, builtModules, openPage } from './chromium.mjs';
import { serve } from './server.mjs';

const model = process.argv[2] ?? 'g2p-lstm-attn';
const words = ['attention', 'pronunciation', 'heed', 'transformer', 'constantinople', 'memory', 'encyclopedia'];
const server = await serve();
const browser = await launch();
try {
  for (const module of builtModules) {
    const { page } = await openPage(browser, server.url);
    const kernels = await page.evaluate(async (module) => {
      const { connect } = await import('./js/heed.js');
      const engine = await connect({ module, measures: true });
      const rows = await engine.benchmark({ isa: engine.info.isa, rounds: 15, sampleSeconds: 0.02 });
      engine.close();
      return rows;
    }, module);
    console.log(`${module}:`);
    for (const { kernel, shape, unit, rate, best, percent, against, ratio } of kernels) {
      const share =
        (percent > 0 ? `${percent.toFixed(0)} % of peak ` : '') + (against && `${ratio.toFixed(2)} of ${against}`);
      const figures = `${rate.toFixed(2).padStart(8)} ${unit.padEnd(9)} best ${best.toFixed(2).padStart(8)}`;
      console.log(`  ${kernel.padEnd(24)}${shape.padEnd(18)}${figures}  ${share}`);
    }
    const times = await page.evaluate(
      async ({ module, model, words }) => {
        const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
        const began = performance.now();
        const { connect } = await import('./js/heed.js');
        const engine = await connect({ module });
        const connected = performance.now() - began;
        const loaded = await engine.load(`models/${model}`);
        const load = performance.now() - began - connected;
        const first = performance.now();
        await loaded.run(words[0]);
        const firstWord = performance.now() - first;
        const perWord = { greedy: [], beam5: [], roundTrip: [] };
        for (let i = 0; i < 25 * words.length; i++) {
          const word = words[i % words.length];
          const sent = performance.now();
          perWord.greedy.push((await loaded.run(word)).ms);
          perWord.roundTrip.push(performance.now() - sent);
          perWord.beam5.push((await loaded.run(word, { beam: 5 })).ms);
        }
        engine.close();
        const medians = Object.fromEntries(Object.entries(perWord).map(([name, list]) => [name, median(list)]));
        return { connected, load, firstWord, ...medians };
      },
      { module, model, words },
    );
    console.log(
      `  ${model}: engine ready after ${times.connected.toFixed(0)} ms, model ${times.load.toFixed(0)} ms, ` +
        `first word ${times.firstWord.toFixed(1)} ms; a word ${times.greedy.toFixed(2)} ms in the engine, ` +
        `${times.roundTrip.toFixed(2)} ms from the page, beam of 5 ${times.beam5.toFixed(2)} ms`,
    );
    await page.close();
  }
} finally {
  await browser.close();
  await server.close();
}
