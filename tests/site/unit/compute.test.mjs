// The computations of the figures.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, Numbers, resultOf, stringsOf } from './support.mjs';

const { heatOf, lettersOf, probabilityOf, soundsOf } = await load('charts/speech.ts');
const { sentence, sharpest, tableOf } = await load('figures/pronounce/compute.ts');
const { difference } = await load('figures/side-by-side/compute.ts');
const { wilson, sharesOf, drawn, FEWEST_DRAWN } = await load('figures/length-accuracy/compute.ts');
const { best, errorCurve, lossCurve } = await load('figures/training-curves/compute.ts');
const {
  Measurements,
  SIDES,
  TASKS,
  curve,
  headline,
  median,
  shareOfPeak,
  timesScalar,
  sentence: machineSentence,
  tableOf: machineTable,
} = await load('figures/machine/compute.ts');
const { PARTS, partsOf, tableOf: memoryTable } = await load('figures/memory-map/compute.ts');
const { phonemes } = await load('lib/notation.ts');

const strings = stringsOf('en');
const result = resultOf('Hi', [
  ['HH', 0.5, [0.9, 0.1]],
  ['AY', 0.8, [0.3, 0.7]],
  ['<eos>', 0.25, [0, 1]],
]);
const [hypothesis] = result.hypotheses;

test('rows of the heatmap are phonemes (queries), columns letters (keys) as the reader wrote them', () => {
  const heat = heatOf(result, hypothesis, strings);
  assert.deepEqual(heat.columns, ['H', 'i']);
  assert.deepEqual(
    heat.rows.map(({ label, note, quiet }) => [label, note, quiet]),
    [
      ['HH', 'h', false],
      ['AY', 'aɪ', false],
      ['end', '', true],
    ],
  );
  assert.deepEqual(
    heat.rows.map(({ weights }) => weights),
    [
      [0.9, 0.1],
      [0.3, 0.7],
      [0, 1],
    ],
  );
});

test('rows that a longer word shares keep their keys', () => {
  const longer = resultOf('Hit', [
    ['HH', 0.5, [1, 0, 0]],
    ['IH', 0.5, [0, 1, 0]],
    ['<eos>', 0.5, [0, 0, 1]],
  ]);
  const keys = (one) => heatOf(one, one.hypotheses[0], strings).rows.map(({ key }) => key);
  assert.equal(keys(longer)[0], keys(result)[0]);
  assert.notEqual(keys(longer)[1], keys(result)[1]);
  assert.notEqual(keys(longer)[2], keys(result)[2], 'the end is new when what stands before it is');
});

test('letters outside the basic plane keep their places', () => {
  const odd = { ...result, input: '🙂a', source: [{ token: 'A', start: 2, length: 1 }] };
  assert.deepEqual(lettersOf(odd), ['a']);
});

test('the probability of a word is the product of its steps', () => {
  assert.ok(Math.abs(probabilityOf(hypothesis) - 0.5 * 0.8 * 0.25) < 1e-12);
});

test('the sharpest look leaves out the end', () => {
  assert.deepEqual(sharpest(hypothesis.steps), { step: 0, letter: 0, weight: 0.9 });
  assert.equal(sharpest([]), null);
});

test('the spoken sentence has word, phonemes and the sharpest look', () => {
  const said = sentence(result, hypothesis, strings, new Numbers('en'));
  for (const part of ['Hi', 'HH AY', 'HH at H', '0.90']) assert.ok(said.includes(part), said);
  const silent = resultOf('x', [['<eos>', 1, [1]]]);
  assert.equal(sentence(silent, silent.hypotheses[0], strings, new Numbers('en')), strings.figures.pronounce.nothing);
});

test('the table has a row a step and a column a letter', () => {
  const { columns, rows } = tableOf(result, hypothesis, strings);
  assert.deepEqual(columns.slice(-2), ['H', 'i']);
  assert.equal(rows.length, 3);
  assert.ok(rows.every((row) => row.length === columns.length));
  assert.deepEqual(rows[1].slice(3), [0.3, 0.7]);
});

test('sounds leave out the end and carry what is asked for', () => {
  assert.deepEqual(
    soundsOf(hypothesis, strings).map(({ probability }) => probability),
    [null, null],
  );
  const [first, second] = soundsOf(hypothesis, strings, { probabilities: true, marked: new Set([1]) });
  assert.ok(Math.abs(first.probability - 0.5) < 1e-12);
  assert.deepEqual([first.marked, second.marked], [false, true]);
});

test('all 39 phonemes of CMUdict have a sound and an example', () => {
  assert.equal(Object.keys(phonemes).length, 39);
  for (const [name, { ipa, example }] of Object.entries(phonemes)) {
    assert.match(name, /^[A-Z]{1,2}$/);
    assert.notEqual(ipa, '');
    assert.match(example, /\[[a-z]+\]/i, name);
  }
});

