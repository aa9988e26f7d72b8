// bench/heed-chromium.mjs: every module gives the rows of a model, and a wrong model is an error.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildFolder, root } from '../support.mjs';
import { builtModules } from './chromium.mjs';

const script = join(root, 'bench/heed-chromium.mjs');
const options = { encoding: 'utf8', env: { ...process.env, HEED_BUILD: buildFolder } };
const args = (...more) => [script, '--data', join(root, 'tests/bench/data'), '--seconds', '0.1', ...more];

for (const module of builtModules) {
  test(`${module}: M1 in a page`, () => {
    const out = execFileSync(process.execPath, args('--model', 'M1', '--module', module), options);
    const rows = out.trim().split('\n').map((line) => JSON.parse(line));
    for (const { peer, model } of rows) assert.deepEqual([peer, model], [`heed/chromium-${module}`, 'M1']);
    const values = Object.fromEntries(rows.map(({ metric, value }) => [metric, value]));
    assert.equal(values.tokens_ok, true);
    assert.equal(values.allocations_per_call, 0);
    assert.ok(values.max_abs_err < 1e-5, JSON.stringify(values));
    for (const name of ['init_ms', 'latency_ms', 'tokens_per_s', 'wasm_heap_mb', 'peak_rss_mb']) assert.ok(values[name] > 0, name);
  });
}

test('a model that there is not', () => {
  const { status, stderr } = spawnSync(process.execPath, args('--model', 'M0'), options);
  assert.equal(status, 1);
  assert.match(stderr, /M0\.json: HTTP 404/);
});
