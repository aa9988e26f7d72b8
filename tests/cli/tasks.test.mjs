/* Synthetic tasks: targets checked by other means than the engine's, the two streams apart, seeds, options, training. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { heed, recipe, scratch } from './heed_program.mjs';

/** [source, target] of the first examples. */
function examples(task, options = {}, { count = 2000, seed = 1, dev = false } = {}) {
  const result = heed([
    'data',
    task,
    '--count',
    `${count}`,
    '--seed',
    `${seed}`,
    '--options',
    JSON.stringify(options),
    ...(dev ? ['--dev'] : []),
  ]);
  assert.equal(result.code, 0, result.err);
  const lines = result.out
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
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
    for (let length = 2; length <= 6; length++)
      assert.ok(Math.abs(share(list, ([s]) => s.length === length) - 0.2) < 0.05);
    const letters = list.map(([s]) => s).join('');
    for (const letter of 'abcde') assert.ok(Math.abs(share([...letters], (l) => l === letter) - 0.2) < 0.03);
    assert.match(letters, /^[a-e]+$/);
  }
});

test('recall: the digits at the front, after the delay', () => {
  const list = examples('recall', { digits: 3, delay: 50, distractors: 4 });
  assert.ok(examples('recall', { delay: 5, distractors: 1 }).every(([source]) => /^\daaaaa\?$/.test(source)));
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
  const couples = [
    ['anna', 'boris', 'gleb hanna ivan'],
    ['clara', 'david', 'julia karl'],
    ['elena', 'fedor', 'leo maria'],
    ['julia', 'gleb', 'nina oskar'],
    ['maria', 'karl', 'paul rosa'],
    ['hanna', 'leo', 'simon tamara ulla'],
  ];
  const step = {
    mother: (person) => couples.find(([, , children]) => children.split(' ').includes(person))?.[0],
    father: (person) => couples.find(([, , children]) => children.split(' ').includes(person))?.[1],
    spouse: (person) =>
      couples.find((pair) => pair[0] === person)?.[1] ?? couples.find((pair) => pair[1] === person)?.[0],
    eldest: (person) => couples.find((pair) => pair.slice(0, 2).includes(person))?.[2].split(' ')[0],
    youngest: (person) =>
      couples
        .find((pair) => pair.slice(0, 2).includes(person))?.[2]
        .split(' ')
        .at(-1),
  };
  const list = examples('family');
  for (const [source, target] of list) {
    const [person, ...path] = source.split(' ');
    assert.ok(path.length >= 1 && path.length <= 4);
    assert.equal(
      path.reduce((at, relation) => step[relation](at), person),
      target,
      source,
    );
  }
  assert.equal(new Set(list.map(([source]) => source.split(' ')[0])).size, 20);
});

const isoOf = (date) => date.toISOString().slice(0, 10);

const stems = (text) => text.split(' ').map((both) => new RegExp(`^(${both})`));
const months = stems('jan|янв feb|фев mar|мар apr|апр may|мая jun|июн jul|июл aug|авг sep|сен oct|окт nov|ноя dec|дек');
const weekdays = stems('sun|воскр mon|понед tue|вторник wed|сред thu|четверг fri|пятниц sat|суббот');
const units = stems(
  'first|перв second|втор third|трет fourth|четверт fifth|пят sixth|шест seventh|седьм eighth|восьм ninth|девят ' +
    'tenth|десят eleventh|одинн twelfth|двенадц thirteenth|тринадц fourteenth|четырнадц fifteenth|пятнадц sixteenth|шестнадц ' +
    'seventeenth|семнадц eighteenth|восемнадц nineteenth|девятнадц',
);
const tens = stems('twent|двадцат thirt(y|ie)|тридцат');
const ordinal = (word) => {
  const ten = tens.findIndex((stem) => stem.test(word)) + 1;
  const unit = ten > 0 ? (word.split('-')[1] ?? '') : word;
  return (ten > 0 ? 10 * (ten + 1) : 0) + units.findLastIndex((stem) => stem.test(unit)) + 1;
};

