// The measurement of kernels and the map of memory, in the simd128 module.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture, newEngine, readModel, thrown } from './support.mjs';

test('kernels are measured set by set, beside the peak and what they are compared with', async () => {
  const engine = await newEngine('bench');
  const quick = { rounds: 1, sampleSeconds: 0.001 };
  for (const isa of ['simd128', 'scalar']) {
    const rows = engine.benchmark({ isa, kernel: 'gemm', shape: '64x64x64', ...quick });
    assert.deepEqual(
      rows.map(({ kernel, shape, unit }) => [kernel, shape, unit]),
      [
        ['peak', '', 'GFLOP/s'],
        ['gemm', '64x64x64', 'GFLOP/s'],
      ],
    );
    for (const row of rows) {
      assert.equal(row.isa, isa);
      assert.ok(row.rate > 0 && row.best >= row.rate && row.percent > 0, JSON.stringify(row));
    }
    assert.equal(rows[0].percent, 100);
  }
  const both = engine.benchmark({ kernel: 'exp', ...quick });
  assert.deepEqual([...new Set(both.map(({ isa }) => isa))].sort(), ['scalar', 'simd128']);
  assert.deepEqual(
    both.filter(({ kernel }) => kernel === 'exp').map(({ against, ratio }) => [against, ratio > 0]),
    [
      ['libm_exp', true],
      ['libm_exp', true],
    ],
  );
  thrown('unknown', () => engine.benchmark({ isa: 'relaxed', ...quick }));
  thrown('unknown', () => engine.benchmark({ kernel: 'gemn', ...quick }));
  thrown('unknown', () => engine.benchmark({ kernel: 'gemm', shape: '1x1', ...quick }));
  thrown('argument', () => engine.benchmark({ rounds: 1.5 }));
  thrown('argument', () => engine.benchmark({ rounds: 1000 }));
  thrown('unsupported', () => engine.loadModel(readModel(fixture)));
  const plain = await newEngine();
  thrown('unsupported', () => plain.benchmark(quick));
  thrown('unsupported', () => plain.createBench({ model: 'M1' }, new ArrayBuffer(4), 4));
});

test('the map of memory names what a model and a run hold', async () => {
  const engine = await newEngine();
  const model = engine.loadModel(readModel(fixture));
  const mapOf = (text, options) => {
    const generation = model.start(text, options);
    try {
      while (!generation.advance());
      return generation.memory();
    } finally {
      generation.free();
    }
  };
  const short = mapOf('ab'),
    long = mapOf('ab'.repeat(16));
  const { parameters } = model.describe();
  assert.equal(short.parameters, 0); // every weight is there once, as int8
  assert.ok(short.packed >= parameters && short.packed < 2.5 * parameters, `${short.packed} bytes of ${parameters}`);
  for (const map of [short, long, mapOf('ab', { beam: 8 })]) {
    for (const [name, bytes] of Object.entries(map)) {
      assert.ok((Number.isInteger(bytes) && bytes > 0) || name === 'parameters', `${name}: ${bytes}`);
    }
    const { total, base, used, ...parts } = map;
    const named = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
    assert.ok(named <= used, `${named} named bytes of ${used}`);
    assert.ok(used - named < 200_000, `${used - named} bytes that are not named`);
    assert.ok(base + used <= total, JSON.stringify(map));
  }
  assert.ok(long.tensors + long.hypotheses > short.tensors + short.hypotheses, 'a longer input takes more');
  // The allocator counts what it cannot split off a block as used.
  assert.ok(Math.abs(mapOf('ab').used - short.used) < 1024, 'a run leaves nothing behind');
  model.free();
});
