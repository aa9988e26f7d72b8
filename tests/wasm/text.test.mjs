// Whatever is typed: what the model can read is read, places are those of the page's string, the rest is an error.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture, newEngine, readModel, thrown } from './support.mjs';

const model = (await newEngine()).loadModel(readModel(fixture));

/** Every piece of the input is either a source token or skipped, in order, without a gap. */
function assertCovers(result, text) {
  const pieces = [...result.source, ...result.skipped].sort((a, b) => a.start - b.start);
  let at = 0;
  for (const piece of pieces) {
    assert.equal(piece.start, at, JSON.stringify(pieces));
    at += piece.length;
  }
  assert.equal(at, text.length);
  assert.equal(result.input, text);
  for (const { text: piece, start, length } of result.skipped) assert.equal(piece, text.slice(start, start + length));
}

const readable = [
  ['a word', 'heed', 'heed'],
  ['accents', 'h\u00e9ed', 'hed'],
  ['digits and spaces', ' he 3ed', 'heed'],
  ['an emoji of two units', 'he\u{1f600}ed', 'heed'],
  ['an emoji of several signs', 'he\u{1f468}\u200d\u{1f469}\u200d\u{1f467}ed', 'heed'],
  ['a lone high surrogate', 'he\ud83ded', 'heed'],
  ['a lone low surrogate at the end', 'heed\ude00', 'heed'],
  ['a NUL', 'he\0ed', 'heed'],
  ['other scripts', 'he\u0436\u4e2ded', 'heed'],
];
for (const [name, text, read] of readable) {
  test(`${name}: read what can be read`, () => {
    const result = model.run(text);
    assert.equal(result.source.map(({ start, length }) => text.slice(start, start + length)).join(''), read);
    assertCovers(result, text);
    assert.deepEqual(result.hypotheses[0].tokens, model.run(read).hypotheses[0].tokens);
  });
}

for (const [name, text] of [
  ['empty', ''],
  ['emoji only', '\u{1f600}\u{1f600}'],
  ['a lone surrogate only', '\ud83d'],
]) {
  test(`${name}: nothing to read is an error`, () => thrown('empty_input', () => model.run(text)));
}

test('10,000 letters are too many', () => {
  assert.match(thrown('long_input', () => model.run('a'.repeat(10000))).message, /10000/);
  model.run('heed');
});

test('10,000 signs that are skipped are no obstacle', () => {
  const text = '\u{1f600}'.repeat(10000) + 'heed';
  const result = model.run(text);
  assert.equal(result.source[0].start, 20000);
  assertCovers(result, text);
});

test('options that make no sense are refused', () => {
  thrown('argument', () => model.run('heed', { beam: -1 }));
  thrown('argument', () => model.run('heed', { beam: 1.5 }));
  thrown('argument', () => model.run('heed', { beam: 100000 }));
  thrown('argument', () => model.run('heed', { maxLength: -1 }));
  thrown('argument', () => model.run('heed', { maxLength: 2 ** 32 }));
  thrown('argument', () => model.run(undefined));
  thrown('unknown', () => model.run('heed', { trace: ['decoder.nothing'] }));
});