/** The date that a text means, by the calendar of JavaScript. */
function readDate(text) {
  const words = text
    .toLowerCase()
    .replace(/ г\.$| года$/, '')
    .replace(/(\d)(st|nd|rd|th|-е)\b/g, '$1')
    .match(/[\p{L}-]+|\d+/gu);
  if (/^\d+[/.]\d+[/.]\d+$/.test(text)) {
    const [a, b, year] = words.map(Number);
    return isoOf(new Date(Date.UTC(year, ...(text.includes('/') ? [a - 1, b] : [b - 1, a]))));
  }
  const find = (list) => words.map((word) => list.findIndex((stem) => stem.test(word))).find((i) => i >= 0);
  const [month, weekday] = [find(months), find(weekdays)];
  const numbers = words.filter((word) => /^\d+$/.test(word)).map(Number);
  const year = numbers.at(-1);
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const date = (day) => new Date(Date.UTC(year, month, day));
  if (/предпоследний день|next-to-last day/.test(text)) return isoOf(date(length - 1));
  if (/последний день|last day/.test(text)) return isoOf(date(length));
  if (weekday !== undefined && numbers.length === 1) {
    // the second Sunday of a month
    const all = Array.from({ length }, (_, i) => i + 1).filter((day) => date(day).getUTCDay() === weekday);
    return isoOf(
      date(/last|последн/.test(text) ? all.at(-1) : all[ordinal(words.filter((word) => word !== 'the')[0]) - 1]),
    );
  }
  const day =
    numbers.length === 2 ? numbers[0] : words.slice(0, words.length - 2).reduce((sum, word) => sum + ordinal(word), 0);
  if (weekday !== undefined) assert.equal(date(day).getUTCDay(), weekday, text);
  return isoOf(date(day));
}

test('dates: every form means what the calendar of JavaScript says', () => {
  for (const language of ['en', 'ru', 'both']) {
    const list = examples('dates', { language, first_year: 1700, last_year: 2400 }, { count: 5000 });
    for (const [source, target] of list) assert.equal(readDate(source), target, source);
    assert.ok(
      list.every(
        ([source]) => language === 'both' || /[а-я]/.test(source) === (language === 'ru') || /^[\d.]+$/.test(source),
      ),
    );
    assert.equal(new Set(list.map(([, target]) => target.slice(5, 7))).size, 12);
    assert.equal(new Set(list.map(([, target]) => target.slice(8))).size, 31);
    const forms =
      language === 'ru'
        ? [
            / г\.$/,
            / года$/,
            /^\d+\.\d+\.\d+$/,
            /-е /,
            /предпоследний день/,
            /первое воскресенье/,
            /последняя среда/,
            /^двадцать первого/,
          ]
        : [
            /^[A-Z]\w+ \d+, \d+$/,
            /\dst, /,
            /^the twenty-first of /,
            /^\d+\/\d+\/\d+$/,
            /next-to-last day/,
            /the last Monday of/,
            /^Sunday, /,
          ];
    for (const form of forms)
      assert.ok(
        list.some(([source]) => form.test(source)),
        `${language}: ${form}`,
      );
  }
  const weekdays =
    /(last|first|second|third|fourth|fifth) \w+day|(перв|втор|трет|четверт|последн)\S+ (вос|пон|вто|сре|чет|пят|суб)/;
  assert.ok(share(examples('dates'), ([source]) => weekdays.test(source)) > 0.1);
  const ends = examples('dates', { forms: 'ends' });
  assert.ok(
    ends.every(([source]) => !weekdays.test(source)) &&
      share(ends, ([source]) => /last day|последний день/.test(source)) > 0.1,
  );
  assert.ok(
    examples('dates', { forms: 'plain' }).every(([source]) => !/last|послед|the \w+ \w+day|первое воск/.test(source)),
  );
});

