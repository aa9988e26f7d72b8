/** Shares of right answers by length, with their intervals. Pure, no DOM. */
import type { Table } from '../../lib/figure';
import type { Strings } from '../../lib/i18n';
import type { Numbers } from '../../lib/notation';
import type { LengthCount } from '../../lib/records';

const Z = 1.959964; // 95 % of a normal distribution lie within so many standard deviations

export interface Share {
  length: number;
  inputs: number;
  share: number;
  low: number;
  high: number;
}

/** Wilson's interval for a share of `n` (Wilson 1927): stays within 0..1 and holds for few cases. */
export function wilson(right: number, n: number): { low: number; high: number } {
  const share = right / n,
    z2 = Z * Z;
  const middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

export const sharesOf = (counts: LengthCount[]): Share[] =>
  counts.map(({ length, inputs, wrong }) => ({
    length,
    inputs,
    share: (inputs - wrong) / inputs,
    ...wilson(inputs - wrong, inputs),
  }));

/** Shares of so few words say nothing: they are tabulated, not drawn. */
export const FEWEST_DRAWN = 10;
export const drawn = (shares: Share[]): Share[] => shares.filter(({ inputs }) => inputs >= FEWEST_DRAWN);

export const shareAt = (shares: Share[], length: number): Share | undefined =>
  shares.find((one) => one.length === length);

export interface Network {
  name: string;
  label: string;
  shares: Share[];
}

export function tableOf(networks: Network[], strings: Strings, numbers: Numbers): Table {
  const { title, lengthColumn, inputs, right, interval } = strings.figures['length-accuracy'];
  const lengths = [...new Set(networks.flatMap(({ shares }) => shares.map(({ length }) => length)))].sort(
    (a, b) => a - b,
  );
  const cells = (share: Share | undefined) =>
    share
      ? [numbers.percent(share.share, 1), `${numbers.percent(share.low, 1)} – ${numbers.percent(share.high, 1)}`]
      : ['', ''];
  return {
    caption: title,
    columns: [
      lengthColumn,
      inputs,
      ...networks.flatMap(({ label }) => [`${right}, ${label}`, `${interval}, ${label}`]),
    ],
    rows: lengths.map((length) => {
      const found = networks.map(({ shares }) => shareAt(shares, length));
      return [length, found.find(Boolean)?.inputs ?? 0, ...found.flatMap(cells)];
    }),
  };
}
