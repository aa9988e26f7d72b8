/** What becomes of a reader's word before a model sees it, and how to say so. Pure, no DOM. */

/** The figures draw words of this many letters; what follows is left out, and the reader is told. */
export const LONGEST_WORD = 32;

export interface Prepared {
  text: string;
  /** Letters that were replaced by their plain form: `é` by `e`. Each pair once. */
  folded: { from: string; to: string }[];
  /** Characters that were cut off at the end. */
  cut: number;
}

const LETTERS: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  '’': "'",
  ʼ: "'",
  '‘': "'",
};

function plain(letter: string): string {
  const known = LETTERS[letter.toLowerCase()];
  if (known !== undefined) return known;
  const base = letter.normalize('NFD').replace(/\p{M}+/gu, '');
  return /^\p{Script=Latin}+$/u.test(base) ? base : letter; // й is a letter of its own, é is an e with a mark
}

/** The word without Latin diacritics and no longer than the figures draw. */
export function prepare(input: string): Prepared {
  const folded = new Map<string, string>();
  const letters: string[] = [];
  const all = Array.from(input.slice(0, 4 * LONGEST_WORD).normalize('NFC'));
  for (const letter of all) {
    const replacement = plain(letter);
    if (replacement !== letter) folded.set(letter, replacement);
    letters.push(...replacement);
  }
  const kept = letters.slice(0, LONGEST_WORD);
  const rest = Array.from(input.slice(4 * LONGEST_WORD)).length;
  return {
    text: kept.join(''),
    folded: Array.from(folded, ([from, to]) => ({ from, to })),
    cut: letters.length - kept.length + rest,
  };
}
