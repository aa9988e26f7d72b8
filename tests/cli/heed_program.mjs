/* What the tests of the command line share: calling heed, a folder of their own, and a task that is learnt in a second. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const program = process.env.HEED_PROGRAM;
if (!program) throw new Error('HEED_PROGRAM must name the program heed (ctest sets it)');

/** Runs heed to its end. `options`: input, cwd, env (added to the environment without HEED_DATA). */
export function heed(args, options = {}) {
  const env = { ...process.env, ...options.env };
  if (!options.env?.HEED_DATA) delete env.HEED_DATA;
  const result = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options, env });
  if (result.error) throw result.error;
  return { code: result.status, signal: result.signal, out: result.stdout, err: result.stderr };
}

export function start(args) {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr.on('data', (data) => (err += data));
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, err })));
  return { child, ended };
}

export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'heed-cli-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** All words of 2 to 4 letters a-e with their letters in reverse: "abc TAB c b a". */
export function reverseTask() {
  const words = [];
  const grow = (word) => {
    if (word.length >= 2) words.push(word);
    if (word.length < 4) for (const letter of 'abcde') grow(word + letter);
  };
  grow('');
  return words.map((word) => `${word}\t${[...word].reverse().join(' ')}\n`).join('');
}

export function recipe(changes = {}) {
  return {
    name: 'reverse',
    seed: 1,
    data: { train: 'task.tsv', hold_out: 50, max_length: 10 },
    tokenizer: { source: { type: 'char' }, target: { type: 'symbol' } },
    model: {
      model_type: 'seq2seq',
      source_embedding: 12,
      target_embedding: 12,
      encoder_hidden: 16,
      encoder_layers: 1,
      decoder_hidden: 32,
      decoder_layers: 1,
      score: 'general',
      input_feeding: false,
      dropout: 0.1,
    },
    train: {
      batch: 32,
      shards: 2,
      epochs: 12,
      optimizer: { name: 'adam', rate: 0.01 },
      schedule: { name: 'cosine', warmup_steps: 10, final: 0.05 },
      clip: 2,
      ...changes,
    },
  };
}

/** A folder with task.tsv and reverse/recipe.json; returns their paths. */
export function taskFolder(folder, changes) {
  const data = join(folder, 'task.tsv');
  const file = join(folder, 'recipe.json');
  writeFileSync(data, reverseTask());
  writeFileSync(file, JSON.stringify(recipe(changes)));
  return { data, file };
}
