// What every figure has: lazy start, table, exports, a page of its own, reduced motion; and what the charts show.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { stringsOf } from './unit/support.mjs';
import { launch, live, lettersOf, open, pathOf, phonemesOf, startSite, type } from './support.mjs';

let site, browser;
before(async () => {
  [site, browser] = await Promise.all([startSite(), launch()]);
});
after(async () => {
  await browser?.close();
  await site?.close();
});

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
    assert.ok((await figure.locator('.figure-table tbody tr').count()) > 1, name);
    assert.notEqual(await figure.locator('.figure-table caption').textContent(), '');
    for (const button of await figure.getByRole('button', { name: /^Save as/ }).all()) {
      const format = (await button.textContent()).toLowerCase();
      const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
      assert.equal(download.suggestedFilename(), `heed-${name}.${format}`);
      const bytes = readFileSync(await download.path());
      if (format === 'png') assert.deepEqual([...bytes.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
      if (format === 'json') assert.ok(Object.keys(JSON.parse(bytes)).length > 0);
      if (format === 'csv')
        assert.equal(
          bytes.toString().trimEnd().split('\r\n').length,
          1 + (await figure.locator('.figure-table tbody tr').count()),
        );
    }
  }
  assert.deepEqual(complaints, []);
  await close();
});

/** Saves a figure in this format; the file's text, or bytes of a PNG as a data address. */
async function saved(figure, format) {
  const [download] = await Promise.all([
    figure.page().waitForEvent('download'),
    figure.getByRole('button', { name: new RegExp(`${format}$`) }).click(),
  ]);
  const bytes = readFileSync(await download.path());
  return format === 'PNG' ? `data:image/png;base64,${bytes.toString('base64')}` : bytes.toString();
}

/** What a saved SVG holds, as the browser's parser of XML reads it. */
const readSvg = (page, text) =>
  page.evaluate((source) => {
    const { documentElement: svg } = new DOMParser().parseFromString(source, 'image/svg+xml');
    const all = (selector) => [...svg.querySelectorAll(selector)];
    // The points of a curve are where its pieces end.
    const curves = all('path[stroke-width="2"][fill="none"]').map(
      (path) => path.getAttribute('d').match(/[MLC]/g).length,
    );
    return {
      name: svg.localName,
      texts: all('text').map((one) => one.textContent),
      paper: svg.querySelector('rect').getAttribute('fill'),
      cells: all('rect').filter((one) => one.style.fill.startsWith('rgb') && one.closest('g[transform]')).length,
      curves,
      circles: all('path').filter((one) => / A /.test(one.getAttribute('d'))).length,
      fonts: svg.querySelector('style').textContent.match(/@font-face/g)?.length,
      size: [Number(svg.getAttribute('width')), Number(svg.getAttribute('height'))],
      outside: all('[style*="var("], [class]').length,
    };
  }, text);

