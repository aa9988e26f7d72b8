// The pronunciation figure as its readers use it: typing, pointer, keys, beam, address, both modules, no network.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  builtModules,
  launch,
  lettersOf,
  LANGUAGES,
  live,
  open,
  pathOf,
  phonemesOf,
  root,
  startSite,
  type,
  word,
} from './support.mjs';

let site, browser;
before(async () => {
  [site, browser] = await Promise.all([startSite(), launch()]);
});
after(async () => {
  await browser?.close();
  await site?.close();
});

const END = { en: 'end', ru: 'конец' };
const golden = JSON.parse(readFileSync(join(root, 'models/g2p-lstm-attn/golden.json'), 'utf8'));

for (const language of LANGUAGES) {
  for (const module of builtModules) {
    test(`${language}, ${module}: words are pronounced as the native engine does`, async () => {
      const { page, complaints, close } = await open(browser, `${site.url}${pathOf(language, '')}?engine=${module}`);
      const figure = await live(page, 'pronounce');
      for (const { input, tokens } of golden.items.slice(0, 6)) {
        if (!/^[A-Z']+$/i.test(input)) continue;
        await type(figure, input);
        assert.deepEqual(
          await phonemesOf(figure),
          [...tokens.filter((token) => token !== '<eos>'), END[language]],
          input,
        );
      }
      assert.match(await figure.locator('.figure-timing').textContent(), new RegExp(module));
      assert.deepEqual(complaints, []);
      await close();
    });
  }
}

test('the weights of a row sum to one, and the table says the same as the cells', async () => {
  const { page, close } = await open(browser, site.url);
  const figure = await live(page, 'pronounce');
  await type(figure, 'knight');
  await figure.getByRole('button', { name: 'Values as a table' }).click();
  const rows = await figure
    .locator('.figure-table tbody tr')
    .evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
  assert.equal(rows.length, (await phonemesOf(figure)).length);
  for (const row of rows) {
    const weights = row.slice(3).map(Number);
    assert.equal(weights.length, 6);
    assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 0.005, row.join(' '));
  }
  const drawn = await figure
    .locator('.heatmap .row')
    .first()
    .locator('.cell')
    .evaluateAll((all) => all.map((cell) => Number(cell.getAttribute('fill-opacity'))));
  for (const [index, opacity] of drawn.entries())
    assert.ok(Math.abs(Math.max(0.035, Number(rows[0][3 + index])) - opacity) < 0.002);
  await close();
});

test('the pointer links cells, letters and phonemes', async () => {
  const { page, close } = await open(browser, site.url);
  const figure = await live(page, 'pronounce');
  await type(figure, 'knight');
  const phonemes = await phonemesOf(figure);
  const cell = figure.locator('.heatmap .row').nth(1).locator('.cell').nth(2);
  await cell.hover();
  assert.equal(await figure.locator('.heatmap .row.lit').count(), 1);
  assert.equal(await figure.locator('.heatmap .row.lit .phoneme').textContent(), phonemes[1]);
  assert.equal(await figure.locator('.heatmap .letter.lit').textContent(), 'i');
  assert.equal(await figure.locator('.strip .lit .arpabet').textContent(), phonemes[1]);
  assert.match(
    await figure.locator('.readout').textContent(),
    new RegExp(`^${phonemes[1]} attends to i with weight \\d\\.\\d\\d`),
  );
  assert.match(await figure.locator('.bars .part').textContent(), new RegExp(`2: ${phonemes[1]}`));
  await figure.locator('.strip button').first().hover();
  assert.equal(await figure.locator('.heatmap .row.lit .phoneme').textContent(), phonemes[0]);
  await figure.locator('.heatmap .letter').nth(4).hover();
  assert.equal(await figure.locator('.heatmap .letter.lit').textContent(), 'h');
  await page.mouse.move(5, 5);
  assert.equal(await figure.locator('.heatmap .row.lit').count(), 0);
  await close();
});

test('touch chooses a cell', async () => {
  const { page, close } = await open(browser, site.url, { width: 390, height: 800, hasTouch: true, isMobile: true });
  const figure = await live(page, 'pronounce');
  await figure.locator('.heatmap .row').nth(2).locator('.cell').nth(1).tap();
  await page.waitForFunction(() => /pronounce\.step=2&pronounce\.letter=1/.test(location.search));
  assert.equal(await figure.locator('.heatmap .row.lit').count(), 1);
  await close();
});

test('arrow keys walk over the heatmap, and the sentence is spoken', async () => {
  const { page, close } = await open(browser, site.url);
  const figure = await live(page, 'pronounce');
  await type(figure, 'cat');
  const phonemes = await phonemesOf(figure);
  await figure.locator('.heatmap svg').focus();
  const at = async () => [
    await figure.locator('.heatmap .row.lit .phoneme').textContent(),
    await figure.locator('.heatmap .letter.lit').textContent(),
  ];
  for (const [key, expected] of [
    ['ArrowDown', [phonemes[0], 'c']],
    ['ArrowRight', [phonemes[0], 'a']],
    ['End', [phonemes[0], 't']],
    ['ArrowRight', [phonemes[0], 't']],
    ['ArrowDown', [phonemes[1], 't']],
    ['Home', [phonemes[1], 'c']],
    ['ArrowUp', [phonemes[0], 'c']],
    ['ArrowUp', [phonemes[0], 'c']],
  ]) {
    await page.keyboard.press(key);
    assert.deepEqual(await at(), expected, key);
  }
  await page.waitForFunction(
    (start) => document.querySelector('heed-figure [aria-live]').textContent.startsWith(start),
    `${phonemes[0]} attends to c`,
  );
  await page.keyboard.press('Escape');
  assert.equal(await figure.locator('.heatmap .row.lit').count(), 0);
  await close();
});

test('a wider beam gives more pronunciations, best first, and each can be looked at', async () => {
  const { page, close } = await open(browser, site.url);
  const figure = await live(page, 'pronounce');
  await type(figure, 'read');
  await figure.locator('input[type=range]').fill('5');
  const list = figure.locator('.hypothesis');
  await page.waitForFunction(() => document.querySelectorAll('.hypothesis').length === 5);
  const said = await list.locator('.said').allTextContents();
  assert.equal(new Set(said).size, 5);
  await list.nth(2).click();
  await page.waitForFunction(
    (expected) =>
      [...document.querySelectorAll('.strip .arpabet')].map((one) => one.textContent).join(' ') === expected,
    said[2],
  );
  assert.equal(await list.nth(2).getAttribute('aria-pressed'), 'true');
  await close();
});

test('the address keeps the whole state, and reset takes it away', async () => {
  const { page, close } = await open(browser, site.url, { permissions: ['clipboard-read', 'clipboard-write'] });
  const figure = await live(page, 'pronounce');
  await type(figure, 'naïvely', 'naively');
  await figure.locator('input[type=range]').fill('3');
  await page.waitForFunction(() => document.querySelectorAll('.hypothesis').length === 3);
  await figure.locator('.hypothesis').nth(1).click();
  await figure.locator('.heatmap .row').nth(2).locator('.cell').nth(3).click();
  await figure.getByRole('button', { name: 'Copy link' }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const state = async (one) => ({
    word: await word(one).inputValue(),
    beam: await one.locator('input[type=range]').inputValue(),
    phonemes: await phonemesOf(one),
    pressed: await one
      .locator('.hypothesis')
      .evaluateAll((all) => all.map((button) => button.getAttribute('aria-pressed'))),
    lit: await one.locator('.heatmap .row.lit .phoneme').textContent(),
    letter: await one.locator('.heatmap .letter.lit').textContent(),
    notice: await one.locator('.figure-notice').textContent(),
  });
  const before_ = await state(figure);
  const again = await open(browser, link);
  const copy = await live(again.page, 'pronounce');
  assert.deepEqual(await state(copy), before_);
  await copy.getByRole('button', { name: 'Reset' }).click();
  await again.page.waitForFunction(() => location.search === '');
  assert.equal((await lettersOf(copy)).join(''), 'attention');
  await again.close();
  await close();
});

test('the page goes on when the server is gone', async () => {
  const own = await startSite();
  const { page, complaints, close } = await open(browser, own.url);
  const figure = await live(page, 'pronounce');
  await own.close();
  await assert.rejects(fetch(own.url));
  await type(figure, 'offline');
  assert.ok((await phonemesOf(figure)).length > 3);
  await figure.locator('input[type=range]').fill('4');
  await page.waitForFunction(() => document.querySelectorAll('.hypothesis').length === 4);
  assert.deepEqual(complaints, []);
  await close();
});

test('typing fast shows the last word', async () => {
  const { page, complaints, close } = await open(browser, site.url);
  const figure = await live(page, 'pronounce');
  await word(figure).fill('');
  await word(figure).pressSequentially('internationalization', { delay: 5 });
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll('.heatmap .letter')].map((one) => one.textContent).join('') ===
      'internationalization',
  );
  await page.waitForTimeout(300);
  assert.equal((await lettersOf(figure)).join(''), 'internationalization');
  assert.deepEqual(complaints, []);
  await close();
});
