/** One colour per quantity and one form per kind of number, in every figure. Colours are the custom properties of
 * styles/tokens.css, so that both themes and print follow. */

export const colour = {
  key: 'var(--key)', // encoder side: what is attended to
  query: 'var(--query)', // decoder side: what attends
  attention: 'var(--attention)',
  probability: 'var(--probability)',
  withAttention: 'var(--attention)',
  withoutAttention: 'var(--fixed)',
} as const;

/** The colour that a custom property has now, for canvases. */
export const resolved = (property: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(property.replace(/^var\((.*)\)$/, '$1')).trim();

export class Numbers {
  readonly #locale: string;

  constructor(locale: string) {
    this.#locale = locale;
  }

  #format(value: number, digits: number, options: Intl.NumberFormatOptions = {}): string {
    return new Intl.NumberFormat(this.#locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, ...options }).format(value);
  }

  decimal(value: number, digits: number): string { return this.#format(value, digits); }
  weight(value: number): string { return this.#format(value, 2); }
  percent(share: number, digits = 0): string { return this.#format(share, digits, { style: 'percent' }); }
  /** A probability: small ones keep a digit that is not zero. */
  probability(share: number): string { return share > 0 && share < 0.01 ? `< ${this.percent(0.01)}` : this.percent(share); }
  loss(value: number): string { return this.#format(value, 3); }
  count(value: number): string { return this.#format(value, 0); }
  megabytes(bytes: number): string { return this.#format(bytes / 1e6, 1); }
  milliseconds(value: number): string { return this.#format(value, value < 10 ? 1 : 0); }
}

/** The phonemes of CMUdict (ARPAbet) in the International Phonetic Alphabet, with a word that holds the sound. The part
 * between brackets is what sounds so. Source: the CMU Pronouncing Dictionary's own table of examples. */
export const phonemes: Record<string, { ipa: string; example: string }> = {
  AA: { ipa: 'ɑ', example: '[o]dd' }, AE: { ipa: 'æ', example: '[a]t' }, AH: { ipa: 'ʌ', example: 'h[u]t' },
  AO: { ipa: 'ɔ', example: '[ough]t' }, AW: { ipa: 'aʊ', example: 'c[ow]' }, AY: { ipa: 'aɪ', example: 'h[i]de' },
  B: { ipa: 'b', example: '[b]e' }, CH: { ipa: 'tʃ', example: '[ch]eese' }, D: { ipa: 'd', example: '[d]ee' },
  DH: { ipa: 'ð', example: '[th]ee' }, EH: { ipa: 'ɛ', example: '[E]d' }, ER: { ipa: 'ɝ', example: 'h[ur]t' },
  EY: { ipa: 'eɪ', example: '[a]te' }, F: { ipa: 'f', example: '[f]ee' }, G: { ipa: 'ɡ', example: '[g]reen' },
  HH: { ipa: 'h', example: '[h]e' }, IH: { ipa: 'ɪ', example: '[i]t' }, IY: { ipa: 'i', example: '[ea]t' },
  JH: { ipa: 'dʒ', example: '[g]ee' }, K: { ipa: 'k', example: '[k]ey' }, L: { ipa: 'l', example: '[l]ee' },
  M: { ipa: 'm', example: '[m]e' }, N: { ipa: 'n', example: 'k[n]ee' }, NG: { ipa: 'ŋ', example: 'pi[ng]' },
  OW: { ipa: 'oʊ', example: '[oa]t' }, OY: { ipa: 'ɔɪ', example: 't[oy]' }, P: { ipa: 'p', example: '[p]ee' },
  R: { ipa: 'ɹ', example: '[r]ead' }, S: { ipa: 's', example: '[s]ea' }, SH: { ipa: 'ʃ', example: '[sh]e' },
  T: { ipa: 't', example: '[t]ea' }, TH: { ipa: 'θ', example: '[th]eta' }, UH: { ipa: 'ʊ', example: 'h[oo]d' },
  UW: { ipa: 'u', example: 't[wo]' }, V: { ipa: 'v', example: '[v]ee' }, W: { ipa: 'w', example: '[w]e' },
  Y: { ipa: 'j', example: '[y]ield' }, Z: { ipa: 'z', example: '[z]ee' }, ZH: { ipa: 'ʒ', example: 'sei[z]ure' },
};

export const END = '<eos>';
