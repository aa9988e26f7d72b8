// What every figure has: lazy start, table, exports, a page of its own, reduced motion; and what the charts show.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { launch, live, lettersOf, open, phonemesOf, startSite, type } from './support.mjs';

let site, browser;
before(async () => { [site, browser] = await Promise.all([startSite(), launch()]); });
after(async () => { await browser?.close(); await site?.close(); });

const FIGURES = ['side-by-side', 'length-accuracy', 'training-curves'];

test('figures start when they come near, and not before', async () => {
  const { page, close } = await open(browser, `${site.url}fixed-vector/`, { height: 500 });
  await page.waitForTimeout(500);
  const last = page.locator('heed-figure').last();
  assert.equal(await last.getAttribute('data-phase'), null);
  const reserved = await last.evaluate((one) => one.querySelector('.figure-stage').clientHeight);
  assert.ok(reserved > 200, 'its height is kept free');
  await live(page, await last.getAttribute('name'));
  await close();
});

test('every figure tabulates its values and saves them', async () => {
  const { page, complaints, close } = await open(browser, `${site.url}fixed-vector/`, { acceptDownloads: true });
  for (const name of FIGURES) {
    const figure = await live(page, name);
    await figure.getByRole('button', { name: 'Values as a table' }).click();
    assert.ok(await figure.locator('.figure-table tbody tr').count() > 1, name);
    assert.notEqual(await figure.locator('.figure-table caption').textContent(), '');
    for (const button of await figure.getByRole('button', { name: /^Save as/ }).all()) {
      const format = (await button.textContent()).toLowerCase();
      const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
      assert.equal(download.suggestedFilename(), `heed-${name}.${format}`);
      const bytes = readFileSync(await download.path());
      if (format === 'png') assert.deepEqual([...bytes.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
      if (format === 'png') assert.ok(bytes.length > 5000, `${name}: a picture with something on it`);
      if (format === 'svg') assert.match(bytes.toString(), /^<svg [\s\S]*fill-opacity[\s\S]*<\/svg>$/);
      if (format === 'json') assert.ok(Object.keys(JSON.parse(bytes)).length > 0);
      if (format === 'csv') assert.equal(bytes.toString().trimEnd().split('\r\n').length, 1 + await figure.locator('.figure-table tbody tr').count());
    }
  }
  assert.deepEqual(complaints, []);
  await close();
});

test('a figure can stand alone, with its state', async () => {
  const { page, complaints, close } = await open(browser, `${site.url}?pronounce.word=alone&embed=pronounce`);
  const figure = await live(page, 'pronounce');
  assert.equal((await lettersOf(figure)).join(''), 'alone');
  assert.equal(await page.locator(':is(header, h1, nav):visible').count(), 0);
  assert.ok(await figure.isVisible());
  assert.deepEqual(complaints, []);
  await close();
});

test('with and without attention: the same word, two answers, the places where they part', async () => {
  const { page, close } = await open(browser, `${site.url}fixed-vector/`);
  const figure = await live(page, 'side-by-side');
  await type(figure, 'deinstitutionalization');
  const said = await figure.locator('.side').evaluateAll((all) => all.map((side) => [...side.querySelectorAll('.arpabet')].map((one) => one.textContent)));
  assert.equal(said.length, 2);
  assert.deepEqual(said[0], (await phonemesOf(figure)).slice(0, -1), 'strip and heatmap say the same');
  const marked = await figure.locator('.sound.marked').count();
  assert.equal(marked > 0, said[0].join(' ') !== said[1].join(' '));
  assert.equal(await figure.locator('.side-heat svg').count(), 1);
  assert.equal(await figure.locator('.side.without svg').count(), 0);
  await close();
});

test('charts have ink, follow the theme and the state', async () => {
  const { page, complaints, close } = await open(browser, `${site.url}fixed-vector/`);
  const colours = (name) => page.locator(`heed-figure[name="${name}"] canvas`).first().evaluate((canvas) => {
    const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
    const context = copy.getContext('2d', { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    const seen = new Map();
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] > 200) {
        const key = `${data[i] >> 4},${data[i + 1] >> 4},${data[i + 2] >> 4}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
    }
    return [...seen].sort((a, b) => b[1] - a[1]).slice(0, 12).map(([key]) => key).sort().join(' ');
  });
  for (const name of ['length-accuracy', 'training-curves']) {
    const figure = await live(page, name);
    const light = await colours(name);
    assert.ok(light.split(' ').length >= 3, name);
    await page.evaluate(() => { document.documentElement.dataset.theme = 'dark'; });
    await page.waitForTimeout(200);
    assert.notEqual(await colours(name), light, name);
    await page.evaluate(() => { document.documentElement.dataset.theme = 'light'; });
    assert.ok(await figure.locator('canvas').first().getAttribute('aria-label'));
  }
  await page.locator('input[value=per]').check();
  await page.waitForFunction(() => location.search.includes('training-curves.measure=per'));
  const figure = await live(page, 'length-accuracy');
  await figure.locator('input.word').fill('cat');
  await page.waitForFunction(() => /^Words of 3 letters, like cat/.test(document.querySelector('heed-figure[name="length-accuracy"] .readout').textContent));
  assert.deepEqual(complaints, []);
  await close();
});

test('nothing moves for readers who asked for that', async () => {
  const { page, close } = await open(browser, site.url, { reducedMotion: 'reduce' });
  const figure = await live(page, 'pronounce');
  const name = await figure.locator('.heatmap .row').first().evaluate((row) => getComputedStyle(row).animationName);
  assert.equal(name, 'none');
  await close();
});

test('print has the figure and no buttons', async () => {
  const { page, close } = await open(browser, site.url);
  const figure = await live(page, 'pronounce');
  await page.emulateMedia({ media: 'print' });
  assert.ok(await figure.locator('.heatmap svg').isVisible());
  assert.ok(await figure.locator('.figure-tools').isHidden());
  await close();
});
