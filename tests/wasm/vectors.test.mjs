// Word vectors in WebAssembly: trained on a text that is given, asked while they are and afterwards, and what a recipe makes
// of a text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newEngine, thrown } from './support.mjs';

const engine = await newEngine('vectors');
const runner = await newEngine();

/** Sentences about one of `topics`: words of it, of "all", and now and then one of another. Numbers without Math.random. */
function sentences(count, topics = 6, each = 10) {
  let state = 1;
  const below = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  return Array.from({ length: count }, () => {
    const topic = below(topics);
    return Array.from({ length: 7 }, () =>
      below(4) === 0 ? `all${below(8)}` : `t${below(12) === 0 ? below(topics) : topic}w${below(each)}`,
    ).join(' ');
  }).join('\n');
}

const text = sentences(3000);
const recipe = (train, change = {}) =>
  JSON.stringify({
    name: 'topics',
    seed: 1,
    tokenizer: { source: { type: 'word' } },
    model: { model_type: 'word_vectors', dim: 16 },
    train: { subsample: 0, batch: 500, ...train },
    ...change,
  });
const methods = {
  cbow: { method: 'cbow', epochs: 10, rate: 0.2 },
  skip_gram: { method: 'skip_gram', epochs: 4, rate: 0.05 },
  glove: { method: 'glove', epochs: 25, x_max: 5, batch: 2000, subsample: undefined },
};
const topicOf = (word) => word.match(/^t\d+/)?.[0];

/** Of the words of topics, the share whose nearest word is of the same topic. */
function rightNeighbours(model, words) {
  const asked = words.filter(topicOf);
  assert.equal(asked.length, 60);
  return (
    asked.filter((word) => topicOf(model.neighbours(word, 1).neighbours[0].word) === topicOf(word)).length /
    asked.length
  );
}

for (const [method, train] of Object.entries(methods)) {
  test(`${method}: words of a topic come to lie together; the vectors can be asked and taken out`, (t) => {
    const training = engine.startTraining(recipe(train), text);
    const info = training.describe();
    const words = info.source_vocabulary.slice(4);
    assert.equal(info.model_type, 'word_vectors');
    assert.equal(words.length, 68);
    const before = training.vectors(1000);
    assert.deepEqual([before.rows, before.dim, before.values.length], [68, 16, 68 * 16]);
    let event = training.advance();
    assert.equal(event, 'step');
    const { step, total_steps, epochs, loss, accuracy } = training.figures();
    assert.deepEqual([step, epochs, accuracy], [1, train.epochs, null]);
    const epochsSeen = [];
    while (event !== 'finished') {
      event = training.advance();
      if (event !== 'step') epochsSeen.push(training.figures().epoch);
    }
    const end = training.figures();
    assert.ok(end.finished && end.step === total_steps && end.loss < loss, JSON.stringify(end));
    assert.deepEqual(
      epochsSeen,
      Array.from({ length: train.epochs }, (_, i) => i + 1),
    );
    assert.notDeepEqual(training.vectors(1000).values, before.values);
    const right = rightNeighbours(training, words);
    t.diagnostic(`${(100 * right).toFixed(1)} %`);
    assert.ok(right >= 0.95, `${right}`);

    for (const quantize of [false, true]) {
      // the module that only runs models reads them
      const model = runner.loadModel(training.files({ quantize }));
      assert.ok(rightNeighbours(model, words) >= 0.95);
      const { values } = model.vectors(3);
      const now = training.vectors(3).values;
      values.forEach((value, i) => assert.ok(Math.abs(value - now[i]) <= (quantize ? 0.02 * Math.max(...now) : 0)));
      thrown('argument', () => model.run('t1w1'));
      model.free();
    }
    training.free();
  });
}

test('the same seed gives the same vectors, another seed others', () => {
  const vectors = (seed) => {
    const training = engine.startTraining(recipe({ ...methods.cbow, epochs: 1 }, { seed }), text);
    while (training.advance() !== 'finished');
    const { values } = training.vectors(100);
    training.free();
    return values;
  };
  assert.deepEqual(vectors(3), vectors(3));
  assert.notDeepEqual(vectors(3), vectors(4));
});

test('sums of words: what was asked for is no answer, and an unknown word is named', () => {
  const training = engine.startTraining(recipe(methods.cbow), text);
  const { terms, neighbours } = training.neighbours('t1w1 -t2w2 +t3w3', 67);
  assert.deepEqual(
    terms.map(({ word, sign }) => [word, sign]),
    [
      ['t1w1', 1],
      ['t2w2', -1],
      ['t3w3', 1],
    ],
  );
  assert.equal(neighbours.length, 65);
  assert.ok(neighbours.every(({ word }) => !['t1w1', 't2w2', 't3w3'].includes(word)));
  assert.ok(neighbours.every(({ similarity }, i) => i === 0 || similarity <= neighbours[i - 1].similarity));
  assert.match(thrown('unknown', () => training.neighbours('t1w1 +königin')).message, /"königin"/);
  thrown('empty_input', () => training.neighbours(''));
  thrown('argument', () => training.neighbours('t1w1', 0));
  thrown('argument', () => training.vectors(0.5));
  training.free();
});

