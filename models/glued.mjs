// A test of length: words glued together. A string like DRAGONBUTTERWINDOW is in no dictionary; its pronunciation is, nearly
// enough, that of its words in a row. Chapter 12 shows what becomes of it with and without attention.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const STRINGS = 300; // of each number of words
const MOST = 4; // words
const LETTERS = /^[A-Z]{4,9}$/;

/** `count` strings of `words` test words each, with the first right answer of every word. The same ones every time. */
export function glue(references, words, count) {
  const entries = references
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([word]) => LETTERS.test(word));
  let state = 1 + words;
  const pick = () => entries[(state = (state * 48271) % 0x7fffffff) % entries.length];
  return Array.from({ length: count }, () => {
    const parts = Array.from({ length: words }, pick);
    return { source: parts.map(([word]) => word).join(''), target: parts.map(([, answer]) => answer).join(' ') };
  });
}

/** Error rates on glued test words by number of words: {"1": {inputs, letters, wer, per}, ...}. `evaluate` takes a TSV file. */
export function gluedRates(references, evaluate) {
  const folder = mkdtempSync(join(tmpdir(), 'heed-glued-'));
  const file = join(folder, 'glued.tsv');
  const text = readFileSync(references, 'utf8');
  try {
    return Object.fromEntries(
      Array.from({ length: MOST }, (_, i) => {
        const strings = glue(text, i + 1, STRINGS);
        writeFileSync(file, strings.map(({ source, target }) => `${source}\t${target}\n`).join(''));
        const { inputs, wer, per } = evaluate(file);
        const letters = strings.reduce((sum, { source }) => sum + source.length, 0) / strings.length;
        return [i + 1, { inputs, letters, wer, per }];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
