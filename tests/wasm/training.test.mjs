// Training in WebAssembly, on the thread that asks: it learns, its model runs meanwhile and can be taken out, and what
// cannot be trained is refused.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { newEngine, root, thrown } from './support.mjs';

const [engine, reader] = [await newEngine('train'), await newEngine()];
const reverse = JSON.parse(readFileSync(join(root, 'examples/recipes/reverse.json'), 'utf8'));
/** The recipe on words so short that it takes a second. */
const easy = (change = {}) => ({
  ...structuredClone(reverse),
  data: {
    task: 'reverse',
    options: { min_length: 1, max_length: 5, alphabet: 8 },
    examples_per_epoch: 800,
    dev: 100,
    max_length: 5,
  },
  ...change,
});
const start = (recipe, pairs) => engine.startTraining(JSON.stringify(recipe), pairs);
const answer = (model, text) => model.run(text).hypotheses[0].text;

/** Advances to the next event of this kind. */
function until(training, wanted) {
  for (let event; event !== wanted;) {
    event = training.advance();
    assert.ok(event !== 'finished' || wanted === 'finished', 'training ended before');
  }
}

test('it learns to reverse, and says how far it is', () => {
  const training = start(easy());
  const first = training.figures();
  assert.deepEqual([first.step, first.epoch, first.accuracy, first.finished], [0, 1, null, false]);
  until(training, 'step');
  const { loss } = training.figures();
  until(training, 'epoch');
  const epoch = training.figures();
  assert.deepEqual([epoch.step, epoch.total_steps, epoch.epochs, epoch.epoch_done], [25, 200, 8, true]);
  until(training, 'finished');
  const last = training.figures();
  assert.ok(last.finished && last.accuracy > 0.95 && last.dev_loss < loss / 5, JSON.stringify(last));
  assert.equal(answer(training, 'abcd'), 'dcba');
  assert.equal(training.advance(), 'finished');
  training.free();
});

test('running the model does not change how it is trained', () => {
  const [quiet, watched] = [start(easy()), start(easy())];
  for (let i = 0; i < 60; i++) {
    assert.equal(quiet.advance(), watched.advance());
    watched.run('abc', { beam: 3, trace: ['encoder.h'] });
  }
  const without = ({ seconds, tokens_per_second, ...rest }) => rest;
  assert.deepEqual(without(watched.figures()), without(quiet.figures()));
  assert.deepEqual(new Uint8Array(watched.files().weights), new Uint8Array(quiet.files().weights));
  quiet.free();
  watched.free();
});

test('the model taken out is the model trained', () => {
  const training = start(easy());
  for (let i = 0; i < 40; i++) training.advance();
  const without = ({ ms, ...rest }) => rest;
  const before = training.run('abcde', { trace: ['decoder.logits'] });
  for (const quantize of [false, true]) {
    const model = reader.loadModel(training.files({ quantize }));
    const after = model.run('abcde', { trace: ['decoder.logits'] });
    if (!quantize) assert.deepEqual(without(after), without(before));
    assert.equal(after.source.length, 5);
    model.free();
  }
  training.free();
});

test('examples can be given as text', () => {
  const lines = [];
  for (const a of 'abcdef')
    for (const b of 'abcdef') for (const c of 'abcdef') lines.push(`${a}${b}${c}\t${c}${b}${a}`);
  const training = start(
    easy({ data: { hold_out: 20, max_length: 5 }, train: { ...reverse.train, epochs: 20 } }),
    lines.join('\n'),
  );
  until(training, 'finished');
  assert.ok(training.figures().accuracy > 0.9, JSON.stringify(training.figures()));
  training.free();
});

const refused = [
  ['an unknown field', easy({ sead: 1 }), undefined, 'format', /unknown field "sead".*seed/],
  [
    'a value out of range',
    easy({ train: { ...reverse.train, batch: 0 } }),
    undefined,
    'format',
    /recipe\.train\.batch is 0; .*from 1/,
  ],
  [
    'an unknown name',
    easy({ train: { ...reverse.train, optimizer: { name: 'adamm', rate: 1 } } }),
    undefined,
    'unknown',
    /optimizer\.name.*adamm.*adam/,
  ],
  ['an unknown task', easy({ data: { ...easy().data, task: 'reverze' } }), undefined, 'unknown', /reverze.*reverse/],
  [
    'an impossible size',
    easy({ model: { ...reverse.model, encoder_hidden: 1e9 } }),
    undefined,
    'format',
    /encoder_hidden/,
  ],
  ['no data', easy({ data: { hold_out: 2, max_length: 5 } }), undefined, 'argument', /recipe\.data/],
  ['a task and examples', easy(), 'a\ta', 'argument', /recipe\.data\.task/],
  ['a line without a tab', easy({ data: { hold_out: 2, max_length: 5 } }), 'ab\tba\nabba', 'format', /data:2/],
];
for (const [name, recipe, pairs, code, message] of refused) {
  test(`refused: ${name}`, () => assert.match(thrown(code, () => start(recipe, pairs)).message, message));
}
test('refused: a recipe that is no JSON, a trace that there is not', () => {
  thrown('format', () => engine.startTraining('{'));
  const training = start(easy());
  thrown('unknown', () => training.run('a', { trace: ['decoder.gates'] }));
  thrown('empty_input', () => training.run('ÄÖ'));
  training.free();
});

test('free once more does nothing, use after free is an error, and the memory comes back', () => {
  const round = () => {
    const training = start(easy());
    for (let i = 0; i < 15; i++) training.advance();
    training.files({ quantize: true });
    training.free();
    training.free();
    thrown('freed', () => training.advance());
    thrown('freed', () => training.run('a'));
  };
  for (let i = 0; i < 5; i++) round();
  const before = engine.memoryBytes;
  for (let i = 0; i < 20; i++) round();
  assert.equal(engine.memoryBytes, before);
});

test('without its cache a Transformer says the same, and who has none refuses', () => {
  const model = { model_type: 'transformer', d_model: 32, heads: 2, ffn: 64, encoder_layers: 1, decoder_layers: 2 };
  const transformer = start(easy({ model }));
  until(transformer, 'epoch');
  for (const options of [{}, { beam: 3 }, { target: 'dcba' }]) {
    const kept = transformer.run('abcd', options).hypotheses;
    const again = transformer.run('abcd', { ...options, cache: false }).hypotheses;
    assert.deepEqual(
      again.map(({ text }) => text),
      kept.map(({ text }) => text),
    );
    kept.forEach(({ log_probability }, i) =>
      assert.ok(Math.abs(again[i].log_probability - log_probability) < 1e-4, JSON.stringify(options)),
    );
  }
  transformer.free();
  const recurrent = start(easy());
  assert.match(
    thrown('argument', () => recurrent.run('abcd', { cache: false })).message,
    /no_cache: model_type "seq2seq"/,
  );
  recurrent.free();
});