test('the windows of a sentence, and what subsampling drops', () => {
  const windows = (train, seed = 1) =>
    engine.examples(
      recipe({ method: 'skip_gram', window: 2, ...train }, { seed }),
      'the cat sat on the mat\nthe dog sat',
      'The cat sat on the unknown mat',
    );
  const all = windows({ dynamic_window: false });
  assert.deepEqual(
    all.tokens.map(({ text, known, count, kept }) => [text, known, count, kept]),
    [
      ['The', false, 0, false],
      ['cat', true, 1, true],
      ['sat', true, 2, true],
      ['on', true, 1, true],
      ['the', true, 3, true],
      ['unknown', false, 0, false],
      ['mat', true, 1, true],
    ],
  );
  assert.deepEqual(
    all.windows.map(({ center, context }) => [center, context]),
    [
      [1, [2, 3]],
      [2, [1, 3, 4]],
      [3, [1, 2, 4, 6]],
      [4, [2, 3, 6]],
      [6, [3, 4]],
    ],
  );
  const drawn = Array.from({ length: 40 }, (_, seed) => windows({ subsample: 0.05 }, seed));
  const share = drawn.filter(({ tokens }) => tokens[4].kept).length / 40;
  const { keep } = drawn[0].tokens[4];
  const ratio = 0.05 / (3 / 9);
  assert.ok(Math.abs(keep - (Math.sqrt(ratio) + ratio)) < 1e-6 && Math.abs(share - keep) < 0.25, `${share} of ${keep}`);
  assert.ok(drawn.every(({ windows: list }) => list.every(({ radius }) => radius === 1 || radius === 2)));
  assert.match(
    thrown('argument', () => engine.examples(recipe({ method: 'glove', subsample: undefined }), text, 'x')).message,
    /recipe\.train\.method/,
  );
});

test('how often words meet', () => {
  const { words, counts, matrix, vocabulary } = engine.cooccurrence(
    recipe({ method: 'glove', window: 2, subsample: undefined }),
    'a b c a\nb b',
    2,
  );
  assert.deepEqual([words, counts, vocabulary], [['b', 'a'], [3, 2], 3]);
  assert.deepEqual(matrix, [
    [2, 1.5],
    [1.5, 0],
  ]);
  thrown('argument', () => engine.cooccurrence(recipe(methods.cbow), text, 0));
});

const refused = [
  ['an unknown method', recipe({ method: 'word3vec' }), text, 'unknown', /recipe\.train\.method is "word3vec".*cbow/],
  ['a field of another method', recipe({ method: 'glove' }), text, 'format', /unknown field "subsample".*x_max/],
  [
    'a window out of range',
    recipe({ method: 'cbow', window: 99 }),
    text,
    'format',
    /recipe\.train\.window is 99; .*1 to 20/,
  ],
  ['no method', recipe({}), text, 'format', /recipe\.train\.method is missing/],
  ['another tokenizer', recipe(methods.cbow, { tokenizer: { source: { type: 'char' } } }), text, 'format', /"char"/],
  [
    'an impossible size',
    recipe(methods.cbow, { model: { model_type: 'word_vectors', dim: 0 } }),
    text,
    'format',
    /dim is 0/,
  ],
  ['no text', recipe(methods.cbow), null, 'argument', /recipe\.data/],
  ['a text of one word', recipe(methods.cbow), 'word word', 'format', /two are needed/],
  ['a text of single words', recipe({ ...methods.glove }), 'a\nb\n', 'format', /0 pairs/],
  [
    'more pairs than memory',
    recipe({ ...methods.glove, memory_mb: 1, window: 20 }),
    Array.from({ length: 40000 }, (_, i) => `w${(i * 7919) % 3001}`).join(' '),
    'memory',
    /memory_mb/,
  ],
];
for (const [name, json, given, code, message] of refused) {
  test(`refused: ${name}`, () => assert.match(thrown(code, () => engine.startTraining(json, given)).message, message));
}

test('the memory comes back', () => {
  const round = () =>
    Object.values(methods).forEach((train) => {
      const training = engine.startTraining(recipe({ ...train, epochs: 1 }), text);
      training.advance();
      training.neighbours('t1w1');
      training.vectors(10);
      training.free();
    });
  for (let i = 0; i < 3; i++) round();
  const before = engine.memoryBytes;
  for (let i = 0; i < 10; i++) round();
  assert.equal(engine.memoryBytes, before);
});
