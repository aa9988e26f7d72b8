/** A pronunciation for the charts: letters, sounds, rows of a heatmap. Pure, no DOM. */
import type { Hypothesis, Result } from '../lib/engine';
import type { Strings } from '../lib/i18n';
import { END, phonemes } from '../lib/notation';
import type { Heat } from './heatmap';
import type { Sound } from './phoneme-strip';

/** The letters that the model read, as the reader wrote them. */
export const lettersOf = (result: Result): string[] =>
  result.source.map(({ start, length }) => result.input.slice(start, start + length));

export const ipaOf = (token: string): string => phonemes[token]?.ipa ?? '';

export function nameOf(token: string, strings: Strings): string {
  return token === END ? strings.figures.pronounce.end : token;
}

/** `/ʌ/ as in hut`, for a phoneme that has an example. */
export function soundOf(token: string, strings: Strings): string {
  const { sound, endSound } = strings.figures.pronounce;
  if (token === END) return endSound;
  const known = phonemes[token];
  return known ? sound(known.ipa, known.example.replace(/[[\]]/g, '')) : '';
}

/** A row's key is all that was said up to it: what a longer word does not change stays where it is. */
export function heatOf(result: Result, hypothesis: Hypothesis, strings: Strings): Heat {
  const said: string[] = [];
  return {
    columns: lettersOf(result),
    rows: hypothesis.steps.map(({ token, attention }) => {
      said.push(token);
      const quiet = token === END;
      return {
        key: said.join(' '),
        label: nameOf(token, strings),
        note: ipaOf(token),
        quiet,
        weights: attention ?? [],
      };
    }),
  };
}

export interface SoundOptions {
  probabilities?: boolean;
  marked?: ReadonlySet<number>;
}

export const soundsOf = (
  hypothesis: Hypothesis,
  strings: Strings,
  { probabilities = false, marked }: SoundOptions = {},
): Sound[] =>
  hypothesis.steps
    .filter(({ token }) => token !== END)
    .map(({ token, log_probability }, index) => ({
      token,
      ipa: ipaOf(token) || token,
      spoken: soundOf(token, strings),
      probability: probabilities ? Math.exp(log_probability) : null,
      marked: marked?.has(index) ?? false,
    }));

/** The probability that the model gives to this output as a whole: its steps' probabilities multiplied. */
export const probabilityOf = (hypothesis: Hypothesis): number =>
  Math.exp(hypothesis.steps.reduce((sum, step) => sum + step.log_probability, 0));
