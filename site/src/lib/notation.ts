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

/** Instruction sets, where they are compared. */
export const isaColour = { scalar: 'var(--fixed)', simd128: 'var(--key)', relaxed: 'var(--attention)' } as const;

/** The book's font, which styles/tokens.css brings. */
export const FONT = 'Onest Variable';

/** The colour that a custom property has now, for canvases. */
export const resolved = (property: string): string =>
  getComputedStyle(document.documentElement)
    .getPropertyValue(property.replace(/^var\((.*)\)$/, '$1'))
    .trim();

export class Numbers {
  readonly #locale: string;

  constructor(locale: string) {
    this.#locale = locale;
  }

  #format(value: number, digits: number, options: Intl.NumberFormatOptions = {}): string {
    return new Intl.NumberFormat(this.#locale, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      ...options,
    }).format(value);
  }

  decimal(value: number, digits: number): string {
    return this.#format(value, digits);
  }
  weight(value: number): string {
    return this.#format(value, 2);
  }
  percent(share: number, digits = 0): string {
    return this.#format(share, digits, { style: 'percent' });
  }
  /** A probability: small ones keep a digit that is not zero. */
  probability(share: number): string {
    return share > 0 && share < 0.01 ? `< ${this.percent(0.01)}` : this.percent(share);
  }
  loss(value: number): string {
    return this.#format(value, 3);
  }
  count(value: number): string {
    return this.#format(value, 0);
  }
  kilobytes(bytes: number): string {
    return this.#format(bytes / 1e3, bytes < 1e5 ? 1 : 0);
  }
  megabytes(bytes: number): string {
    return this.#format(bytes / 1e6, 1);
  }
  milliseconds(value: number): string {
    return this.#format(value, value < 10 ? 1 : 0);
  }
}

/** The phonemes of CMUdict (ARPAbet) in the International Phonetic Alphabet, with a word that holds the sound. The part
 * between brackets is what sounds so. Source: the CMU Pronouncing Dictionary's own table of examples. */
const SOUNDS = `AA ɑ [o]dd, AE æ [a]t, AH ʌ h[u]t, AO ɔ [ough]t, AW aʊ c[ow], AY aɪ h[i]de, B b [b]e, CH tʃ [ch]eese, D d [d]ee,
  DH ð [th]ee, EH ɛ [E]d, ER ɝ h[ur]t, EY eɪ [a]te, F f [f]ee, G ɡ [g]reen, HH h [h]e, IH ɪ [i]t, IY i [ea]t,
  JH dʒ [g]ee, K k [k]ey, L l [l]ee, M m [m]e, N n k[n]ee, NG ŋ pi[ng], OW oʊ [oa]t, OY ɔɪ t[oy], P p [p]ee,
  R ɹ [r]ead, S s [s]ea, SH ʃ [sh]e, T t [t]ea, TH θ [th]eta, UH ʊ h[oo]d, UW u t[wo], V v [v]ee, W w [w]e,
  Y j [y]ield, Z z [z]ee, ZH ʒ sei[z]ure`;
export const phonemes: Record<string, { ipa: string; example: string }> = Object.fromEntries(
  SOUNDS.split(/,\s+/)
    .map((sound) => sound.split(' '))
    .map(([name, ipa, example]) => [name, { ipa, example }]),
);

export const END = '<eos>';
