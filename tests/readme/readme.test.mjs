/* README.md as a reader takes it: every ```sh block runs, links lead somewhere, and the table of models says what
 * metrics.json says. The blocks run in a copy of what they name, so that nothing is left behind. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readModels, tableOf, withTable } from '../../site/scripts/readme-metrics.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const program = process.env.HEED_PROGRAM;
if (!program) throw new Error('HEED_PROGRAM must name the program heed (ctest sets it)');

function workplace() {
  const folder = mkdtempSync(join(tmpdir(), 'heed-readme-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'build/native/bin'), { recursive: true });
  symlinkSync(program, join(folder, 'build/native/bin/heed'));
  symlinkSync(join(root, 'models'), join(folder, 'models'));
  return folder;
}

const run = (script, cwd) => spawnSync('sh', ['-eu', '-c', script], { cwd, encoding: 'utf8' });
const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1]);

test('every sh block runs and prints something', () => {
  const folder = workplace();
  assert.ok(blocks.length >= 3, 'README.md has its examples');
  for (const block of blocks) {
    const { status, stdout, stderr } = run(block, folder);
    assert.equal(status, 0, `${block}\n${stdout}\n${stderr}`);
    assert.notEqual(stdout, '', block);
  }
});

test('what the examples promise comes out', () => {
  const folder = workplace();
  const training = blocks.find((block) => block.includes('build/reverse'));
  assert.ok(training);
  const { stdout } = run(training, folder);
  assert.match(stdout, /^6 2 0 2$/m, 'a number is written backwards');
  const page = /```html\n([\s\S]*?)```/.exec(readme)[1];
  const types = ['client.ts', 'runnable.ts']
    .map((name) => readFileSync(join(root, 'bindings/js/src', name), 'utf8'))
    .join('');
  for (const name of ['connect', 'load', 'run', 'stream']) {
    assert.match(page, new RegExp(`\\b${name}\\(`));
    assert.match(types, new RegExp(`\\b${name}\\(`), `there is a ${name}`);
  }
});

test('a block that fails would be seen', () => {
  const folder = workplace();
  assert.notEqual(run('build/native/bin/heed run models/no-such-model heed', folder).status, 0);
  assert.notEqual(run('false\ntrue', folder).status, 0);
});

test('the table of models is that of metrics.json', () => {
  const models = readModels();
  assert.ok(models.length >= 2, 'models have metrics.json');
  assert.equal(withTable(readme, tableOf(models)), readme, 'run: node site/scripts/readme-metrics.mjs --write');
  const other = structuredClone(models);
  other[0].metrics.test.greedy.wer += 0.01;
  assert.notEqual(withTable(readme, tableOf(other)), readme, 'another figure is seen');
});

for (const name of ['README.md', 'CONTRIBUTING.md', 'THIRD_PARTY.md', 'LICENSE-text.md']) {
  test(`links of ${name} lead to files`, () => {
    const text = readFileSync(join(root, name), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map((match) => match[1]);
    assert.ok(name === 'THIRD_PARTY.md' || links.length > 0, 'it has links');
    for (const link of links) assert.ok(existsSync(join(root, link)), `${link} exists`);
  });
}
