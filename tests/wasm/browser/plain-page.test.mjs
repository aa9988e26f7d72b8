// The example page, as it is, with the g2p model.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../support.mjs';
import { launch, openPage } from './chromium.mjs';
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

test('it has at most 40 lines', () => {
  assert.ok(readFileSync(join(root, 'examples/plain-page/index.html'), 'utf8').trimEnd().split('\n').length <= 40);
});

test('a typed word shows its phonemes and where the model looked', async () => {
  const { page, complaints } = await openPage(browser, `${server.url}plain-page/`);
  await page.waitForFunction(() => document.querySelector('#phonemes').textContent.includes('ms'));
  await page.fill('#word', 'heed');
  await page.waitForFunction(() => document.querySelectorAll('#attention tr:first-child td').length === 5);
  const rows = await page.$$eval('#attention tr', (all) =>
    all.map((row) => [...row.children].map((cell) => cell.textContent)),
  );
  assert.equal(rows[0].join('').toLowerCase(), 'heed');
  const phonemes = (await page.textContent('#phonemes')).replace(/ \(.*/, '');
  assert.equal(
    rows
      .slice(1)
      .map(([token]) => token)
      .join(' '),
    `${phonemes} <eos>`,
  );
  for (const [, ...weights] of rows.slice(1)) {
    assert.ok(Math.abs(weights.reduce((sum, w) => sum + Number(w), 0) - 1) < 0.03, weights.join());
  }
  await page.fill('#word', '123');
  await page.waitForFunction(() => document.querySelectorAll('#attention tr').length === 0);
  assert.ok((await page.textContent('#phonemes')).length > 5);
  assert.deepEqual(complaints, []);
});
