/** From the engine's result to what the figure says and tabulates. Pure, no DOM. */
import { lettersOf, nameOf } from '../../charts/speech';
import type { Hypothesis, Result, Step } from '../../lib/engine';
import type { Table } from '../../lib/figure';
import type { Strings } from '../../lib/i18n';
import { END, type Numbers } from '../../lib/notation';

export interface Look {
  step: number;
  letter: number;
  weight: number;
}

/** The largest weight of all phonemes, the end left out. */
export function sharpest(steps: Step[]): Look | null {
  let best: Look | null = null;
  for (const [step, { token, attention }] of steps.entries()) {
    if (token === END) continue;
    for (const [letter, weight] of (attention ?? []).entries()) {
      if (!best || weight > best.weight) best = { step, letter, weight };
    }
  }
  return best;
}

export function sentence(result: Result, hypothesis: Hypothesis, strings: Strings, numbers: Numbers): string {
  const { summary, strongest, nothing } = strings.figures.pronounce;
  const letters = lettersOf(result);
  const look = sharpest(hypothesis.steps);
  if (!look || hypothesis.tokens.length === 0) return nothing;
  return summary(
    letters.join(''),
    hypothesis.tokens.join(' '),
    strongest(hypothesis.steps[look.step]!.token, letters[look.letter]!, numbers.weight(look.weight)),
  );
}

/** One row a step: phoneme, its probability, a weight for each letter. */
export function tableOf(result: Result, hypothesis: Hypothesis, strings: Strings): Table {
  const { title, step, phoneme, probability } = strings.figures.pronounce;
  return {
    caption: `${title}: ${lettersOf(result).join('')}`,
    columns: [step, phoneme, probability, ...lettersOf(result)],
    rows: hypothesis.steps.map(({ token, log_probability, attention }, index) => [
      index + 1,
      nameOf(token, strings),
      Math.exp(log_probability),
      ...(attention ?? []),
    ]),
  };
}
