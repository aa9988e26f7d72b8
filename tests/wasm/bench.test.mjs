// The models of the comparison with other engines in the simd128 module: PyTorch's results, however their file arrives.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runs } from '../bench/runs.mjs';
import { newEngine, root, thrown } from './support.mjs';

const data = join(root, 'tests/bench/data');
const buffer = (name) => {
  const bytes = readFileSync(join(data, name));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
};
const tensors = (name) => new Uint8Array(buffer(`${name}.bin`));

for (const { model, file, task } of runs) {
  test(`${model}, ${task}: the expected results, fed in pieces of any size`, async () => {
    const engine = await newEngine('bench');
    for (const piece of [1 << 20, 4097, 3]) {
      const bytes = tensors(file);
      const job = engine.createBench({ model, task }, buffer(`${file}.json`), bytes.length);
      for (let at = 0; at < bytes.length; at += piece) job.feed(bytes.subarray(at, at + piece));
      for (let i = 0; i < 5; i++) job.run();
      const check = job.check(buffer('golden.json'));
      assert.ok(check.near_enough, JSON.stringify(check));
      assert.ok(task === 'train' ? check.train_loss_err < 1e-4 : check.max_abs_err < 1e-5, JSON.stringify(check));
      const before = job.allocations;
      job.run();
      assert.equal(job.allocations, before);
      job.free();
      job.free();
      thrown('freed', () => job.run());
    }
  });
}

test('what cannot be run is refused, and the next one works', async () => {
  const engine = await newEngine('bench');
  const bytes = tensors('M1');
  const manifest = buffer('M1.json');
  thrown('unknown', () => engine.createBench({ model: 'M0' }, manifest, bytes.length));
  thrown('unknown', () => engine.createBench({ model: 'M1', task: 'sing' }, manifest, bytes.length));
  thrown('format', () => engine.createBench({ model: 'M1' }, manifest.slice(0, 50), bytes.length));
  thrown('format', () => engine.createBench({ model: 'M1' }, manifest, bytes.length - 4));
  thrown('argument', () => engine.createBench({ model: 'M1' }, manifest, 2 ** 32));
  const job = engine.createBench({ model: 'M1' }, manifest, bytes.length);
  thrown('argument', () => job.run());
  job.feed(bytes);
  thrown('argument', () => job.feed(bytes));
  job.run();
  const wrong = JSON.parse(new TextDecoder().decode(buffer('golden.json')));
  wrong.M1.logits[0] += 1;
  const check = job.check(new TextEncoder().encode(JSON.stringify(wrong)).buffer);
  assert.equal(check.near_enough, false);
  thrown('format', () => job.check(new TextEncoder().encode('{}').buffer));
  job.free();
});