test('where two pronunciations part', () => {
  const parts = (a, b) => {
    const { left, right, edits } = difference(a.split(' '), b.split(' '));
    return [[...left].sort(), [...right].sort(), edits];
  };
  assert.deepEqual(parts('K AE T', 'K AE T'), [[], [], 0]);
  assert.deepEqual(parts('K AE T', 'K AH T'), [[1], [1], 1]);
  assert.deepEqual(parts('K AE T', 'K AE T S'), [[], [3], 1]);
  assert.deepEqual(parts('S K AE T', 'K AE T'), [[0], [], 1]);
  assert.deepEqual([...difference([], ['A', 'B']).right].sort(), [0, 1]);
});

test("Wilson's interval against published values", () => {
  // Newcombe 1998, Statistics in Medicine 17: 857-872, table I, method 3.
  for (const [right, n, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ]) {
    const got = wilson(right, n);
    assert.ok(
      Math.abs(got.low - low) < 1e-4 && Math.abs(got.high - high) < 1e-4,
      `${right} of ${n}: ${got.low}, ${got.high}`,
    );
  }
  assert.ok(wilson(29, 29).high <= 1 && wilson(29, 29).high > 0.9999999);
});

test('shares by length; lengths with few words are not drawn', () => {
  const shares = sharesOf([
    { length: 5, inputs: 100, wrong: 25 },
    { length: 20, inputs: FEWEST_DRAWN - 1, wrong: 0 },
  ]);
  assert.equal(shares[0].share, 0.75);
  assert.deepEqual(
    drawn(shares).map(({ length }) => length),
    [5],
  );
});

test('curves and the best epoch', () => {
  const epochs = [0.9, 0.4, 0.5].map((dev_wer, index) => ({
    epoch: index + 1,
    loss: 1,
    dev_loss: 2,
    dev_per: 0.1 * index,
    dev_wer,
  }));
  assert.equal(best(epochs, 'wer'), 0.4);
  assert.deepEqual(errorCurve(epochs, 'wer')[1], { x: 2, y: 0.4 });
  assert.deepEqual(lossCurve(epochs, 'dev_loss')[0], { x: 1, y: 2 });
});

const rateOf = (isa, kernel, shape, rate) => ({
  isa,
  kernel,
  shape,
  unit: 'GFLOP/s',
  rate,
  best: rate + 1,
  percent: 0,
  against: '',
  ratio: 0,
});

test('measurements: medians over rounds, shares of the median peak, times scalar', () => {
  const measured = new Measurements();
  assert.equal(headline(measured), null);
  assert.equal(machineSentence(measured, strings, new Numbers('en')), strings.figures.machine.nothing);
  for (const rate of [10, 30, 20])
    measured.add([rateOf('simd128', 'peak', '', 40), rateOf('simd128', 'gemm', '64x64x64', rate)]);
  measured.add([rateOf('scalar', 'peak', '', 5), rateOf('scalar', 'gemm', '64x64x64', 4)]);
  const row = measured.of('simd128', 'gemm', '64x64x64');
  assert.equal(row.rate, 20);
  assert.equal(row.best, 31);
  assert.equal(shareOfPeak(measured, row), 0.5);
  assert.equal(timesScalar(measured, row), 5);
  assert.equal(timesScalar(measured, measured.of('scalar', 'gemm', '64x64x64')), null);
  assert.equal(measured.of('relaxed', 'gemm', '64x64x64'), null);
  assert.deepEqual(curve(measured, 'simd128', 'rate'), [{ x: 64, y: 20 }]);
  assert.deepEqual(curve(measured, 'simd128', 'percent'), [{ x: 64, y: 0.5 }]);
  const said = machineSentence(measured, strings, new Numbers('en'));
  for (const part of ['20.0 GFLOP/s', '64 × 64', '50%', '5.0']) assert.ok(said.includes(part), said);
  const { columns, rows } = machineTable(measured, strings, new Numbers('en'));
  assert.equal(rows.length, 4);
  assert.ok(rows.every((one) => one.length === columns.length));
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(TASKS.filter(({ kernel }) => kernel === 'gemm').length, SIDES.length);
});

test('a map of memory: what is not named and what is free complete it', () => {
  const map = {
    total: 1000,
    base: 100,
    used: 700,
    parameters: 300,
    packed: 200,
    model: 20,
    tensors: 50,
    hypotheses: 10,
    scratch: 100,
  };
  const parts = partsOf(map);
  assert.deepEqual([parts.rest, parts.free], [20, 200]);
  assert.equal(
    PARTS.reduce((sum, part) => sum + parts[part], 0),
    map.total,
  );
  assert.equal(memoryTable(map, strings, new Numbers('en')).rows.length, PARTS.length + 1);
  assert.deepEqual(memoryTable(null, strings, new Numbers('en')).rows, []);
});
