// Every page in both languages: nothing in the console, nothing wider than a phone, nothing that axe finds, and the same
// headings, figures and formulas in both.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { LANGUAGES, live, open, PAGES, pathOf, launch, root, startSite } from './support.mjs';

const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
let site, browser;
before(async () => {
  [site, browser] = await Promise.all([startSite(), launch()]);
});
after(async () => {
  await browser?.close();
  await site?.close();
});

const figuresOf = (page) =>
  page.locator('heed-figure').evaluateAll((all) => all.map((one) => one.getAttribute('name')));

async function allLive(page) {
  for (const name of await figuresOf(page)) await live(page, name);
}

const widest = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

async function violations(page) {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() =>
    globalThis.axe.run(document, { resultTypes: ['violations'] }),
  );
  return found.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map(({ html }) => html.slice(0, 160))
        .join(' | ')}`,
  );
}

for (const language of LANGUAGES) {
  for (const name of PAGES) {
    const path = pathOf(language, name);
    test(`/${path}: figures live, console silent, no violation found by axe in both themes`, async () => {
      const { page, complaints, close } = await open(browser, site.url + path);
      assert.equal(await page.locator('html').getAttribute('lang'), language);
      await allLive(page);
      assert.ok((await figuresOf(page)).length > 0);
      assert.deepEqual(await violations(page), []);
      await page.evaluate(() => {
        document.documentElement.dataset.theme = 'dark';
      });
      await page.waitForTimeout(300); // the figures redraw, transitions end
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(complaints, []);
      await close();
    });

    test(`/${path}: a phone of 360 pixels shows it without scrolling sideways`, async () => {
      const { page, complaints, close } = await open(browser, site.url + path, {
        width: 360,
        height: 740,
        hasTouch: true,
        isMobile: true,
      });
      assert.ok((await widest(page)) <= 0, 'before the figures start');
      await allLive(page);
      assert.ok((await widest(page)) <= 0, 'with its figures');
      assert.deepEqual(complaints, []);
      await close();
    });
  }
}

test('both languages have the same headings, figures, formulas, tables and exercises', async () => {
  for (const name of PAGES) {
    const shape = async (language) => {
      const { page, close } = await open(browser, site.url + pathOf(language, name));
      const found = await page.locator('main').evaluate((main) => ({
        headings: [...main.querySelectorAll('h1, .sl-markdown-content :is(h2, h3, h4)')]
          .filter((one) => !one.closest('heed-figure'))
          .map((one) => one.tagName),
        figures: [...main.querySelectorAll('heed-figure')].map((one) => [
          one.getAttribute('name'),
          one.querySelector('.figure-number')?.textContent.replace(/^\D+/, ''),
        ]),
        formulas: [...main.querySelectorAll('annotation')].map((one) => one.textContent),
        tables: [...main.querySelectorAll('.sl-markdown-content table')].map((one) => one.rows.length),
        metrics: [...main.querySelectorAll('.metric')].map((one) => one.getAttribute('value')).sort(),
        items: main.querySelectorAll('.sl-markdown-content ol > li').length,
      }));
      await close();
      return found;
    };
    const [english, russian] = [await shape('en'), await shape('ru')];
    assert.ok(english.headings.length > 0);
    assert.deepEqual(russian, english, name);
  }
});

test('links lead to pages of the site', async () => {
  const seen = new Set();
  const queue = LANGUAGES.map((language) => site.url + pathOf(language, ''));
  while (queue.length > 0) {
    const url = queue.pop();
    if (seen.has(url)) continue;
    seen.add(url);
    const response = await fetch(url);
    assert.equal(response.status, 200, url);
    if (!response.headers.get('content-type').startsWith('text/html')) continue;
    const html = await response.text();
    for (const [, href] of html.matchAll(/<a\b[^>]*\shref="([^"]+)"/g)) {
      const target = new URL(href.replaceAll('&amp;', '&'), url);
      target.hash = '';
      if (target.href.startsWith(new URL('/', site.url).href)) queue.push(target.href);
    }
  }
  assert.ok(seen.size >= PAGES.length * LANGUAGES.length, [...seen].join('\n'));
});

for (const language of LANGUAGES) {
  test(`${language}: an address that is none, at any depth, answers in the language of its path and leads home`, async () => {
    for (const path of ['nowhere', 'nowhere/at/all/']) {
      const { page, close } = await open(browser, `${site.url}${pathOf(language, '')}${path}`);
      assert.equal(await page.locator('html').getAttribute('lang'), language);
      const section = page.locator('section:visible');
      assert.equal(await section.getAttribute('lang'), language);
      const title = await section.locator('h1').textContent();
      assert.match(title, language === 'ru' ? /[а-я]/ : /[a-z]/);
      assert.ok((await page.title()).startsWith(title));
      assert.deepEqual(await violations(page), []);
      const links = await section.locator('a').evaluateAll((all) => all.map(({ href }) => href));
      assert.equal(links.length, PAGES.length + 1);
      for (const link of links) assert.equal((await fetch(link)).status, 200, link);
      await section.locator('p a').click();
      await page.waitForURL(site.url + pathOf(language, ''));
      await close();
    }
  });
}

test('the search is fetched when it is opened, and finds', async () => {
  for (const [language, query] of [
    ['en', 'attention'],
    ['ru', 'внимание'],
  ]) {
    const { page, complaints, close } = await open(browser, site.url + pathOf(language, ''));
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await live(page, 'pronounce');
    await page.waitForLoadState('networkidle');
    assert.deepEqual(
      asked.filter((url) => /ui-core|pagefind/.test(url)),
      [],
    );
    await page.keyboard.press('Control+k');
    const field = page.locator('site-search input');
    await field.waitFor();
    await page.waitForFunction(() => document.activeElement?.matches('site-search input'));
    await page.keyboard.type(query);
    await page.locator('site-search .pagefind-ui__result-link').first().waitFor();
    assert.deepEqual(complaints, []);
    await close();
  }
});
