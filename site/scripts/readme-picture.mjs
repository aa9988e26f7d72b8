#!/usr/bin/env node
// The picture of README.md: the home page's live figure at a word, as Chromium draws it.
//
//   node site/scripts/readme-picture.mjs [FOLDER]    FOLDER: the built site, build/site when left out
//
// CHROMIUM names the browser; /usr/bin/chromium when it is not set.
import { fileURLToPath } from 'node:url';
import { launch } from './chromium.mjs';
import { serve } from './serve.mjs';

const WORD = 'knightsbridge';
const folder = process.argv[2] ?? fileURLToPath(new URL('../../build/site', import.meta.url));
const picture = fileURLToPath(new URL('../src/assets/readme.png', import.meta.url));

const { url, close } = await serve(folder);
const browser = await launch();
try {
  const page = await browser.newPage({
    viewport: { width: 1180, height: 720 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  await page.goto(`${url}?pronounce.word=${WORD}`);
  await page.locator('heed-figure[data-phase="live"]').waitFor({ timeout: 30000 });
  await page.waitForTimeout(500); // fonts, and the first result
  await page.screenshot({ path: picture });
} finally {
  await browser.close();
  await close();
}
console.log(picture);
