// From rows of several runs to one figure for each engine, model and metric.
import { median } from './measure.mjs';

const TIMES = { infer: 'latency_ms', train: 'train_step_ms' };

/** The time of a run with the least waiting in it: waiting for other work only ever adds. One thread: also processor time. */
export const quietTime = (rows) =>
  Math.min(
    ...rows.flatMap(({ peer, p10, value, cpu }) => [p10 ?? value, ...(cpu && !/\/\d+t/.test(peer) ? [cpu] : [])]),
  );

export class Figures {
  #rows = new Map();

  constructor(rows) {
    for (const row of rows) {
      const key = `${row.model}|${row.peer}|${row.metric}`;
      this.#rows.set(key, [...(this.#rows.get(key) ?? []), row]);
    }
    this.failed = rows.filter(({ metric }) => metric === 'failed');
  }

  rows(model, peer, metric) {
    return this.#rows.get(`${model}|${peer}|${metric}`) ?? [];
  }

  peers(model, metric) {
    const keys = [...this.#rows.keys()].map((key) => key.split('|'));
    return keys.filter(([m, , k]) => m === model && k === metric).map(([, peer]) => peer);
  }

  /** {ms: the median of the runs' medians, quiet} or null. */
  time(model, task, peer) {
    const rows = this.rows(model, peer, TIMES[task]);
    return rows.length
      ? { ms: median(rows.map(({ value }) => value)), quiet: quietTime(rows), runs: rows.length }
      : null;
  }

  /** The fastest of the peers whose name matches: {peer, ms, quiet} or null. */
  best(model, task, pattern) {
    const found = this.peers(model, TIMES[task])
      .filter((peer) => pattern.test(peer))
      .map((peer) => ({ peer, ...this.time(model, task, peer) }));
    return found.sort((a, b) => a.quiet - b.quiet)[0] ?? null;
  }

  /** The most allocations of a call in any of our runs; null when there is none. */
  mostAllocations() {
    const counts = [...this.#rows.values()].flat().filter(({ metric }) => metric === 'allocations_per_call');
    return counts.length ? Math.max(...counts.map(({ value }) => value)) : null;
  }

  /** Of several runs the least of a value. */
  least(model, peer, metric) {
    const values = this.rows(model, peer, metric).map(({ value }) => value);
    return values.length ? Math.min(...values) : null;
  }
}