test('numbers: the words by another reader, and as the rules of CLDR have them', () => {
  const known = JSON.parse(readFileSync(new URL('number-words.json', import.meta.url), 'utf8'));
  const values = {};
  for (let n = 0; n < 20; n++) values[known.en[n]] = values[known.ru[n]] = n;
  for (let n = 20; n < 100; n += 10) values[known.en[n]] = values[known.ru[n]] = n;
  'сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот'
    .split(' ')
    .forEach((word, i) => (values[word] = 100 * (i + 1)));
  Object.assign(values, { одна: 1, две: 2 });
  const readNumber = (text) => {
    let [total, group] = [0, 0];
    for (const word of text.split(/[ -]/)) {
      const scale = /^(thousand|тысяч)/.test(word) ? 1000 : /^(million|миллион)/.test(word) ? 1000000 : 0;
      if (scale) [total, group] = [total + group * scale, 0];
      else if (word === 'hundred') group *= 100;
      else group += values[word];
    }
    return total + group;
  };
  let compared = 0;
  for (const language of ['en', 'ru'])
    for (const max of [130, 999999999]) {
      const list = examples('numbers', { language, max }, { count: 5000 });
      for (const [source, target] of list) {
        assert.equal(`${readNumber(source)}`, target, source);
        if (target in known[language]) {
          assert.equal(source, known[language][target]);
          compared++;
        }
      }
      for (const digits of max === 130 ? [1, 2, 3] : [1, 5, 9])
        assert.ok(Math.abs(share(list, ([, target]) => target.length === digits) - 1 / `${max}`.length) < 0.08);
    }
  assert.ok(compared > 10000);
  // Those of the list, one by one.
  for (const language of ['en', 'ru'])
    for (const n of Object.keys(known[language]).filter((_, i) => i % 15 === 0)) {
      const options = JSON.stringify({ language, min: Number(n), max: Number(n) });
      const out = ['--dev', '']
        .map((dev) => heed(['data', 'numbers', '--count', '1', '--options', options, ...(dev ? [dev] : [])]).out)
        .join('');
      assert.equal(out, `${known[language][n]}\t${n}\n`);
    }
});

const numbers = (text) => text.split(';').map((step) => step.split(' ').map(Number));
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test('adding: the sum of the two marked, one in each half', () => {
  for (const length of [2, 3, 100])
    for (const [source, target] of examples('adding', { length }, { count: 500 })) {
      const steps = numbers(source);
      assert.equal(steps.length, length);
      const marked = steps.flatMap(([, mark], i) => (mark === 1 ? [i] : []));
      assert.ok(marked.length === 2 && marked[0] < Math.floor(length / 2) && marked[1] >= Math.floor(length / 2));
      assert.ok(steps.every(([number, mark]) => number >= 0 && number < 1 && (mark === 0 || mark === 1)));
      near(Number(target), sum(marked.map((i) => steps[i][0])));
    }
});

test('series: goes on as a season and a trend do; the noise is in what is shown only', () => {
  const [length, period, horizon] = [50, 12, 20];
  for (const [source, target] of examples('series', { length, period, horizon, noise: 0 }, { count: 500 })) {
    const shown = numbers(source).flat();
    assert.equal(shown.length, length);
    const growth = shown[period] - shown[0];
    const whole = [...shown];
    while (whole.length < length + horizon) whole.push(whole[whole.length - period] + growth);
    numbers(target)
      .flat()
      .forEach((value, i) => assert.ok(Math.abs(value - whole[length + i]) < 1e-6));
    assert.equal(numbers(target).length, horizon);
  }
  const differences = examples('series', { length, period, noise: 300 }, { count: 300 }).map(([source]) => {
    const shown = numbers(source).flat();
    return shown[2 * period] - 2 * shown[period] + shown[0];
  });
  assert.ok(Math.max(...differences) > 0.5 && Math.max(...differences.map(Math.abs)) <= 1.2 + 1e-9);
});

test('tones: the keys whose two frequencies are loudest', () => {
  const list = examples('tones', {}, { count: 500 });
  for (const [source, target] of list) {
    let dialled = '';
    let silent = true;
    for (const bands of numbers(source)) {
      assert.equal(bands.length, 7);
      const loud = bands.flatMap((loudness, i) => (loudness > 0.5 ? [i] : []));
      if (silent && loud.length > 0) dialled += ['123', '456', '789', '*0#'][loud[0]][loud[1] - 4];
      assert.ok(loud.length === 0 || (loud.length === 2 && loud[0] < 4 && loud[1] >= 4));
      silent = loud.length === 0;
    }
    assert.equal(dialled, target);
  }
  assert.equal(new Set(list.map(([, target]) => target).join('')).size, 10);
});

/** [[x, y], class] of a task of points. */
const points = (task, options = {}) =>
  examples(task, options, { count: 3000 }).map(([source, target]) => [source.split(' ').map(Number), Number(target)]);
const half = (list) => assert.ok(Math.abs(share(list, ([, label]) => label === 1) - 0.5) < 0.04);

