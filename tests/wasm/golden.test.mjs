// The engine in WebAssembly says what the native one said: the golden files are written by `heed`, natively.
import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { assertGolden, fixture, modelFolders, newEngine, readJson, readModel } from './support.mjs';

test('there are trained models', () => assert.ok(modelFolders().length > 0, 'models/ has no config.json'));

for (const folder of [fixture, ...modelFolders()]) {
  for (const dtype of ['f32', 'int8']) {
    test(`${basename(folder)} in ${dtype}: golden inputs give the native tokens and logits`, async () => {
      const golden = readJson(join(folder, 'golden.json'));
      assert.ok(golden.items.length > 0, 'golden.json has no items');
      const model = (await newEngine()).loadModel(readModel(folder), dtype);
      const options = { beam: golden.beam, trace: ['decoder.logits'] };
      assertGolden(
        dtype,
        golden,
        golden.items.map(({ input }) => model.run(input, options)),
        basename(folder),
      );
      model.free();
    });
  }
}
