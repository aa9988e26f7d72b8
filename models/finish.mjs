#!/usr/bin/env node
// After training: the figures of a model on its test set, and its golden inputs.
//
//   node models/finish.mjs NAME [--data DIR] [--heed PATH]
//
// reads models/NAME/{recipe.json,log.jsonl,golden.txt}, runs `heed eval` on the int8 weights that ship and on the f32 ones
// that were trained (models/NAME/f32, not committed), and writes metrics.json and golden.json. The test set is looked at
// here and nowhere else: nothing is chosen by it.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gluedRates } from './glued.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values, positionals } = parseArgs({
  options: {
    data: { type: 'string', default: process.env.HEED_DATA ?? join(homedir(), '.cache/heed') },
    heed: { type: 'string', default: join(here, '../build/native/bin/heed') },
  },
  allowPositionals: true,
});
const [name] = positionals;
const folder = join(here, name ?? '');
if (!name || !existsSync(join(folder, 'recipe.json'))) {
  console.error('usage: node models/finish.mjs NAME [--data DIR] [--heed PATH], where models/NAME has a recipe.json');
  process.exit(2);
}

const heed = (...args) => execFileSync(values.heed, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
const recipe = JSON.parse(readFileSync(join(folder, 'recipe.json'), 'utf8'));
const evaluate = (model, beam) =>
  JSON.parse(
    heed(
      'eval',
      model,
      '--data',
      join(values.data, recipe.test.data),
      '--refs',
      join(values.data, recipe.test.references),
      '--beam',
      String(beam),
      '--json',
    ),
  );
const rates = ({ wer, per, inputs }) => ({ wer, per, words: inputs });

const epochs = readFileSync(join(folder, 'log.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const best = epochs.reduce((a, b) =>
  b.dev_wer < a.dev_wer || (b.dev_wer === a.dev_wer && b.dev_loss < a.dev_loss) ? b : a,
);
const greedy = evaluate(folder, 1);
const f32 = evaluate(join(folder, 'f32'), 1);
const beam5 = evaluate(folder, 5);
const glued = gluedRates(join(values.data, recipe.test.references), (file) =>
  JSON.parse(heed('eval', folder, '--data', file, '--json')),
);
const parameters = JSON.parse(heed('inspect', folder, '--json')).parameters;

const metrics = {
  parameters,
  bytes: statSync(join(folder, 'model.safetensors')).size,
  epochs: epochs.length,
  best_epoch: best.epoch,
  seconds: Math.round(epochs.reduce((sum, epoch) => sum + epoch.seconds, 0)),
  dev: { wer: best.dev_wer, per: best.dev_per, words: recipe.data.hold_out },
  test: { greedy: rates(greedy), beam5: rates(beam5) },
  int8: rates(greedy),
  f32: rates(f32),
  by_length: { greedy: greedy.by_length },
  glued,
};
writeFileSync(join(folder, 'metrics.json'), JSON.stringify(metrics, null, 1) + '\n');
writeFileSync(join(folder, 'golden.json'), heed('golden', folder, '--inputs', join(folder, 'golden.txt')));
console.log(JSON.stringify({ name, dev: metrics.dev, ...metrics.test, f32: metrics.f32 }, null, 1));
