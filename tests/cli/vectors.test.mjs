/* Word vectors from the command line: trained from a file and from standard input, asked, judged, written and read. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { heed, scratch } from './heed_program.mjs';

const folder = scratch();
const at = (name) => join(folder, name);

/** Sentences about one of four places, each with a capital and a country. */
function text(lines) {
  let state = 7;
  const below = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  return Array.from({ length: lines }, () => {
    const place = below(4),
      kind = below(2) ? 'Capital' : 'country';
    const words = [
      `${kind}${place}`,
      ...Array.from({ length: 3 }, () => `place${place}x${below(6)}`),
      ...Array.from({ length: 3 }, () => `${kind}word${below(6)}`),
      `any${below(5)}`,
    ];
    for (let i = words.length - 1; i > 0; i--) {
      const k = below(i + 1);
      [words[i], words[k]] = [words[k], words[i]];
    }
    return words.join(' ');
  }).join('\n');
}

const recipe = (change = {}, more = {}) => ({
  name: 'places',
  seed: 1,
  data: { text: 'text.txt' },
  tokenizer: { source: { type: 'word', case: 'lower', min_count: 2 } },
  model: { model_type: 'word_vectors', dim: 16 },
  train: { method: 'cbow', epochs: 20, rate: 0.2, batch: 500, subsample: 0, ...change },
  ...more,
});
const writeRecipe = (name, ...changes) => {
  writeFileSync(at(name), JSON.stringify(recipe(...changes)));
  return at(name);
};
writeFileSync(at('text.txt'), text(3000));

const train = (args, options) => heed(['train', ...args], options);
const fails = (result, message) => {
  assert.equal(result.code, 1, result.err);
  assert.match(result.err, message);
};

test('trained from a file and from standard input: the same files with one thread', () => {
  const file = writeRecipe('recipe.json');
  const trained = train([file, '--data', folder, '--out', at('model'), '--threads', '1']);
  assert.equal(trained.code, 0, trained.err);
  const piped = train([file, '--text', '-', '--out', at('piped'), '--threads', '1'], {
    input: readFileSync(at('text.txt')),
  });
  assert.equal(piped.code, 0, piped.err);
  for (const name of ['config.json', 'tokenizer.json', 'model.safetensors', 'recipe.json', 'f32/model.safetensors']) {
    assert.deepEqual(readFileSync(at(`model/${name}`)), readFileSync(at(`piped/${name}`)), name);
  }
  assert.deepEqual(readdirSync(at('model')).sort(), [
    'config.json',
    'f32',
    'log.jsonl',
    'model.safetensors',
    'recipe.json',
    'tokenizer.json',
  ]);
  const log = readFileSync(at('model/log.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    log.map(({ epoch }) => epoch),
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
  assert.ok(log.at(-1).loss < log[0].loss && log[0].words_per_second > 0);
});

test('every method learns, also with several threads', () => {
  for (const [name, change] of Object.entries({
    sg: { method: 'skip_gram', epochs: 6, rate: 0.05 },
    glove: { method: 'glove', epochs: 25, rate: undefined, subsample: undefined, x_max: 5, memory_mb: 1 },
  })) {
    const trained = train([writeRecipe(`${name}.json`, change), '--data', folder, '--out', at(name), '--threads', '2']);
    assert.equal(trained.code, 0, trained.err);
    const asked = heed(['vectors', at(name), 'place2x3', '--json', '--count', '1']);
    assert.match(JSON.parse(asked.out).neighbours[0].word, /^(place2x|capital2|country2)/, name);
  }
});

test('neighbours and sums of words; the case is that of the tokenizer', () => {
  const near = heed(['vectors', at('model'), 'PLACE1x0', 'capital0 -country0 +country3', '--count', '3']);
  assert.equal(near.code, 0, near.err);
  const lines = near.out
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/ +/));
  assert.equal(lines.length, 6);
  assert.ok(
    lines.slice(0, 3).every(([similarity, word]) => similarity > 0 && /^(place1x|capital1|country1)/.test(word)),
    near.out,
  );
  assert.equal(lines[3][1], 'capital3');
  fails(heed(['vectors', at('model'), 'paris']), /"paris"/);
  assert.equal(heed(['vectors']).code, 2);
  assert.equal(heed(['vectors', at('model'), '--count', '0']).code, 2);
});

