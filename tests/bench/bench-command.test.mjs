/* heed bench --model as its users call it: what it prints, and what it says when something is wrong. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { heed, scratch } from '../cli/heed_program.mjs';

const data = fileURLToPath(new URL('data', import.meta.url));
const bench = (...args) => heed(['bench', '--data', data, '--seconds', '0', ...args]);
const lines = (text) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('the lines of an inference', () => {
  const { code, out, err } = heed([
    'bench',
    '--model',
    'M1',
    '--data',
    data,
    '--seconds',
    '0',
    '--json',
    '--isa',
    'scalar',
  ]);
  assert.equal(code, 0, err);
  const rows = lines(out);
  for (const { peer, model } of rows) assert.deepEqual([peer, model], ['heed/native-scalar', 'M1']);
  const values = Object.fromEntries(rows.map(({ metric, value }) => [metric, value]));
  assert.equal(values.tokens_ok, true);
  assert.ok(values.max_abs_err < 1e-5 && values.init_ms > 0 && values.peak_rss_mb > 0);
});

test('timed: a median with its percentile, minimum, number and processor time', () => {
  const { code, out, err } = heed(['bench', '--model=M1', `--data=${data}`, '--seconds=1', '--json']);
  assert.equal(code, 0, err);
  const rows = lines(out);
  const { value, p10, min, n, cpu } = rows.find(({ metric }) => metric === 'latency_ms');
  assert.ok(min > 0 && min <= p10 && p10 <= value && n >= 5 && cpu > 0);
  const tokens = rows.find(({ metric }) => metric === 'tokens_per_s').value;
  assert.ok(Math.abs((tokens * value) / 6000 - 1) < 1e-3);
  assert.equal(rows.find(({ metric }) => metric === 'allocations_per_call').value, 0);
});

test('without --json it is a table', () => {
  const { code, out } = bench('--model', 'M1');
  assert.equal(code, 0);
  assert.match(out, /^tokens_ok +true/m);
});

test('wrong usage is 2, with what there is', () => {
  for (const [args, message] of [
    [['--model', 'M9'], /"M9"; there are M1/],
    [['--model'], /--model/],
    [['--model', 'M1', '--threads', '0'], /--threads/],
  ]) {
    const { code, err } = bench(...args);
    assert.equal(code, 2, err);
    assert.match(err, message);
  }
  assert.equal(heed(['bench', '--model', 'M1']).code, 2);
  assert.equal(heed(['bench', '--data', data]).code, 2);
});

test('files that are missing, cut or not as expected are failures', () => {
  const folder = scratch();
  const fails = (message, ...args) => {
    const { code, err } = heed(['bench', '--model', 'M1', '--data', folder, '--seconds', '0', ...args]);
    assert.equal(code, 1, err);
    assert.match(err, message);
  };
  fails(/M1\.json: cannot read/);
  cpSync(data, folder, { recursive: true });
  fails(/M1 are: infer/, '--task', 'train');
  fails(/"f16"/, '--dtype', 'f16');
  const golden = JSON.parse(readFileSync(join(data, 'golden.json')));
  golden.M1.logits[3] += 0.015;
  writeFileSync(join(folder, 'golden.json'), JSON.stringify(golden));
  assert.equal(heed(['bench', '--model', 'M1', '--data', folder, '--seconds', '0', '--unchecked']).code, 0);
  fails(/logits differ by 0\.01[45]\d* .*0\.001 is allowed/);
  truncateSync(join(folder, 'M1.bin'), 100);
  fails(/M1\.bin: .* the file has/);
});