test('xor: the class by the corner, each corner a quarter', () => {
  const list = points('xor', { noise: 490 });
  for (const [[x, y], label] of list) {
    const corner = [Math.round(x), Math.round(y)];
    assert.ok(Math.abs(x - corner[0]) <= 0.49 && Math.abs(y - corner[1]) <= 0.49);
    assert.equal(corner[0] ^ corner[1], label);
  }
  for (const corner of ['0,0', '0,1', '1,0', '1,1'])
    assert.ok(Math.abs(share(list, ([[x, y]]) => `${Math.round(x)},${Math.round(y)}` === corner) - 0.25) < 0.04);
});

test('circles: the class by the distance, evenly over the area', () => {
  const list = points('circles', { noise: 0 });
  for (const [[x, y], label] of list)
    assert.ok(label === 1 ? Math.hypot(x, y) <= 0.4 : Math.hypot(x, y) >= 0.7 && Math.hypot(x, y) <= 1);
  half(list);
  const inner = list.filter(([, label]) => label === 1);
  assert.ok(Math.abs(share(inner, ([[x, y]]) => Math.hypot(x, y) < 0.2) - 0.25) < 0.04);
  const off = points('circles', { noise: 300 }).filter(([[x, y], label]) => label === 1 && Math.hypot(x, y) > 0.45);
  assert.ok(off.length > 100);
});

test('spiral: a point turned back by its radius lies on the axis of its arm', () => {
  for (const quarters of [1, 5, 16]) {
    const list = points('spiral', { quarters, noise: 0 });
    half(list);
    for (const [[x, y], label] of list) {
      const radius = Math.hypot(x, y);
      const angle = Math.atan2(y, x) - radius * quarters * (Math.PI / 2) + (label === 1 ? 0 : Math.PI);
      // Thousandths, and more of them near the middle.
      assert.ok(Math.abs(Math.sin(angle / 2)) < 0.0016 / radius + 0.0016 * quarters, `${x} ${y} ${label}`);
    }
  }
});

test('polynomial: a line, or what the options say', () => {
  for (const [x, y] of examples('polynomial').map((pair) => pair.map(Number)))
    assert.ok(Math.abs(y - 0.5 - 2 * x) <= 0.1 + 1e-9);
  const options = { noise: 0, intercept: -300, slope: 1000, square: -2000, cube: 4000 };
  for (const [x, y] of examples('polynomial', options).map((pair) => pair.map(Number)))
    assert.ok(Math.abs(y - (-0.3 + x - 2 * x * x + 4 * x ** 3)) <= 0.004, `${x} ${y}`);
});

/** The ink of a picture's digit on a grid of 6 x 8 over its bounding box. */
function looks(source) {
  const rows = source.split(';').map((row) => row.split(' ').map(Number));
  const inked = rows.flatMap((row, y) => row.flatMap((ink, x) => (ink > 0.3 ? [[x, y]] : [])));
  const [left, right] = [Math.min(...inked.map(([x]) => x)), Math.max(...inked.map(([x]) => x)) + 1];
  const [top, bottom] = [Math.min(...inked.map(([, y]) => y)), Math.max(...inked.map(([, y]) => y)) + 1];
  return Array.from({ length: 48 }, (_, i) => {
    const x = left + (((i % 6) + 0.5) * Math.max(right - left, (bottom - top) / 2)) / 6;
    const y = top + ((Math.floor(i / 6) + 0.5) * (bottom - top)) / 8;
    return rows[Math.floor(y)]?.[Math.floor(x)] ?? 0;
  });
}

