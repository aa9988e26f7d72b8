/* Synthetic tasks: targets checked by other means than the engine's, the two streams apart, seeds, options, training. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { heed, recipe, scratch } from './heed_program.mjs';

/** [source, target] of the first examples. */
function examples(task, options = {}, { count = 2000, seed = 1, dev = false } = {}) {
  const result = heed(['data', task, '--count', `${count}`, '--seed', `${seed}`, '--options', JSON.stringify(options), ...(dev ? ['--dev'] : [])]);
  assert.equal(result.code, 0, result.err);
  const lines = result.out.trimEnd().split('\n').map((line) => line.split('\t'));
  assert.equal(lines.length, count);
  for (const line of lines) assert.ok(line.length === 2 && line[0] && line[1], line.join('|'));
  return lines;
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
const share = (list, wanted) => list.filter(wanted).length / list.length;

const balanced = (text) => {
  let before;
  do {
    before = text;
    text = text.replace(/\(\)|\[\]|\{\}|<>/g, '');
  } while (text !== before);
  return text === '';
};

test('copy, reverse, sort: the targets, all lengths and letters', () => {
  const wanted = { copy: (s) => s, reverse: (s) => [...s].reverse().join(''), sort: (s) => [...s].sort().join('') };
  for (const [task, answer] of Object.entries(wanted)) {
    const list = examples(task, { min_length: 2, max_length: 6, alphabet: 5 });
    for (const [source, target] of list) assert.equal(target, answer(source));
    for (let length = 2; length <= 6; length++) assert.ok(Math.abs(share(list, ([s]) => s.length === length) - 0.2) < 0.05);
    const letters = list.map(([s]) => s).join('');
    for (const letter of 'abcde') assert.ok(Math.abs(share([...letters], (l) => l === letter) - 0.2) < 0.03);
    assert.match(letters, /^[a-e]+$/);
  }
});

test('recall: the digits at the front, after the delay', () => {
  const list = examples('recall', { digits: 3, delay: 50, distractors: 4 });
  for (const [source, target] of list) {
    assert.match(source, /^\d{3}[a-d]{50}\?$/);
    assert.equal(target, source.slice(0, 3));
  }
  assert.equal(new Set(list.map(([, target]) => target[0])).size, 10);
});

test('brackets: the verdict by another parser, half of them right; what closes a beginning', () => {
  const verdicts = examples('brackets', { max_length: 20, kinds: 4 });
  for (const [source, target] of verdicts) assert.equal(target, balanced(source) ? 'yes' : 'no', source);
  assert.ok(Math.abs(share(verdicts, ([, target]) => target === 'yes') - 0.5) < 0.05);
  for (const [source, target] of examples('brackets', { target: 'closing', min_length: 1, max_length: 9 })) {
    assert.match(target, /^[)\]}>]+$/);
    assert.ok(balanced(source + target), source);
  }
});

test('family: every path ends where the steps lead', () => {
  // The family written down a second time, as couples and their children.
  const couples = [['anna', 'boris', 'gleb hanna ivan'], ['clara', 'david', 'julia karl'], ['elena', 'fedor', 'leo maria'],
    ['julia', 'gleb', 'nina oskar'], ['maria', 'karl', 'paul rosa'], ['hanna', 'leo', 'simon tamara ulla']];
  const step = {
    mother: (person) => couples.find(([, , children]) => children.split(' ').includes(person))?.[0],
    father: (person) => couples.find(([, , children]) => children.split(' ').includes(person))?.[1],
    spouse: (person) => couples.find((pair) => pair[0] === person)?.[1] ?? couples.find((pair) => pair[1] === person)?.[0],
    eldest: (person) => couples.find((pair) => pair.slice(0, 2).includes(person))?.[2].split(' ')[0],
    youngest: (person) => couples.find((pair) => pair.slice(0, 2).includes(person))?.[2].split(' ').at(-1),
  };
  const list = examples('family');
  for (const [source, target] of list) {
    const [person, ...path] = source.split(' ');
    assert.ok(path.length >= 1 && path.length <= 4);
    assert.equal(path.reduce((at, relation) => step[relation](at), person), target, source);
  }
  assert.equal(new Set(list.map(([source]) => source.split(' ')[0])).size, 20);
});

const all = heed(['data']).out.match(/^\w+(?=: )/gm);

test('a seed gives the same examples again, another one others; the first are the same on every machine', () => {
  const first = JSON.parse(readFileSync(new URL('first-examples.json', import.meta.url), 'utf8'));
  assert.deepEqual(Object.keys(first), all, 'update tests/cli/first-examples.json when a task comes');
  for (const task of all) {
    const one = examples(task, {}, { count: 50, seed: 7 });
    assert.deepEqual(examples(task, {}, { count: 50, seed: 7 }), one);
    assert.notDeepEqual(examples(task, {}, { count: 50, seed: 8 }), one);
    assert.notDeepEqual(examples(task, {}, { count: 50, seed: 7, dev: true }), one);
    assert.deepEqual(one.slice(0, 3), first[task], task);
  }
});