test('judged by analogies and by similarities', () => {
  const questions = [
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 0],
  ].map(([a, b]) => `Capital${a} Country${a} Capital${b} Country${b}`);
  writeFileSync(at('questions.txt'), `: places\n${questions.join('\n')}\n: others\nParis France Rome Italy\n`);
  writeFileSync(
    at('pairs.csv'),
    'a,b,sim\nplace0x0,place0x1,9\nplace0x0,place1x1,1\ncapital0,country0,8\nrome,paris,5\n',
  );
  const judged = heed([
    'vectors',
    at('model'),
    '--analogies',
    at('questions.txt'),
    '--similarities',
    at('pairs.csv'),
    '--json',
  ]);
  assert.equal(judged.code, 0, judged.err);
  const [places, others, total, similar] = judged.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(places, { section: 'places', questions: 4, covered: 4, right: 4, accuracy: 1 });
  assert.deepEqual([others.questions, others.covered], [1, 0]);
  assert.deepEqual([total.section, total.questions, total.covered, total.right], ['total', 5, 4, 4]);
  assert.deepEqual([similar.pairs, similar.covered], [4, 3]);
  assert.ok(similar.spearman >= 0.5);
  assert.match(
    heed(['vectors', at('model'), '--analogies', at('questions.txt')]).out,
    /total +5 questions +4 covered +4 right +100\.0 %/,
  );
  writeFileSync(at('bad.txt'), ': places\na b c\n');
  fails(heed(['vectors', at('model'), '--analogies', at('bad.txt')]), /bad\.txt:2: 3 words/);
});

test('out as text and in again; inspect and quantize know the model; run has no output', () => {
  const out = heed(['vectors', at('model/f32'), '--export', at('vectors.txt')]);
  assert.equal(out.code, 0, out.err);
  assert.match(readFileSync(at('vectors.txt'), 'utf8'), /^49 16\n\S+( -?[\d.e-]+){16}\n/);
  const back = heed(['vectors', at('vectors.txt'), '--import', '--save', at('imported'), 'place1x0', '--json']);
  assert.equal(back.code, 0, back.err);
  assert.equal(back.out, heed(['vectors', at('model/f32'), 'place1x0', '--json']).out);
  assert.match(heed(['inspect', at('imported')]).out, /word_vectors[^]*49 x 16/);
  assert.equal(heed(['quantize', at('model/f32'), at('int8')]).code, 0);
  assert.deepEqual(readFileSync(at('int8/model.safetensors')), readFileSync(at('model/model.safetensors')));
  fails(heed(['run', at('model'), 'place1x0']), /neighbours/);
});

const refused = [
  [
    'an unknown method',
    [{ method: 'fasttext' }],
    /recipe\.train\.method is "fasttext"; it must be one of: cbow skip_gram glove/,
  ],
  ['a field out of range', [{ window: 0 }], /recipe\.train\.window is 0; .*1 to 20/],
  ['a field of another method', [{ x_max: 10 }], /unknown field "x_max"; known are: .*subsample/],
  ['a misspelt field', [{}, { sede: 1 }], /unknown field "sede"/],
  [
    'another tokenizer',
    [{}, { tokenizer: { source: { type: 'bpe', size: 100 } } }],
    /recipe\.tokenizer\.source\.type is "bpe"/,
  ],
  ['a text that is not there', [{}, { data: { text: 'none.txt' } }], /recipe\.data\.text: .*none\.txt/],
  ['no text', [{}, { data: {} }], /recipe\.data\.text is missing/],
  [
    'too few words',
    [{}, { tokenizer: { source: { type: 'word', min_count: 1000000 } } }],
    /text\.txt: of \d+ words 0 occur/,
  ],
];
for (const [name, changes, message] of refused) {
  test(`refused: ${name}`, () => {
    fails(train([writeRecipe('bad.json', ...changes), '--data', folder, '--out', at('bad')]), message);
    assert.ok(!existsSync(at('bad/model.safetensors')));
  });
}

test('a text that is not UTF-8 is an error with its line; there is nothing to resume', () => {
  writeFileSync(at('latin.txt'), Buffer.from('one two\nthree \xff four\n', 'latin1'));
  fails(train([writeRecipe('recipe.json'), '--text', at('latin.txt'), '--out', at('bad')]), /latin\.txt:2: .*UTF-8/);
  fails(train([at('recipe.json'), '--data', folder, '--out', at('model'), '--resume']), /no checkpoints/);
});