test('digits: the size of pictures, noise, what is written; and a digit looks like others of its name', () => {
  const one = { min_length: 1, max_length: 1, noise: 0 };
  const models = Array.from({ length: 10 }, () => []);
  for (const [source, target] of examples('digits', one)) models[Number(target)].push(looks(source));
  const means = models.map((list) => list[0].map((_, i) => sum(list.map((picture) => picture[i])) / list.length));
  const near = (picture, mean) => sum(picture.map((ink, i) => (ink - mean[i]) ** 2));
  const right = examples('digits', one, { seed: 9, count: 500 }).filter(([source, target]) => {
    const picture = looks(source);
    const distances = means.map((mean) => near(picture, mean));
    return distances.indexOf(Math.min(...distances)) === Number(target);
  });
  assert.ok(right.length > 450, `${right.length} of 500`);
  const ink = {};
  for (const [source, target] of examples(
    'digits',
    { min_length: 2, max_length: 5, height: 20, noise: 0 },
    { count: 500 },
  )) {
    const rows = numbers(source);
    assert.equal(rows.length, 20);
    for (const row of rows) assert.equal(row.length, 5 * 15 + 5);
    assert.match(target, /^\d{2,5}$/);
    (ink[target.length] ??= []).push(sum(rows.flat()));
  }
  const mean = (list) => sum(list) / list.length;
  for (const length of [3, 4, 5]) assert.ok(Math.abs(mean(ink[length]) / mean(ink[2]) / (length / 2) - 1) < 0.1);
  const background = numbers(examples('digits', { noise: 50 }, { count: 1 })[0][0]).flat();
  assert.ok(share(background, (value) => value > 0) > 0.4);
  const words = {
    en: 'zero one two three four five six seven eight nine',
    ru: 'ноль один два три четыре пять шесть семь восемь девять',
  };
  for (const [answer, names] of Object.entries(words)) {
    const [digits, named] = ['digits', answer].map((kind) => examples('digits', { answer: kind }, { count: 200 }));
    named.forEach(([source, target], i) =>
      assert.deepEqual([source, target], [digits[i][0], [...digits[i][1]].map((d) => names.split(' ')[d]).join(' ')]),
    );
  }
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
      for (const [source] of examples(task, {}, { count: 500, seed, dev: true }))
        assert.ok(!training.has(source), `${task}: ${source}`);
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
  refused(
    'reverse',
    { min_length: 9, max_length: 3 },
    /options\.min_length is 9; it must be at most max_length, which is 3/,
  );
  refused('reverse', { max_length: 0 }, /options\.max_length is 0; it must be a whole number from 1 to/);
  refused('reverse', { letters: 3 }, /unknown field "letters"; known are: min_length, max_length, alphabet/);
  refused('brackets', { target: 'maybe' }, /options\.target is "maybe"; it must be one of: verdict, closing/);
  refused('brackets', { min_length: 3, max_length: 3 }, /max_length is 3; no even length/);
  refused('brackets', { kinds: 1, min_length: 1, max_length: 1, target: 'closing' }, /max_length is 1/);
  refused(
    'dates',
    { first_year: 2000, last_year: 1999 },
    /options\.first_year is 2000; it must be at most last_year, which is 1999/,
  );
  refused('dates', { language: 'de' }, /options\.language is "de"; it must be one of: en, ru, both/);
  refused('numbers', { min: 5, max: 4 }, /options\.min is 5; it must be at most max, which is 4/);
  refused('series', { length: 10, period: 10 }, /options\.length is 10; it must be more than period, which is 10/);
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
  writeFileSync(
    file,
    JSON.stringify(
      taskRecipe({
        task: 'reverse',
        options: { min_length: 2, max_length: 5, alphabet: 6 },
        examples_per_epoch: 1000,
        dev: 100,
      }),
    ),
  );
  const whole = heed(['train', file, '--out', out('whole'), '--threads', '1']);
  assert.equal(whole.code, 0, whole.err);
  const log = readFileSync(join(out('whole'), 'log.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(log.length, 6);
  assert.ok(log.every(({ step }, i) => step === 32 * (i + 1)));
  assert.ok(log.at(-1).dev_wer < 0.05, `dev WER ${log.at(-1).dev_wer}`);
  assert.equal(
    heed(['run', out('whole'), 'abcd'])
      .out.trim()
      .replace(/ /g, ''),
    'dcba',
  );
  assert.equal(heed(['train', file, '--out', out('cut'), '--steps', '70']).code, 0);
  assert.equal(heed(['train', file, '--out', out('cut'), '--resume']).code, 0);
  assert.ok(
    readFileSync(join(out('whole'), 'model.safetensors')).equals(readFileSync(join(out('cut'), 'model.safetensors'))),
  );
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
  refused(
    { task: 'reverse', options: { alphabet: 1 }, examples_per_epoch: 10, dev: 10 },
    /recipe\.data\.options\.alphabet is 1/,
  );
  refused(
    { task: 'reverse', options: { min_length: 1, max_length: 1, alphabet: 2 }, examples_per_epoch: 10, dev: 10 },
    /too few different inputs for both training and dev/,
  );
  refused(
    { task: 'reverse', options: { min_length: 30, max_length: 40 }, max_length: 9, examples_per_epoch: 10, dev: 10 },
    /max_length is 9/,
  );
});
