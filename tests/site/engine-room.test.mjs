// Chapter 25's figures: what is measured is measured here and now, can be stopped, and the bytes add up.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { stringsOf } from './unit/support.mjs';
import { builtModules, LANGUAGES, launch, live, open, pathOf, startSite } from './support.mjs';

let site, browser;
before(async () => {
  [site, browser] = await Promise.all([startSite(), launch()]);
});
after(async () => {
  await browser?.close();
  await site?.close();
});

const PAGE = 'how-the-c-is-built';
const words = stringsOf('en').figures.machine;
const rowsOf = (figure) =>
  figure
    .locator('.figure-table tbody tr')
    .evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
const idle = (figure) => figure.locator('progress[hidden]').waitFor({ state: 'attached', timeout: 120_000 });
const number = (text) => Number(text.replaceAll(/[\s,]/g, ''));

async function table(figure) {
  await figure.getByRole('button', { name: 'Values as a table' }).click();
  return rowsOf(figure);
}

async function json(figure) {
  const [download] = await Promise.all([
    figure.page().waitForEvent('download'),
    figure.getByRole('button', { name: /JSON$/ }).click(),
  ]);
  return JSON.parse(readFileSync(await download.path()));
}

test('nothing is fetched or measured before it is asked for; then every set and kernel is', async () => {
  const { page, complaints, close } = await open(browser, `${site.url}${PAGE}/?machine.rounds=1`, {
    acceptDownloads: true,
  });
  const asked = [];
  page.context().on('request', (request) => asked.push(request.url()));
  const figure = await live(page, 'machine');
  assert.equal((await json(figure)).measured.length, 0);
  assert.ok(!asked.some((url) => url.includes('bench-')));
  await figure.getByRole('button', { name: words.measure }).click();
  await figure.locator('progress:not([hidden])').waitFor();
  await idle(figure);
  assert.ok(
    builtModules.every((name) => asked.some((url) => url.endsWith(`bench-${name}.wasm`))),
    asked.join('\n'),
  );
  const { measured } = await json(figure);
  const sets = builtModules.includes('relaxed') ? ['scalar', 'simd128', 'relaxed'] : ['scalar', 'simd128'];
  assert.equal(
    measured.length,
    12 * sets.length,
    'the peak, five products of matrices, four of a vector, exp and tanh',
  );
  for (const row of measured) assert.ok(row.rate > 0 && row.best >= row.rate, JSON.stringify(row));
  const rate = (isa, kernel, shape) =>
    measured.find((row) => row.isa === isa && row.kernel === kernel && row.shape === shape).rate;
  assert.ok(
    rate('simd128', 'peak', '') > 2 * rate('scalar', 'peak', ''),
    'four lanes are more than twice as fast as one',
  );
  assert.match(
    await figure.locator('.readout').textContent(),
    /GFLOP\/s at 512 × 512, \d+% of its register peak, \d+\.\d times/,
  );
  assert.equal((await table(figure)).length, measured.length);
  assert.equal(await figure.locator('.bar-rows rect.amount').count(), 6 * sets.length);
  await figure.locator('input[value=percent]').check();
  await page.waitForFunction(() => location.search.includes('machine.view=percent'));
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    figure.getByRole('button', { name: /SVG$/ }).click(),
  ]);
  const svg = readFileSync(await download.path(), 'utf8');
  for (const text of [words.title, words.side, words.ofPeak, ...sets.map((isa) => words.sets[isa])])
    assert.ok(svg.includes(`>${text}<`), text);
  assert.deepEqual(complaints, []);
  await close();
});

test('it can be stopped at once, keeps what it has, and can begin again', async () => {
  const { page, complaints, close } = await open(browser, `${site.url}${PAGE}/?machine.rounds=9`);
  const figure = await live(page, 'machine');
  const button = figure.locator('.measure button');
  await button.click();
  await figure.locator('.bar-rows rect.amount').first().waitFor({ timeout: 60_000 });
  const began = Date.now();
  await figure.getByRole('button', { name: words.stop }).click();
  await figure.getByText(words.stopped).waitFor();
  assert.ok(Date.now() - began < 2000);
  assert.ok((await figure.locator('.bar-rows rect.amount').count()) > 0);
  assert.ok(await figure.locator('.figure-notice').isHidden(), 'stopping is no failure');
  await button.click();
  await figure.getByRole('button', { name: words.stop }).click();
  await figure.getByText(words.stopped).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('where relaxed SIMD cannot be had, two sets are compared and the reader is told', async () => {
  const own = await startSite({
    intercept: (path, response) => path === 'engine/bench-relaxed.wasm' && (response.writeHead(503).end(), true),
  });
  const { page, close } = await open(browser, `${own.url}${PAGE}/?machine.rounds=1`);
  const figure = await live(page, 'machine');
  await figure.locator('.measure button').click();
  await figure.locator('.figure-notice', { hasText: words.noRelaxed }).waitFor();
  await figure.getByRole('button', { name: words.stop }).click();
  await figure.getByText(words.stopped).waitFor();
  await close();
  await own.close();
});

for (const language of LANGUAGES) {
  test(`${language}: the bytes of the parts add up to the engine's memory, and a longer word takes more`, async () => {
    const { page, complaints, close } = await open(browser, `${site.url}${pathOf(language, PAGE)}?memory-map.word=ox`, {
      acceptDownloads: true,
    });
    const figure = await live(page, 'memory-map');
    const small = await json(figure);
    assert.equal(small.total % 65536, 0, 'WebAssembly memory is whole pages');
    await figure.locator('.figure-tools button[aria-expanded]').click();
    const rows = await rowsOf(figure);
    const bytes = rows.map((row) => number(row[1]));
    assert.equal(bytes.at(-1), small.total);
    assert.equal(
      bytes.slice(0, -1).reduce((sum, value) => sum + value, 0),
      small.total,
    );
    assert.equal(await figure.locator('.bar-rows rect.amount').count(), rows.length - 1);
    await figure.locator('input.word').fill('internationalization');
    await page.waitForFunction(() =>
      document.querySelector('heed-figure[name="memory-map"] .readout').textContent.includes('internationalization'),
    );
    const large = await json(figure);
    assert.ok(large.tensors > small.tensors);
    assert.equal(large.parameters, small.parameters);
    assert.deepEqual(complaints, []);
    await close();
  });
}
