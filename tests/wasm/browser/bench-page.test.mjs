// bench/heed-chromium.mjs: every module gives the rows of a model, and a wrong model is an error.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { judge } from '../../../bench/lib/bars.mjs';
import { Figures } from '../../../bench/lib/figures.mjs';
import { writeReport } from '../../../bench/lib/report.mjs';
import { runs } from '../../bench/runs.mjs';
import { buildFolder, root } from '../support.mjs';
import { builtModules, launch, openPage } from './chromium.mjs';

const script = join(root, 'bench/heed-chromium.mjs');
const options = { encoding: 'utf8', env: { ...process.env, HEED_BUILD: buildFolder } };
const args = (...more) => [script, '--data', join(root, 'tests/bench/data'), '--seconds', '0.1', ...more];

const page = (model, module, task) => {
  const out = execFileSync(process.execPath, args('--model', model, '--module', module, '--task', task), options);
  const rows = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const row of rows) assert.deepEqual([row.peer, row.model], [`heed/chromium-${module}`, model]);
  return Object.fromEntries(rows.map(({ metric, value }) => [metric, value]));
};

for (const module of builtModules) {
  test(`${module}: M1 in a page`, () => {
    const values = page('M1', module, 'infer');
    assert.equal(values.tokens_ok, true);
    assert.equal(values.allocations_per_call, 0);
    assert.ok(values.max_abs_err < 1e-5, JSON.stringify(values));
    for (const name of ['init_ms', 'latency_ms', 'tokens_per_s', 'wasm_heap_mb', 'peak_rss_mb'])
      assert.ok(values[name] > 0, name);
  });
}

for (const { model, task } of runs.filter(({ model, task }) => model !== 'M1' || task !== 'infer')) {
  const module = builtModules.at(-1);
  test(`${module}: ${model}, ${task}`, () => {
    const { max_abs_err: logits = 0, train_loss_err: losses = 0, ...values } = page(model, module, task);
    assert.ok(logits < 1e-5 && losses < 1e-4, JSON.stringify(values));
    assert.ok((task === 'train' ? values.train_examples_per_s : values.latency_ms) > 0);
  });
}

test('the report opens by itself, with a chart for each model', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heed-report-'));
  const path = join(folder, 'report.html');
  const peer = 'heed/native-avx2';
  const time = { peer, model: 'M1', metric: 'latency_ms', value: 2, p10: 1.5, n: 9 };
  const growth = [1, 2, 3].map((x) => ({ peer, model: 'M5', metric: 'growth_step_ms_by_batch', x, value: 2 * x }));
  const sizes = { kernel: 'gemm', shape: '8x8x8', rate: 3, best: 4, unit: 'GFLOP/s', percent: 75 };
  const rows = [time, { ...time, peer: '</script><b>', value: 3 }, ...growth, { peer, metric: 'kernel', ...sizes }];
  const figures = new Figures(rows);
  writeReport(path, { rows, figures, judged: judge(figures), machine: 'a machine' });
  const browser = await launch();
  try {
    const { page: tab, complaints } = await openPage(browser, pathToFileURL(path).href);
    assert.deepEqual(complaints, []);
    assert.equal(await tab.locator('canvas').count(), 3);
    assert.ok(await tab.evaluate(() => [...document.querySelectorAll('canvas')].every(({ width }) => width > 0)));
    assert.match(await tab.locator('body').innerText(), /0 \+ 2 x, which explains 100\.0 %/);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
});

test('a model that there is not', () => {
  const { status, stderr } = spawnSync(process.execPath, args('--model', 'M0'), options);
  assert.equal(status, 1);
  assert.match(stderr, /M0\.(json|bin): HTTP 404/);
});