for (const [language, theme] of [
  ['en', 'light'],
  ['ru', 'dark'],
]) {
  test(`${language}, ${theme}: a saved picture is whole without the page: light paper, title, axes, a mark for each value`, async () => {
    const strings = stringsOf(language);
    const { page, complaints, close } = await open(browser, `${site.url}${pathOf(language, 'fixed-vector')}`, {
      theme,
      acceptDownloads: true,
    });
    const networks = ['g2p-lstm-attn', 'g2p-lstm-fixed'];
    const axes = {
      'length-accuracy': ['length', 'right'],
      'training-curves': ['epoch', 'wer', 'loss'],
      'side-by-side': [],
    };
    for (const name of FIGURES) {
      const figure = await live(page, name);
      const words = strings.figures[name];
      const data = JSON.parse(await saved(figure, 'JSON'));
      const svg = await readSvg(page, await saved(figure, 'SVG'));
      assert.equal(svg.name, 'svg', name);
      assert.equal(svg.outside, 0, `${name}: nothing of it is in the page's style sheets`);
      assert.equal(svg.paper, '#ffffff', name);
      assert.ok(svg.fonts >= 1, name);
      for (const text of [words.title, ...axes[name].map((key) => words[key])])
        assert.ok(svg.texts.includes(text), `${name}: ${text} in ${svg.texts}`);
      if (name === 'side-by-side') {
        const [{ steps }] = data[networks[0]].hypotheses;
        assert.equal(
          svg.cells,
          steps.reduce((sum, { attention }) => sum + attention.length, 0),
        );
        for (const network of networks)
          assert.ok(
            svg.texts.includes(`${strings.models[network]}: ${data[network].hypotheses[0].tokens.join(' ')}`),
            network,
          );
      } else {
        for (const network of networks)
          assert.ok(
            svg.texts.some((text) => text.startsWith(strings.models[network])),
            network,
          );
        const expected =
          name === 'length-accuracy'
            ? data.map(({ shares }) => shares.filter(({ inputs }) => inputs >= 10).length)
            : [...data, ...data, ...data].map(({ epochs }) => epochs.length); // an error curve and two losses of each network
        assert.deepEqual(
          svg.curves.filter((points) => points > 2).sort(),
          expected.sort(),
          `${name}: a curve has as many points as there are values`,
        );
        assert.equal(
          svg.circles,
          expected.reduce((sum, count) => sum + count, 0),
          `${name}: and each has its mark`,
        );
      }
      const ink = await page.evaluate(
        async (source) => {
          const image = Object.assign(new Image(), { src: source });
          await image.decode();
          const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
          const context = canvas.getContext('2d', { willReadFrequently: true });
          context.drawImage(image, 0, 0);
          const { data: pixels } = context.getImageData(0, 0, image.width, image.height);
          let light = 0;
          for (let i = 0; i < pixels.length; i += 4)
            light += Math.min(pixels[i], pixels[i + 1], pixels[i + 2]) > 240 ? 1 : 0;
          return { size: [image.width, image.height], light: light / (image.width * image.height) };
        },
        await saved(figure, 'PNG'),
      );
      assert.deepEqual(
        ink.size,
        svg.size.map((side) => 2 * side),
        name,
      );
      assert.ok(ink.light > 0.5 && ink.light < 0.995, `${name}: light paper with ink on it (${ink.light})`);
    }
    assert.equal(await page.locator('html').getAttribute('data-theme'), theme, 'the page keeps its theme');
    assert.deepEqual(complaints, []);
    await close();
  });
}

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
  const said = await figure
    .locator('.side')
    .evaluateAll((all) => all.map((side) => [...side.querySelectorAll('.arpabet')].map((one) => one.textContent)));
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
  const colours = (name) =>
    page
      .locator(`heed-figure[name="${name}"] canvas`)
      .first()
      .evaluate((canvas) => {
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
        return [...seen]
          .sort((a, b) => b[1] - a[1])
          .slice(0, 12)
          .map(([key]) => key)
          .sort()
          .join(' ');
      });
  for (const name of ['length-accuracy', 'training-curves']) {
    const figure = await live(page, name);
    const light = await colours(name);
    assert.ok(light.split(' ').length >= 3, name);
    await page.evaluate(() => {
      document.documentElement.dataset.theme = 'dark';
    });
    await page.waitForTimeout(200);
    assert.notEqual(await colours(name), light, name);
    await page.evaluate(() => {
      document.documentElement.dataset.theme = 'light';
    });
    assert.ok(await figure.locator('canvas').first().getAttribute('aria-label'));
  }
  await page.locator('input[value=per]').check();
  await page.waitForFunction(() => location.search.includes('training-curves.measure=per'));
  const figure = await live(page, 'length-accuracy');
  await figure.locator('input.word').fill('cat');
  await page.waitForFunction(() =>
    /^Words of 3 letters, like cat/.test(
      document.querySelector('heed-figure[name="length-accuracy"] .readout').textContent,
    ),
  );
  assert.deepEqual(complaints, []);
  await close();
});

test('nothing moves for readers who asked for that', async () => {
  const { page, close } = await open(browser, site.url, { reducedMotion: 'reduce' });
  const figure = await live(page, 'pronounce');
  const name = await figure
    .locator('.heatmap .row')
    .first()
    .evaluate((row) => getComputedStyle(row).animationName);
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
