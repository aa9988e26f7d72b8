// Fetching data sets: what is there is checked, what comes is checked, what is wrong is not kept.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fetchDataset, parseDataset } from '../../models/datasets/fetch.mjs';

const datasets = new URL('../../models/datasets/', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'heed-data-'));
after(() => rmSync(folder, { recursive: true }));

const dataset = {
  source: 'https://example.org/x',
  files: [{ name: 'a.txt', sha256: createHash('sha256').update('hello').digest('hex') }],
};
const answer =
  (text, status = 200) =>
  async () =>
    new Response(text, { status });
const run = (get) => fetchDataset(dataset, folder, get, () => {});

test('every DATASET.md names a source, files and checksums', () => {
  const names = readdirSync(datasets, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.ok(names.length > 0);
  for (const { name } of names)
    assert.ok(parseDataset(readFileSync(new URL(`${name}/DATASET.md`, datasets), 'utf8')).files.length > 0);
});

test('a wrong answer, a refusal and a dead network leave nothing behind', async () => {
  await assert.rejects(run(answer('other')), /another sha256/);
  await assert.rejects(run(answer('', 404)), /404.*by hand/);
  await assert.rejects(
    run(async () => {
      throw new TypeError('fetch failed', { cause: { code: 'ENOTFOUND' } });
    }),
    /ENOTFOUND/,
  );
  assert.deepEqual(readdirSync(folder), []);
});

test('a right answer is kept, then left alone; a spoilt file is refused', async () => {
  await run(answer('hello'));
  assert.equal(readFileSync(join(folder, 'a.txt'), 'utf8'), 'hello');
  await run(async () => assert.fail('fetched again'));
  writeFileSync(join(folder, 'a.txt'), 'spoilt');
  await assert.rejects(run(answer('hello')), /move it away/);
  assert.ok(existsSync(join(folder, 'a.txt')));
});
