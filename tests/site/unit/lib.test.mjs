// What the figures share and needs no browser: parameters in the address, folding of letters, CSV, records, words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, Numbers, stringsOf } from './support.mjs';

const { text, integer, choice, initialValues, readQuery, writeQuery } = await load('lib/params.ts');
const { prepare, LONGEST_WORD } = await load('lib/fold.ts');
const { toCsv } = await load('lib/export.ts');
const { parseLog, lengthsOf, RecordError } = await load('lib/records.ts');
const { plural } = await load('lib/i18n/plural.ts');
const { explain } = await load('lib/errors.ts');

const params = { word: text('attention', 8), beam: integer(1, 1, 10), kind: choice('wer', ['wer', 'per']) };
const defaults = initialValues(params);

test('a state that went into the address comes back from it', () => {
  const query = new URLSearchParams('other.word=stays');
  const state = { word: 'né & ?', beam: 7, kind: 'per' };
  writeQuery('figure', params, state, defaults, query);
  assert.deepEqual(readQuery('figure', params, new URLSearchParams(query.toString())), state);
  assert.equal(query.get('other.word'), 'stays');
});

test('defaults are not written, and are taken out again', () => {
  const query = new URLSearchParams();
  writeQuery('figure', params, { ...defaults, beam: 3 }, defaults, query);
  assert.equal(query.toString(), 'figure.beam=3');
  writeQuery('figure', params, defaults, defaults, query);
  assert.equal(query.toString(), '');
});

test('an address made by hand cannot break a figure', () => {
  const read = (query) => readQuery('f', params, new URLSearchParams(query));
  assert.deepEqual(read('f.beam=9999'), { beam: 10 });
  assert.deepEqual(read('f.beam=-1'), { beam: 1 });
  for (const bad of ['f.beam=x', 'f.beam=', 'f.beam=1.5', 'f.beam=NaN', 'f.kind=loss', 'beam=3', 'g.beam=3'])
    assert.deepEqual(read(bad), {}, bad);
  assert.deepEqual(read(`f.word=${'a'.repeat(1000)}`), { word: 'aaaaaaaa' });
  const query = new URLSearchParams();
  writeQuery('f', params, { ...defaults, word: '🙂'.repeat(10_000) }, defaults, query);
  assert.equal(query.get('f.word'), '🙂'.repeat(8), 'a long word does not make a long address');
});

test('Latin letters with marks lose them, and each kind is reported once', () => {
  const { text: word, folded, cut } = prepare('Éclair naïve é');
  assert.equal(word, 'Eclair naive e');
  assert.deepEqual(folded, [
    { from: 'É', to: 'E' },
    { from: 'ï', to: 'i' },
    { from: 'é', to: 'e' },
  ]);
  assert.equal(cut, 0);
  assert.equal(prepare('e\u0301').text, 'e', 'marks that are characters of their own');
  assert.equal(prepare('straße Łódź’s').text, "strasse lodz's");
});

test('other scripts are not turned into something else', () => {
  for (const word of ['йод', '注意', '🙂', 'γάμμα']) assert.equal(prepare(word).text, word.normalize('NFC'));
});

test('a word that is too long is cut and the rest is counted', () => {
  for (const length of [LONGEST_WORD, LONGEST_WORD + 1, 10_000]) {
    const { text: word, cut } = prepare('a'.repeat(length));
    assert.equal(word.length, LONGEST_WORD);
    assert.equal(cut, length - LONGEST_WORD);
  }
});

test('CSV quotes what must be quoted', () => {
  const table = {
    caption: '',
    columns: ['a', 'b,c'],
    rows: [
      ['say "x"', 1.5],
      ['line\nbreak', 2],
    ],
  };
  assert.equal(toCsv(table), 'a,"b,c"\r\n"say ""x""",1.5\r\n"line\nbreak",2\r\n');
});

test('a log with a damaged line is refused, naming the line', () => {
  const good = JSON.stringify({ epoch: 1, loss: 2, dev_loss: 2, dev_per: 0.5, dev_wer: 0.9, seconds: 3, rate: 0.001 });
  assert.equal(parseLog(`${good}\n${good}\n`, 'log').length, 2);
  for (const [bad, words] of [
    ['', /no epoch/],
    [`${good}\n{"epoch":`, /line 2: not JSON/],
    [good.replace('0.9', 'null'), /line 1: "dev_wer"/],
  ]) {
    assert.throws(
      () => parseLog(bad, 'log'),
      (error) => error instanceof RecordError && words.test(error.message),
    );
  }
  assert.throws(() => lengthsOf({}, 'metrics'), RecordError);
});

test('words of counts', () => {
  assert.equal(plural('en', 1, { one: 'letter', other: 'letters' }), '1 letter');
  const russian = { one: 'буква', few: 'буквы', many: 'букв', other: 'буквы' };
  assert.deepEqual(
    [1, 2, 5, 11, 21, 22].map((count) => plural('ru', count, russian)),
    ['1 буква', '2 буквы', '5 букв', '11 букв', '21 буква', '22 буквы'],
  );
});

test('every error code has words in both languages, and an unknown one too', () => {
  for (const language of ['en', 'ru']) {
    const strings = stringsOf(language);
    const made = (code) => explain(Object.assign(new Error('fact'), { code }), strings);
    for (const code of Object.keys(strings.errors))
      assert.deepEqual(made(code), { text: strings.errors[code], detail: 'fact' });
    assert.equal(made('constructor').text, strings.errors.other, 'names of every object are no codes');
    assert.equal(explain('x', strings).text, strings.errors.other);
  }
});

test('both languages have the same strings, and none is empty or left in English', () => {
  const leaves = (value, path = '') =>
    typeof value === 'object'
      ? Object.entries(value).flatMap(([key, part]) => leaves(part, `${path}.${key}`))
      : [[path, value]];
  const english = new Map(leaves(stringsOf('en'))),
    russian = new Map(leaves(stringsOf('ru')));
  assert.deepEqual([...russian.keys()], [...english.keys()]);
  for (const [path, words] of russian) {
    if (typeof words !== 'string') continue;
    assert.notEqual(words.trim(), '', path);
    assert.match(words, /[а-яё]/i, path);
  }
});

test('numbers are written as the language does', () => {
  assert.equal(new Numbers('en').percent(0.1234, 1), '12.3%');
  assert.equal(new Numbers('ru').percent(0.1234, 1), '12,3\u00a0%');
  assert.equal(new Numbers('en').probability(0.0001), '< 1%');
  assert.equal(new Numbers('en').probability(0), '0%');
});
