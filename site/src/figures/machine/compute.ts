/** What to measure, and what the measurements say. Pure, no DOM. */
import type { KernelRate } from '../../lib/engine';
import type { Table } from '../../lib/figure';
import type { Strings } from '../../lib/i18n';
import type { Numbers } from '../../lib/notation';

/** Instruction sets, slowest first, with the module that has each. */
export const SETS = [
  { isa: 'scalar', module: 'simd128' },
  { isa: 'simd128', module: 'simd128' },
  { isa: 'relaxed', module: 'relaxed' },
] as const;
export type Isa = (typeof SETS)[number]['isa'];

/** Sides of the square matrices that are multiplied. */
export const SIDES = [32, 64, 128, 256, 512];
export interface Task {
  kernel: string;
  shape: string;
}
const cube = (side: number): Task => ({ kernel: 'gemm', shape: `${side}x${side}x${side}` });
/** What is shown below the chart, in its order. */
export const SINGLES: Task[] = [
  { kernel: 'gemm_packed', shape: '1x512x512' },
  { kernel: 'gemm_packed', shape: '1x2048x1024' },
  { kernel: 'gemm_int8', shape: '1x512x512' },
  { kernel: 'gemm_int8', shape: '1x2048x1024' },
  { kernel: 'exp', shape: '4096' },
  { kernel: 'tanh', shape: '4096' },
];
export const TASKS: Task[] = [...SIDES.map(cube), ...SINGLES];

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b),
    middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** All that was measured, round by round. */
export class Measurements {
  readonly #rows = new Map<string, KernelRate[]>();

  add(rows: KernelRate[]): void {
    for (const row of rows) {
      const key = `${row.isa} ${row.kernel} ${row.shape}`;
      this.#rows.set(key, [...(this.#rows.get(key) ?? []), row]);
    }
  }

  get empty(): boolean {
    return this.#rows.size === 0;
  }

  /** The median over the rounds so far, or null. */
  of(isa: Isa, kernel: string, shape: string): KernelRate | null {
    const rounds = this.#rows.get(`${isa} ${kernel} ${shape}`);
    if (!rounds) return null;
    const over = (value: (row: KernelRate) => number) => median(rounds.map(value));
    return {
      ...rounds[0]!,
      rate: over(({ rate }) => rate),
      percent: over(({ percent }) => percent),
      ratio: over(({ ratio }) => ratio),
      best: Math.max(...rounds.map(({ best }) => best)),
    };
  }

  peak(isa: Isa): KernelRate | null {
    return this.of(isa, 'peak', '');
  }

  all(): KernelRate[] {
    return [{ kernel: 'peak', shape: '' }, ...TASKS].flatMap(({ kernel, shape }) =>
      SETS.flatMap(({ isa }) => this.of(isa, kernel, shape) ?? []),
    );
  }
}

/** The median of a product as a share of the median of all that was measured of the same set's peak. */
export function shareOfPeak(measured: Measurements, row: KernelRate): number | null {
  const peak = measured.peak(row.isa as Isa);
  return peak && row.unit === peak.unit ? row.rate / peak.rate : null;
}

/** How many times as fast as one lane. */
export function timesScalar(measured: Measurements, row: KernelRate): number | null {
  const scalar = measured.of('scalar', row.kernel, row.shape);
  return scalar && row.isa !== 'scalar' ? row.rate / scalar.rate : null;
}

/** A curve by side: the rate, or the share of the set's register peak. */
export const curve = (measured: Measurements, isa: Isa, view: 'rate' | 'percent') =>
  SIDES.flatMap((side) => {
    const row = measured.of(isa, 'gemm', cube(side).shape);
    return row ? [{ x: side, y: view === 'rate' ? row.rate : (shareOfPeak(measured, row) ?? 0) }] : [];
  });

/** The fastest set that was measured at the largest product so far. */
export function headline(measured: Measurements): KernelRate | null {
  for (const side of [...SIDES].reverse()) {
    for (const { isa } of [...SETS].reverse()) {
      const row = measured.of(isa, 'gemm', cube(side).shape);
      if (row) return row;
    }
  }
  return null;
}

export function sentence(measured: Measurements, strings: Strings, numbers: Numbers): string {
  const words = strings.figures.machine;
  const row = headline(measured);
  if (!row) return words.nothing;
  const times = timesScalar(measured, row);
  return words.summary(
    words.sets[row.isa] ?? row.isa,
    numbers.count(Number(row.shape.split('x')[0])),
    numbers.decimal(row.rate, 1),
    numbers.percent(shareOfPeak(measured, row) ?? 0),
    times === null ? '' : numbers.decimal(times, 1),
  );
}

export function tableOf(measured: Measurements, strings: Strings, numbers: Numbers): Table {
  const words = strings.figures.machine;
  return {
    caption: words.title,
    columns: [
      words.kernel,
      words.shape,
      words.set,
      words.rate,
      words.best,
      words.unit,
      words.ofPeak,
      words.timesScalar,
    ],
    rows: measured.all().map((row) => {
      const times = timesScalar(measured, row),
        share = shareOfPeak(measured, row);
      return [
        words.kernels[row.kernel] ?? row.kernel,
        row.shape.replaceAll('x', ' × '),
        words.sets[row.isa] ?? row.isa,
        numbers.decimal(row.rate, 2),
        numbers.decimal(row.best, 2),
        words.units[row.unit] ?? row.unit,
        share === null ? '' : numbers.percent(share),
        times === null ? '' : numbers.decimal(times, 1),
      ];
    }),
  };
}
