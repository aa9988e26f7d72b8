/* What is made of the rows of a comparison: quiet times, ratios, bars, lines; and that the data are what they were. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { writeData } from '../../bench/data.mjs';
import { line } from '../../bench/growth.mjs';
import { BARS, judge, table } from '../../bench/lib/bars.mjs';
import { Figures } from '../../bench/lib/figures.mjs';
import { largestDifference, measure, median } from '../../bench/lib/measure.mjs';
import { kernelTable, modelTables } from '../../bench/lib/report.mjs';
import { scratch } from '../cli/heed_program.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const time = (peer, model, metric, value, more) => ({ peer, model, metric, value, ...more });
const rows = [
  time('heed/native-avx2', 'M1', 'latency_ms', 3, { p10: 2, cpu: 1.5 }),
  time('heed/native-avx2', 'M1', 'latency_ms', 5, { p10: 2.5, cpu: 2.4 }),
  time('heed/native-avx2', 'M1', 'tokens_per_s', 100),
  time('ort-node-1.30.0', 'M1', 'latency_ms', 4, { p10: 3 }),
  time('heed/native-avx2/2t', 'M3', 'train_step_ms', 4, { p10: 3, cpu: 1 }),
  time('heed/native-avx2', 'M3', 'train_step_ms', 7, { p10: 6, cpu: 5 }),
  time('torch-1.13', 'M3', 'train_step_ms', 30, { p10: 25 }),
  time('torch-1.13/traced', 'M3', 'train_step_ms', 21, { p10: 20 }),
  time('torch-1.13/2t', 'M3', 'train_step_ms', 2, { p10: 1 }),
  time('heed/chromium-relaxed', 'M1', 'allocations_per_call', 0.5),
];

test('quiet is the least of tenth percentile and, on one thread, processor time', () => {
  const figures = new Figures(rows);
  assert.deepEqual(figures.time('M1', 'infer', 'heed/native-avx2'), { ms: 4, quiet: 1.5, runs: 2 });
  assert.equal(figures.time('M3', 'train', 'heed/native-avx2/2t').quiet, 3);
  assert.equal(figures.time('M2', 'infer', 'heed/native-avx2'), null);
  assert.equal(figures.best('M3', 'train', /^torch-[^/]*(\/traced)?$/).peer, 'torch-1.13/traced');
});

test('bars: met, missed, not measured', () => {
  const judged = judge(new Figures(rows));
  const bar = (name) => judged.find((x) => x.name === name);
  assert.deepEqual(bar('M1 inference, native f32'), {
    name: 'M1 inference, native f32',
    limit: 1,
    value: 0.5,
    met: true,
    against: 'ort-node-1.30.0',
  });
  assert.equal(bar('M3 training, native').value, 0.25);
  assert.equal(bar('M3 training, two threads of one').met, false); // 3 of 5
  assert.equal(bar('M2 inference, native int8').value, null);
  assert.equal(bar('M2 inference, native int8').met, false);
  assert.equal(bar('allocations in a call after warming up').met, false);
  assert.match(table(judged), /^MISSED M3 training, two threads of one +0\.600/m);
  assert.equal(new Set(judged.map(({ name }) => name)).size, judged.length);
  assert.ok(BARS.every(({ limit }) => limit > 0 && limit < 2));
});

test('bars.mjs reads a file and fails when a bar is missed', () => {
  const file = join(scratch(), 'results.jsonl');
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'bench/bars.mjs'), file], { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stdout, /^met +M1 inference, native f32 +0\.500/m);
});

test('tables name every engine, the fastest first', () => {
  const text = modelTables(new Figures(rows));
  assert.ok(text.indexOf('heed/native-avx2 ') < text.indexOf('ort-node'));
  assert.match(text, /^ort-node-1\.30\.0 +4 +3 +2\.00/m);
  assert.match(
    kernelTable([
      { peer: 'p', metric: 'kernel', kernel: 'gemm', shape: '2x2x2', rate: 3, best: 4, unit: 'GFLOP/s', percent: 75 },
    ]),
    /gemm +2x2x2 +3 +4 +GFLOP\/s +75 %/,
  );
});

test('a line through points', () => {
  const { a, b, r2 } = line([
    [1, 5],
    [2, 7],
    [4, 11],
  ]);
  assert.ok(Math.abs(a - 3) < 1e-12 && Math.abs(b - 2) < 1e-12 && Math.abs(r2 - 1) < 1e-12);
  assert.ok(
    line([
      [1, 1],
      [2, 4],
      [3, 1],
    ]).r2 < 0.1,
  );
});

test('timing: as many calls as say so, a median between the extremes', async () => {
  let calls = 0;
  const { ms, figures } = await measure(
    () => {
      calls++;
    },
    { seconds: 0, warm: 2 },
  );
  assert.ok(figures.n === 5 && calls >= 7 && figures.min <= ms);
  assert.equal(median([3, 1, 2, 10]), 2.5);
  assert.equal(largestDifference([1, 2], [1, 4]), 2);
});

test('the data of the tests are those that data.mjs makes', () => {
  const folder = scratch();
  writeData(folder, 'tiny');
  for (const name of ['M1', 'M2', 'M3', 'M4']) {
    assert.ok(
      readFileSync(join(folder, `${name}.bin`)).equals(readFileSync(join(root, 'tests/bench/data', `${name}.bin`))),
      name,
    );
  }
});
