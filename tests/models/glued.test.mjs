/* models/glued.mjs: words glued together, and what is reported of them. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync, existsSync, rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { glue, gluedRates } from '../../models/glued.mjs';

const words = { LEMON: 'L EH M AH N', PAPER: 'P EY P ER', TIGER: 'T AY G ER', GHOST: 'G OW S T' };
const references = [
  ...Object.entries(words).map(([word, sounds]) => `${word}\t${sounds}\tX X`),
  "IT'S\tIH T S",
  'ABC\tEY',
  '',
].join('\n');

test('strings are words and their first answers in a row, and the same every time', () => {
  for (const count of [1, 2, 4]) {
    const strings = glue(references, count, 50);
    assert.equal(strings.length, 50);
    assert.deepEqual(glue(references, count, 50), strings);
    assert.ok(new Set(strings.map(({ source }) => source)).size > 3);
    for (const { source, target } of strings) {
      const parts = source.match(/.{5}/g); // all words of the test have five letters; others must not be chosen
      assert.equal(parts.length, count);
      assert.equal(target, parts.map((part) => words[part]).join(' '));
    }
  }
});

test('rates go by number of words, and nothing is left behind', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heed-glued-test-'));
  const file = join(folder, 'references');
  writeFileSync(file, references);
  const seen = [];
  const rates = gluedRates(file, (tsv) => {
    seen.push(tsv);
    const lines = readFileSync(tsv, 'utf8').trim().split('\n');
    assert.ok(lines.every((line) => /^[A-Z]+\t[A-Z ]+$/.test(line)));
    return { inputs: lines.length, wer: 0.5, per: 0.25, seconds: 1 };
  });
  assert.deepEqual(Object.keys(rates), ['1', '2', '3', '4']);
  assert.deepEqual(rates[3], { inputs: 300, letters: 15, wer: 0.5, per: 0.25 });
  assert.ok(seen.every((tsv) => !existsSync(tsv)));
  assert.throws(
    () =>
      gluedRates(file, () => {
        throw new Error('the engine failed');
      }),
    /the engine failed/,
  );
  rmSync(folder, { recursive: true });
});
