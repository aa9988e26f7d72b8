// What the tests of the built site share: a server for build/site-subpath (or $HEED_TEST_SITE) and Chromium.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from '../../site/scripts/chromium.mjs';
import { serve } from '../../site/scripts/serve.mjs';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const folder = process.env.HEED_TEST_SITE ?? join(root, 'build/site-subpath');
if (!existsSync(join(folder, '.built-for'))) throw new Error(`${folder} is not built: run ./book test`);
export const base = readFileSync(join(folder, '.built-for'), 'utf8').split(' ')[0];

export const LANGUAGES = ['en', 'ru'];
export const pathOf = (language, page) => `${language === 'en' ? '' : `${language}/`}${page === '' ? '' : `${page}/`}`;
export const PAGES = ['', 'fixed-vector', 'seeing-attention', 'how-the-c-is-built'];
export const builtModules = ['simd128', 'relaxed'].filter((name) =>
  existsSync(join(folder, `engine/heed-${name}.wasm`)),
);

export const startSite = (options = {}) => serve(folder, { base, ...options });

export { launch };

/** A page of its own context; `complaints` gathers what its console says of errors. */
export async function open(browser, url, { width = 1280, height = 900, theme = 'light', ...options } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
  await page.goto(url);
  return { page, complaints, close: () => context.close() };
}

/** Waits until the figure has been mounted and drawn. */
export async function live(page, name) {
  const figure = page.locator(`heed-figure[name="${name}"]`);
  await figure.scrollIntoViewIfNeeded();
  await page.locator(`heed-figure[name="${name}"][data-phase="live"]`).waitFor();
  await figure.locator('.figure-timing:not(:empty)').waitFor({ state: 'attached' });
  return figure;
}

export const word = (figure) => figure.locator('input.word');
export const phonemesOf = (figure) => figure.locator('.heatmap .row .phoneme').allTextContents();
export const lettersOf = (figure) => figure.locator('.heatmap .letter').allTextContents();

/** Types a word in place of the one that is there, and waits for its heatmap. */
export async function type(figure, text, letters = text) {
  await word(figure).fill(text);
  await figure
    .page()
    .waitForFunction(
      ([name, expected]) =>
        [...document.querySelectorAll(`heed-figure[name="${name}"] .heatmap .letter`)]
          .map((one) => one.textContent)
          .join('') === expected,
      [await figure.getAttribute('name'), letters],
    );
}
