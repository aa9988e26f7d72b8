// Timing and the rows that it makes, in Node and in a page alike.

/** The file that a model's tensors are in: M5 trains M2. */
export const fileOf = (model) => (model === 'M5' ? 'M2' : model);

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export const largestDifference = (found, expected) =>
  expected.reduce((most, x, i) => Math.max(most, Math.abs(found[i] - x)), 0);

const round = (value) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value);
const processorMs = () => {
  const { user, system } = globalThis.process?.cpuUsage?.() ?? { user: NaN, system: NaN };
  return (user + system) / 1000;
};

/** What is timed lasts so long at least: a clock ticks every 5 microseconds in some pages, every 100 in others. */
const SHORTEST_MS = 0.3;

/**
 * Calls until `seconds` have passed: the median of a call in ms, and beside it what disturbs a median less. Calls that are
 * short are timed several at a time.
 */
export async function measure(call, { seconds, warm = 10, least = 5, most = 5000 }) {
  let began = performance.now();
  const atMost = 1000 * Math.min(1, seconds);
  for (let i = 0; i < warm && (i < 2 || performance.now() - began < atMost); i++) await call();
  const times = [];
  const processor = processorMs();
  let [calls, together] = [0, 1];
  began = performance.now();
  for (let now = began; times.length < most && (times.length < least || now - began < 1000 * seconds);) {
    const before = now;
    for (let i = 0; i < together; i++) await call();
    now = performance.now();
    calls += together;
    if (now - before < SHORTEST_MS) together *= 2;
    else times.push((now - before) / together);
  }
  const cpu = (processorMs() - processor) / calls;
  const sorted = [...times].sort((a, b) => a - b);
  const figures = { n: times.length, p10: round(sorted[Math.floor(times.length / 10)]), min: round(sorted[0]) };
  return { ms: median(times), figures: Number.isNaN(cpu) ? figures : { ...figures, cpu: round(cpu) } };
}

/** Rows {peer, model, metric, value} of one run. */
export class Rows {
  constructor(peer, model) {
    this.peer = peer;
    this.model = model;
    this.list = [];
  }

  add(metric, value, more) {
    this.list.push({ peer: this.peer, model: this.model, metric, value: round(value), ...more });
  }

  inference({ ms, figures }, tokens) {
    this.add('latency_ms', ms, figures);
    if (tokens) this.add('tokens_per_s', (1000 * tokens) / ms);
  }

  training({ ms, figures }, examples, targetTokens) {
    this.add('train_step_ms', ms, figures);
    this.add('train_examples_per_s', (1000 * examples) / ms);
    if (targetTokens) this.add('train_target_tokens_per_s', (1000 * targetTokens) / ms);
  }
}
