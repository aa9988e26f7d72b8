// bench/heed-chromium.mjs: every module gives the rows of a model, and a wrong model is an error.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { runs } from '../../bench/runs.mjs';
import { buildFolder, root } from '../support.mjs';
import { builtModules } from './chromium.mjs';

const script = join(root, 'bench/heed-chromium.mjs');
const options = { encoding: 'utf8', env: { ...process.env, HEED_BUILD: buildFolder } };
const args = (...more) => [script, '--data', join(root, 'tests/bench/data'), '--seconds', '0.1', ...more];

const page = (model, module, task) => {
  const out = execFileSync(process.execPath, args('--model', model, '--module', module, '--task', task), options);
  const rows = out.trim().split('\n').map((line) => JSON.parse(line));
  for (const row of rows) assert.deepEqual([row.peer, row.model], [`heed/chromium-${module}`, model]);
  return Object.fromEntries(rows.map(({ metric, value }) => [metric, value]));
};

for (const module of builtModules) {
  test(`${module}: M1 in a page`, () => {
    const values = page('M1', module, 'infer');
    assert.equal(values.tokens_ok, true);
    assert.equal(values.allocations_per_call, 0);
    assert.ok(values.max_abs_err < 1e-5, JSON.stringify(values));
    for (const name of ['init_ms', 'latency_ms', 'tokens_per_s', 'wasm_heap_mb', 'peak_rss_mb']) assert.ok(values[name] > 0, name);
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

test('a model that there is not', () => {
  const { status, stderr } = spawnSync(process.execPath, args('--model', 'M0'), options);
  assert.equal(status, 1);
  assert.match(stderr, /M0\.json: HTTP 404/);
});
