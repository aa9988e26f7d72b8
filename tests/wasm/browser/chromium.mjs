// Chromium for the tests, and what was built for it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from '../../../site/scripts/chromium.mjs';
import { buildFolder } from '../support.mjs';

export { launch };

export const builtModules = ['simd128', 'relaxed'].filter((name) =>
  existsSync(join(buildFolder, `js/heed-${name}.wasm`)),
);

/** A page at `url` that keeps what its console complains about in `complaints`. */
export async function openPage(browser, url) {
  const page = await browser.newPage();
  const complaints = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, complaints };
}
