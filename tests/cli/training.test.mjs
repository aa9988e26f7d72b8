/* heed train as it lives: killed, interrupted, resumed, refused. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { heed, recipe, scratch, start, taskFolder } from './heed_program.mjs';

const lines = (file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0);

async function waitFor(what, condition) {
  for (let i = 0; i < 600; i++) {
    if (condition()) return;
    await sleep(20);
  }
  assert.fail(`waited in vain for ${what}`);
}

const log = (folder) =>
  readFileSync(join(folder, 'log.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { seconds, tokens_per_second, ...rest } = JSON.parse(line);
      assert.ok(seconds > 0 && tokens_per_second > 0);
      return rest;
    });

function assertSameModel(a, b) {
  for (const file of ['model.safetensors', 'f32/model.safetensors', 'config.json', 'tokenizer.json'])
    assert.ok(readFileSync(join(a, file)).equals(readFileSync(join(b, file))), `${file} differs`);
  assert.deepEqual(log(a), log(b));
}

test('the default output is the folder of the recipe, and the default data $HEED_DATA', () => {
  const folder = scratch();
  taskFolder(folder, { epochs: 1 });
  const result = heed(['train', 'recipe.json'], { cwd: folder, env: { HEED_DATA: folder } });
  assert.equal(result.code, 0, result.err);
  assert.match(result.err, /epoch 1\/1 /);
  for (const file of ['model.safetensors', 'f32/model.safetensors', 'log.jsonl', 'config.json', 'tokenizer.json'])
    assert.ok(existsSync(join(folder, file)), file);
  const [line] = log(folder);
  assert.deepEqual(Object.keys(line), [
    'epoch',
    'step',
    'loss',
    'dev_loss',
    'dev_per',
    'dev_wer',
    'rate',
    'gradient_norm',
  ]);
});

test('kill -9 at several moments, then resume: the bits of the run that was never cut', async () => {
  const folder = scratch();
  const { file } = taskFolder(folder, { epochs: 40, batch: 8 });
  const uncut = join(folder, 'uncut');
  const common = ['train', file, '--data', folder, '--checkpoint', '1'];
  assert.equal(heed([...common, '--out', uncut, '--threads', '2']).code, 0);
  const killed = join(folder, 'killed');
  let resume = [];
  for (const epochs of [2, 9, 21]) {
    const run = start([...common, '--out', killed, '--threads', '1', ...resume]);
    await waitFor(`epoch ${epochs}`, () => lines(join(killed, 'log.jsonl')) >= epochs || run.child.exitCode !== null);
    run.child.kill('SIGKILL');
    const end = await run.ended;
    assert.equal(end.signal, 'SIGKILL', `it ended before it was killed: ${end.err}`);
    resume = ['--resume'];
  }
  const last = heed([...common, '--out', killed, '--resume']);
  assert.equal(last.code, 0, last.err);
  assertSameModel(uncut, killed);
});

for (const signal of ['SIGINT', 'SIGTERM'])
  test(`${signal}: the step is finished, a checkpoint written, and how to go on is said`, async () => {
    const folder = scratch();
    const { file } = taskFolder(folder, { epochs: 30, batch: 8 });
    const uncut = join(folder, 'uncut');
    const cut = join(folder, 'cut');
    const run = start(['train', file, '--data', folder, '--out', cut]);
    await waitFor('epoch 2', () => lines(join(cut, 'log.jsonl')) >= 2 || run.child.exitCode !== null);
    run.child.kill(signal);
    const end = await run.ended;
    assert.equal(end.code, 1, end.err);
    assert.match(end.err, /stopped after step \d+ of \d+.*--resume/);
    assert.equal(heed(['train', file, '--data', folder, '--out', cut, '--resume']).code, 0);
    assert.equal(heed(['train', file, '--data', folder, '--out', uncut, '--threads', '1']).code, 0);
    assertSameModel(uncut, cut);
  });

test('what cannot be trained is refused with what to do', () => {
  const folder = scratch();
  const { file } = taskFolder(folder);
  const fails = (args, message, options) => {
    const result = heed(args, options);
    assert.equal(result.code, 1, result.err);
    assert.match(result.err, message);
    assert.equal(result.err.trimEnd().split('\n').length, 1);
  };
  fails(['train', join(folder, 'none.json')], /none\.json.*No such file/);
  fails(['train', file, '--data', join(folder, 'elsewhere')], /recipe\.data\.train.*task\.tsv/);
  fails(['train', file, '--data', folder, '--out', join(folder, 'new'), '--resume'], /checkpoint/);
  fails(['train', file, '--data', folder, '--out', join(file, 'below')], /recipe\.json/);
  const changed = recipe({ batch: 0 });
  const bad = join(folder, 'bad.json');
  writeFileSync(bad, JSON.stringify(changed));
  fails(['train', bad, '--data', folder], /recipe\.train\.batch is 0/);
  assert.ok(!existsSync(join(folder, 'checkpoint.safetensors')));
});

test('--steps stops with a checkpoint, and the default folder of data is the cache', () => {
  const home = scratch();
  mkdirSync(join(home, '.cache/heed'), { recursive: true });
  const { file } = taskFolder(join(home, '.cache/heed'));
  const out = join(home, 'out');
  const env = { HOME: home, XDG_CACHE_HOME: '' };
  assert.equal(heed(['train', file, '--out', out, '--steps', '3'], { env }).code, 0);
  assert.ok(existsSync(join(out, 'checkpoint.safetensors')));
  assert.ok(!existsSync(join(out, 'model.safetensors')));
  assert.equal(
    readFileSync(join(out, 'recipe.json'), 'utf8'),
    readFileSync(file, 'utf8'),
    'the model tells its recipe',
  );
  const again = heed(['train', file, '--out', out], { env });
  assert.equal(again.code, 1, 'an earlier run is not overwritten');
  assert.match(again.err, /--resume.*--fresh/);
  assert.equal(heed(['train', file, '--out', out, '--resume'], { env }).code, 0);
  assert.ok(existsSync(join(out, 'model.safetensors')));
  assert.equal(heed(['train', file, '--out', out, '--fresh', '--steps', '1'], { env }).code, 0);
});
