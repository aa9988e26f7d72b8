// The engine in WebAssembly says what the native one said: the golden files are written by `heed`, natively.
import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { assertClose, fixture, modelFolders, newEngine, readJson, readModel } from './support.mjs';

test('there are trained models', () => assert.ok(modelFolders().length > 0, 'models/ has no config.json'));

for (const folder of [fixture, ...modelFolders()]) {
  test(`${basename(folder)}: golden inputs give the native tokens and logits`, async () => {
    const golden = readJson(join(folder, 'golden.json'));
    assert.ok(golden.items.length > 0, 'golden.json has no items');
    const model = (await newEngine()).loadModel(readModel(folder));
    for (const { input, tokens, logits } of golden.items) {
      const result = model.run(input, { beam: golden.beam, trace: ['decoder.logits'] });
      assert.deepEqual(result.hypotheses[0].tokens, tokens, input);
      const kept = result.trace.filter(({ name }) => name === 'decoder.logits').flatMap(({ values }) => values);
      assertClose(kept, logits.flat(), 1e-4, `logits of "${input}"`);
    }
    model.free();
  });
}
