// What is asked of the engine: each bar a ratio of two figures of one comparison. The table of them is here only.
//
// kann has no package, so it does not run; it was measured once beside PyTorch with the same models: a training step of M3
// took it 0.676 of PyTorch's time, of M4 0.422. The bars against the better of the two are those shares of PyTorch's time.
const KANN = { M3: 0.676, M4: 0.422 };

const web = /^(ort-web|tfjs)-/;
const node = /^ort-node-/;
const torch = /^torch-[^/]*(\/traced)?$/;
const native = /^heed\/native-\w+$/;
const relaxed = /^heed\/chromium-relaxed$/;
const int8 = (pattern) => new RegExp(pattern.source.replace(/\$$/, '/int8$'));

const inference = (where, ours, theirs, limits) =>
  Object.entries(limits).map(([model, limit]) => ({
    name: `${model} inference, ${where}`,
    model,
    task: 'infer',
    ours,
    theirs,
    limit,
  }));

export const BARS = [
  ...inference('Chromium f32', relaxed, web, { M1: 0.9, M2: 0.9, M3: 0.6, M4: 0.35 }),
  ...inference('Chromium int8', int8(relaxed), web, { M1: 0.35, M2: 0.35 }),
  ...inference('native f32', native, node, { M1: 1, M2: 1, M3: 0.8, M4: 0.6 }),
  ...inference('native int8', int8(native), node, { M1: 0.4, M2: 0.4 }),
  { name: 'M3 training, native', model: 'M3', task: 'train', ours: native, theirs: torch, limit: 0.65 * KANN.M3 },
  { name: 'M4 training, native', model: 'M4', task: 'train', ours: native, theirs: torch, limit: 0.95 * KANN.M4 },
  { name: 'M5 training, native', model: 'M5', task: 'train', ours: native, theirs: torch, limit: 0.8 },
  ...['M3', 'M4', 'M5'].map((model) => ({
    name: `${model} training, two threads of one`,
    model,
    task: 'train',
    ours: /^heed\/native-\w+\/2t$/,
    theirs: native,
    limit: 0.55,
  })),
  ...Object.entries({ M3: 1, M4: 1, M5: 1.9 }).map(([model, limit]) => ({
    name: `${model} training, Chromium against native PyTorch`,
    model,
    task: 'train',
    ours: relaxed,
    theirs: torch,
    limit,
  })),
];

/** Limits that are not ratios of times: of our module in Chromium. */
const LIMITS = [
  {
    name: 'M1: start to first result, Chromium (ms)',
    limit: 150,
    value: (figures) => figures.least('M1', 'heed/chromium-relaxed', 'init_ms'),
  },
  {
    name: 'M2: module memory of its weights, Chromium',
    limit: 1.4,
    value: (figures) => ratio(figures.least('M2', 'heed/chromium-relaxed', 'wasm_heap_mb'), M2_MEGABYTES),
  },
  { name: 'allocations in a call after warming up', limit: 0, value: (figures) => figures.mostAllocations() },
];
const M2_MEGABYTES = 30_310_400 / 2 ** 20; // of its 7,577,600 parameters

const ratio = (ours, theirs) => (ours === null || theirs === null ? null : ours / theirs);

/** [{name, limit, value, met, against}]; value null: not measured. */
export function judge(figures) {
  const times = BARS.map(({ name, model, task, ours, theirs, limit }) => {
    const [mine, other] = [figures.best(model, task, ours), figures.best(model, task, theirs)];
    const value = mine && other ? mine.quiet / other.quiet : null;
    return { name, limit, value, met: value !== null && value <= limit, against: other?.peer ?? '' };
  });
  const others = LIMITS.map(({ name, limit, value: valueOf }) => {
    const value = valueOf(figures);
    return { name, limit, value, met: value !== null && value <= limit, against: '' };
  });
  return [...times, ...others];
}

export function table(judged) {
  const text = (value) => (value === null ? 'not measured' : value.toPrecision(3));
  return judged
    .map(
      ({ name, limit, value, met, against }) =>
        `${met ? 'met   ' : value === null ? '-     ' : 'MISSED'} ${name.padEnd(48)} ${text(value).padStart(12)}  at most ${limit
          .toPrecision(2)
          .padEnd(6)} ${against}`,
    )
    .join('\n');
}
