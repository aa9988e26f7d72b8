// What is no plain word, and what is no model: a message in the page's language, never a blank figure, and it goes on.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { stringsOf } from './unit/support.mjs';
import { folder, LANGUAGES, launch, lettersOf, live, open, pathOf, startSite, type, word } from './support.mjs';

let site, browser;
before(async () => {
  [site, browser] = await Promise.all([startSite(), launch()]);
});
after(async () => {
  await browser?.close();
  await site?.close();
});

const MODEL = 'models/g2p-lstm-attn/model.safetensors';

for (const language of LANGUAGES) {
  const { input, errors, shell } = stringsOf(language);

  test(`${language}: unusual words give the part that can be read, and say what was not`, async () => {
    const { page, complaints, close } = await open(browser, site.url + pathOf(language, ''));
    const figure = await live(page, 'pronounce');
    const notice = figure.locator('.figure-notice');
    for (const [typed, read, message] of [
      ['b2b', 'bb', input.skipped('“2”')],
      ['two words', 'twowords', input.skipped(input.skippedSpace)],
      ['déjà', 'deja', input.folded(`${input.foldedPair('é', 'e')}, ${input.foldedPair('à', 'a')}`)],
      ['cat🙂', 'cat', input.skipped('“🙂”')],
      ['котcat', 'cat', input.skipped('“кот”')],
      ['a'.repeat(10_000), 'a'.repeat(32), input.cut(32, 9968)],
    ]) {
      await type(figure, typed, read);
      assert.equal(await notice.textContent(), message, typed.slice(0, 20));
      assert.ok(await notice.isVisible());
      await page.waitForTimeout(typed.length > 100 ? 400 : 0); // the address is written a little later
      assert.ok(page.url().length < 500, 'a long word does not make a long address');
    }
    await type(figure, 'plain');
    assert.ok(await notice.isHidden(), 'the notice goes when there is nothing to say');
    assert.deepEqual(complaints, []);
    await close();
  });

  test(`${language}: nothing to read gives a message in the figure's place, and the next word works`, async () => {
    const { page, complaints, close } = await open(browser, site.url + pathOf(language, ''));
    const figure = await live(page, 'pronounce');
    for (const [typed, message] of [
      ['', input.empty],
      ['   ', input.empty],
      ['12345', errors.empty_input],
      ['🙂🙂', errors.empty_input],
      ['注意', errors.empty_input],
    ]) {
      await word(figure).fill(typed);
      await figure.locator('.figure-empty', { hasText: message }).waitFor({ state: 'visible' });
      await type(figure, 'again');
      await figure.locator('.figure-empty').waitFor({ state: 'hidden' }); // the drawing below kept the word before
    }
    assert.deepEqual(complaints, []);
    await close();
  });

  test(`${language}: a damaged model is an error that says why, and the next load works`, async () => {
    const good = readFileSync(join(folder, MODEL));
    const headerEnd = 8 + Number(good.readBigUInt64LE(0));
    const cut = good.subarray(0, good.length / 2);
    const lying = Buffer.from(good);
    lying.writeBigUInt64LE(2n ** 60n, 0);
    const header = good.toString('latin1', 8, headerEnd);
    const shape = Buffer.from(good);
    const first = /"shape":\[(\d)/.exec(header);
    shape[8 + first.index + first[0].length - 1] = first[1] === '9' ? 56 : 57; // one digit of one size
    const nan = Buffer.from(good);
    const f32 = /"dtype":"F32","shape":\[[\d,]*\],"data_offsets":\[(\d+)/.exec(header);
    nan.writeFloatLE(NaN, headerEnd + Number(f32[1]));
    let body = null;
    const own = await startSite({
      intercept: (path, response) => {
        if (path !== MODEL || !body) return false;
        response
          .writeHead(200, {
            'content-type': 'application/octet-stream',
            'content-length': body.length,
            'cache-control': 'no-store',
          })
          .end(body);
        return true;
      },
    });
    const { page, close } = await open(browser, 'about:blank');
    const figure = page.locator('heed-figure');
    const messages = new Set(['format', 'shape', 'numeric'].map((code) => errors[code]));
    for (const [what, damaged] of Object.entries({ cut, lying, shape, nan, empty: Buffer.alloc(0) })) {
      body = damaged;
      await page.goto(own.url + pathOf(language, ''));
      await figure.locator('.figure-error').waitFor();
      assert.equal(await figure.locator('.figure-error-title').textContent(), shell.failed, what);
      assert.ok(messages.has(await figure.locator('.figure-error p').nth(1).textContent()), what);
      assert.match(await figure.locator('.figure-error-detail').textContent(), /: .{8,}/, what);
      body = null;
      await figure.getByRole('button', { name: shell.retry }).click();
      await live(page, 'pronounce');
      assert.equal((await lettersOf(figure)).join(''), 'attention', what);
    }
    await close();
    await own.close();
  });
}

test('a server that fails is an error too', async () => {
  let broken = true;
  const own = await startSite({
    intercept: (path, response) => broken && path === MODEL && (response.writeHead(503).end(), true),
  });
  const { page, close } = await open(browser, own.url);
  const { errors, shell } = stringsOf('en');
  const figure = page.locator('heed-figure');
  await figure.locator('.figure-error', { hasText: errors.network }).waitFor();
  assert.match(await figure.locator('.figure-error-detail').textContent(), /503/);
  broken = false;
  await figure.getByRole('button', { name: shell.retry }).click();
  await live(page, 'pronounce');
  await close();
  await own.close();
});

test("a figure whose own code does not arrive says so in the page's language", async () => {
  const own = await startSite({
    intercept: (path, response) => /^_astro\/ru\.[^/]*\.js$/.test(path) && (response.writeHead(503).end(), true),
  });
  const { page, close } = await open(browser, `${own.url}ru/`);
  const { shell } = stringsOf('ru');
  const figure = page.locator('heed-figure');
  await figure.locator('.figure-error-title', { hasText: shell.failed }).waitFor();
  assert.equal(await figure.getByRole('button', { name: shell.retry }).count(), 1);
  await close();
  await own.close();
});