test('training and dev share no input, whatever the seeds', () => {
  for (const task of all) {
    const training = new Set(examples(task, {}, { count: 5000, seed: 1 }).map(([source]) => source));
    for (const seed of [1, 2])
      for (const [source] of examples(task, {}, { count: 500, seed, dev: true })) assert.ok(!training.has(source), `${task}: ${source}`);
    assert.ok(training.size > 60, task);
  }
});

test('impossible options are refused by name', () => {
  const refused = (task, options, message) => {
    const result = heed(['data', task, '--options', JSON.stringify(options)]);
    assert.equal(result.code, 1);
    assert.match(result.err, message);
    assert.equal(result.out, '');
  };
  refused('reverse', { min_length: 9, max_length: 3 }, /options\.min_length is 9; it must be at most max_length, which is 3/);
  refused('reverse', { max_length: 0 }, /options\.max_length is 0; it must be a whole number from 1 to/);
  refused('reverse', { letters: 3 }, /unknown field "letters"; known are: min_length, max_length, alphabet/);
  refused('brackets', { target: 'maybe' }, /options\.target is "maybe"; it must be one of: verdict, closing/);
  refused('brackets', { min_length: 3, max_length: 3 }, /max_length is 3; no even length/);
  refused('brackets', { kinds: 1, min_length: 1, max_length: 1, target: 'closing' }, /max_length is 1/);
  refused('nothing', {}, /data\.task is "nothing"; it must be one of: copy, reverse/);
  assert.match(heed(['data', 'copy', '--options', '{']).err, /options: line 1/);
  assert.equal(heed(['data', 'copy', 'sort']).code, 2);
});

const taskRecipe = (data, train = {}) => {
  const made = recipe({ batch: 32, epochs: 6, ...train });
  made.data = data;
  made.tokenizer = { source: { type: 'char' }, target: { type: 'char' } };
  made.model.dropout = 0;
  return made;
};

test('a recipe trains on a task, every epoch on new examples, and a cut run goes on to the same bits', () => {
  const folder = scratch();
  const file = join(folder, 'recipe.json');
  const out = (name) => join(folder, name);
  writeFileSync(file, JSON.stringify(taskRecipe({ task: 'reverse', options: { min_length: 2, max_length: 5, alphabet: 6 }, examples_per_epoch: 1000, dev: 100 })));
  const whole = heed(['train', file, '--out', out('whole'), '--threads', '1']);
  assert.equal(whole.code, 0, whole.err);
  const log = readFileSync(join(out('whole'), 'log.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.equal(log.length, 6);
  assert.ok(log.every(({ step }, i) => step === 32 * (i + 1)));
  assert.ok(log.at(-1).dev_wer < 0.05, `dev WER ${log.at(-1).dev_wer}`);
  assert.equal(heed(['run', out('whole'), 'abcd']).out.trim().replace(/ /g, ''), 'dcba');
  assert.equal(heed(['train', file, '--out', out('cut'), '--steps', '70']).code, 0);
  assert.equal(heed(['train', file, '--out', out('cut'), '--resume']).code, 0);
  assert.ok(readFileSync(join(out('whole'), 'model.safetensors')).equals(readFileSync(join(out('cut'), 'model.safetensors'))));
});

test('a recipe with an impossible task is refused before training', () => {
  const folder = scratch();
  const refused = (data, message) => {
    const file = join(folder, 'recipe.json');
    writeFileSync(file, JSON.stringify(taskRecipe(data)));
    const result = heed(['train', file, '--out', join(folder, 'out')]);
    assert.equal(result.code, 1);
    assert.match(result.err, message);
  };
  refused({ task: 'revers', examples_per_epoch: 10, dev: 10 }, /recipe\.data\.task is "revers"/);
  refused({ task: 'reverse', dev: 10 }, /recipe\.data\.examples_per_epoch is missing/);
  refused({ task: 'reverse', examples_per_epoch: 10, dev: 0 }, /recipe\.data\.dev is 0/);
  refused({ task: 'reverse', train: 'a.tsv', examples_per_epoch: 10, dev: 10 }, /unknown field "train"/);
  refused({ task: 'reverse', options: { alphabet: 1 }, examples_per_epoch: 10, dev: 10 }, /recipe\.data\.options\.alphabet is 1/);
  refused({ task: 'reverse', options: { min_length: 1, max_length: 1, alphabet: 2 }, examples_per_epoch: 10, dev: 10 },
    /too few different inputs for both training and dev/);
  refused({ task: 'reverse', options: { min_length: 30, max_length: 40 }, max_length: 9, examples_per_epoch: 10, dev: 10 }, /max_length is 9/);
});
