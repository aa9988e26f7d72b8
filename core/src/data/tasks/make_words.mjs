// The words of dates and numbers, from the Unicode CLDR (licence Unicode-3.0, https://www.unicode.org/license.txt):
//
//     npm pack cldr-dates-full@48.2.0 cldr-rbnf@48.2.0, unpack each into FOLDER/<name>, then node make_words.mjs FOLDER
//
// writes date_words.h and number_words.h beside this file, and tests/cli/number-words.json: what CLDR's own spelling rules
// (RBNF) make of some numbers.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const read = (path) => JSON.parse(readFileSync(join(folder, path), 'utf8'));

/** Spells n by a rule set of CLDR's rule-based number format. */
function speller(language) {
  const sets = read(`cldr-rbnf/rbnf/${language}.json`).rbnf.rbnf.SpelloutRules;
  const plural = new Intl.PluralRules(language);
  const spell = (name, n) => {
    const rules = sets[name]
      .map(([key, body]) => [...key.split('/').map(Number), body.replace(/;$/, '').replace(/^'/, '')])
      .filter(([base]) => Number.isFinite(base) && base <= n);
    const rule = rules[rules.length - 1];
    const [base, body] = [rule[0], rule[rule.length - 1]];
    const radix = rule.length === 3 ? rule[1] : 10;
    let divisor = 1;
    while (base > 0 && divisor * radix <= base) divisor *= radix;
    const [quotient, rest] = [Math.floor(n / divisor), n % divisor];
    const part = (inner, otherwise, value) => spell(inner || otherwise, value);
    return body
      .replace(/\[(.*?)\]/g, (_, optional) => (rest ? optional : ''))
      .replace(/\$\(cardinal,(.*?)\)\$/g, (_, forms) => {
        const known = Object.fromEntries([...forms.matchAll(/(\w+)\{(.*?)\}/g)].map((match) => match.slice(1)));
        return known[plural.select(quotient)] ?? known.other;
      })
      .replace(/←(%*[\w-]*)←/g, (_, inner) => part(inner, name, quotient))
      .replace(/→(%*[\w-]*)→/g, (_, inner) => part(inner, name, rest))
      .replace(/=(%+[\w-]+)=/g, (_, inner) => spell(inner, n));
  };
  return (set, n) => spell(set, n);
}

const calendar = (language) =>
  read(`cldr-dates-full/main/${language}/ca-gregorian.json`).main[language].dates.calendars.gregorian;
const [en, ru] = [calendar('en'), calendar('ru')];
const [spellEn, spellRu] = [speller('en'), speller('ru')];
const range = (first, last, make) => Array.from({ length: last - first + 1 }, (_, i) => make(first + i));
const days = (wide) => ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'].map((day) => wide[day]);

function table(name, words) {
  const lines = [''];
  for (const word of words) {
    const item = `${JSON.stringify(word)}, `;
    if ([...lines[lines.length - 1]].length + item.length > 104) lines.push('');
    lines[lines.length - 1] += item;
  }
  return `static const char *const ${name}[] = {\n${lines.map((line) => `    ${line.trimEnd()}\n`).join('')}};\n`;
}

const head = (what) => `/* ${what} Made by make_words.mjs from the Unicode CLDR 48.2,
 * copyright Unicode, Inc., licence Unicode-3.0 (https://www.unicode.org/license.txt). Do not edit. */\n`;

writeFileSync(
  new URL('date_words.h', import.meta.url),
  head('Words of dates, January and Sunday first, the first day first.') +
    [
      table('english_months', Object.values(en.months.format.wide)),
      table('english_short_months', Object.values(en.months.format.abbreviated)),
      table('english_days', days(en.days.format.wide)),
      table('english_short_days', days(en.days.format.abbreviated)),
      table(
        'english_ordinals',
        range(1, 31, (n) => spellEn('%spellout-ordinal', n)),
      ),
      table('russian_months', Object.values(ru.months.format.wide)),
      table('russian_short_months', Object.values(ru.months.format.abbreviated)),
      table('russian_days', days(ru.days.format.wide)),
      table('russian_short_days', days(ru.days.format.abbreviated)),
      table(
        'russian_ordinals',
        range(1, 31, (n) => spellRu('%spellout-ordinal-neuter', n)),
      ),
      table(
        'russian_genitive_ordinals',
        range(1, 31, (n) => spellRu('%spellout-ordinal-masculine-genitive', n)),
      ),
    ].join('\n'),
);

const scale = (n) =>
  ['one', 'few', 'many'].map((form) => {
    const count = { one: 1, few: 2, many: 5 }[form];
    return spellRu('%spellout-cardinal-masculine', count * n).split(' ')[1];
  });
writeFileSync(
  new URL('number_words.h', import.meta.url),
  head('Words of numbers.') +
    [
      table(
        'english_units',
        range(0, 19, (n) => spellEn('%spellout-cardinal', n)),
      ),
      table(
        'english_tens',
        range(0, 9, (n) => (n < 2 ? '' : spellEn('%spellout-cardinal', 10 * n))),
      ),
      table(
        'russian_units',
        range(0, 19, (n) => spellRu('%spellout-cardinal-masculine', n)),
      ),
      table(
        'russian_feminine',
        range(0, 2, (n) => spellRu('%spellout-cardinal-feminine', n)),
      ),
      table(
        'russian_tens',
        range(0, 9, (n) => (n < 2 ? '' : spellRu('%spellout-cardinal-masculine', 10 * n))),
      ),
      table(
        'russian_hundreds',
        range(0, 9, (n) => (n < 1 ? '' : spellRu('%spellout-cardinal-masculine', 100 * n))),
      ),
      table('russian_thousands', scale(1000)),
      table('russian_millions', scale(1000000)),
    ].join('\n'),
);

const some = [
  ...range(0, 130, (n) => n),
  ...range(1, 130, (n) => (n * 7919) % 100000),
  ...range(1, 130, (n) => (n * 7654321) % 1000000000),
];
const spelled = (spell, set) => Object.fromEntries(some.map((n) => [n, spell(set, n)]));
writeFileSync(
  new URL('../../../../tests/cli/number-words.json', import.meta.url),
  `${JSON.stringify(
    {
      en: spelled(spellEn, '%spellout-cardinal'),
      ru: spelled(spellRu, '%spellout-cardinal-masculine'),
    },
    null,
    0,
  ).replaceAll('","', '",\n"')}\n`,
);
