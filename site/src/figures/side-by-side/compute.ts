/** Two pronunciations of one word: where they part, and both as a table. Pure, no DOM. */
import { lettersOf, nameOf } from '../../charts/speech';
import type { Result } from '../../lib/engine';
import type { Table } from '../../lib/figure';
import type { Strings } from '../../lib/i18n';

export interface Difference {
  left: Set<number>;
  right: Set<number>;
  edits: number;
}

/** The fewest edits from one sequence to the other (Levenshtein 1966), and which items they touch. */
export function difference(left: string[], right: string[]): Difference {
  const cost = Array.from({ length: left.length + 1 }, (_, i) =>
    Array.from({ length: right.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  const at = (i: number, j: number) => cost[i]![j]!;
  for (let i = 1; i <= left.length; i++) {
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1] ? 0 : 1;
      cost[i]![j] = Math.min(at(i - 1, j - 1) + same, at(i - 1, j) + 1, at(i, j - 1) + 1);
    }
  }
  const result: Difference = { left: new Set(), right: new Set(), edits: at(left.length, right.length) };
  let i = left.length,
    j = right.length;
  while (i > 0 || j > 0) {
    const same = i > 0 && j > 0 && left[i - 1] === right[j - 1] ? 0 : 1;
    if (i > 0 && j > 0 && at(i, j) === at(i - 1, j - 1) + same) {
      (i--, j--);
      if (same) (result.left.add(i), result.right.add(j));
    } else if (i > 0 && at(i, j) === at(i - 1, j) + 1) result.left.add(--i);
    else result.right.add(--j);
  }
  return result;
}

export interface Answer {
  name: string;
  label: string;
  result: Result;
}

export function tableOf(answers: Answer[], strings: Strings): Table {
  const { title, model, step, phoneme, chosen } = strings.figures['side-by-side'];
  return {
    caption: `${title}: ${answers[0] ? lettersOf(answers[0].result).join('') : ''}`,
    columns: [model, step, phoneme, chosen],
    rows: answers.flatMap(({ label, result }) =>
      (result.hypotheses[0]?.steps ?? []).map(({ token, log_probability }, index) => [
        label,
        index + 1,
        nameOf(token, strings),
        Math.exp(log_probability),
      ]),
    ),
  };
}
