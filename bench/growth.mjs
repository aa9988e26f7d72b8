// How time grows with length and batch, natively: rows {peer, model, metric, x, value}. Decoding with a cache: ms of the
// token that comes after x others; training: ms of a step against batch and length.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fullConfig, writeModel } from './data.mjs';

const lengths = [8, 16, 32, 64, 128, 256, 512];
/** The large vocabulary is the same work at every length: without it the growth is seen. */
const translation = (changes) => ({ ...fullConfig('M2'), vocab: 512, maxPos: 512, ...changes });
const classification = (changes) => ({ ...fullConfig('M3'), vocab: 512, ...changes });

/** Points [tokens, ms of all] to [token, ms of it]: what is between two lengths, without the encoder. */
const perToken = (points) =>
  points.slice(1).map(([n, ms], i) => {
    const [before, msBefore] = points[i];
    return [(before + n) / 2, (ms - msBefore) / (n - before)];
  });

const SERIES = [
  {
    metric: 'growth_decode_ms_per_token',
    model: 'M2',
    file: 'M2',
    task: 'infer',
    values: lengths,
    figures: perToken,
    config: (steps) => translation({ steps, batch: 1 }),
  },
  {
    metric: 'growth_step_ms_by_batch',
    model: 'M5',
    file: 'M2',
    task: 'train',
    values: [4, 8, 16, 32, 64],
    config: (batch) => translation({ batch }),
  },
  {
    metric: 'growth_step_ms_by_length',
    model: 'M5',
    file: 'M2',
    task: 'train',
    values: [8, 16, 32, 64, 128],
    config: (n) => translation({ batch: 8, trainSrcLen: n, trainTgtLen: n }),
  },
  {
    metric: 'growth_step_ms_by_batch',
    model: 'M3',
    file: 'M3',
    task: 'train',
    values: [8, 16, 32, 64, 128],
    config: (batch) => classification({ batch }),
  },
  {
    metric: 'growth_step_ms_by_length',
    model: 'M3',
    file: 'M3',
    task: 'train',
    values: [25, 50, 100, 200, 400],
    config: (len) => classification({ len }),
  },
];

/** `heed`: the program; `folder`: for the models, which are removed again. */
export function growth(heed, folder, seconds) {
  const rows = [];
  for (const { metric, model, file, task, values, config, figures = (points) => points } of SERIES) {
    const points = [];
    let peer;
    for (const x of values) {
      writeModel(folder, file, config(x));
      const args = [
        'bench',
        '--model',
        model,
        '--task',
        task,
        '--data',
        folder,
        '--seconds',
        seconds,
        '--unchecked',
        '--json',
      ];
      const { status, stdout, stderr } = spawnSync(heed, args.map(String), { encoding: 'utf8' });
      if (status !== 0) throw new Error(`${model}, ${x}: ${stderr}`);
      const timed = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .find(({ p10 }) => p10 !== undefined);
      peer = timed.peer;
      points.push([x, Math.min(timed.p10, timed.cpu)]);
      rmSync(join(folder, `${file}.bin`));
    }
    for (const [x, ms] of figures(points)) rows.push({ peer, model, metric, x, value: Number(ms.toPrecision(5)) });
  }
  return rows;
}

/** Least squares y = a + b x, and how much of the variation that explains. */
export function line(points) {
  const mean = (values) => values.reduce((a, b) => a + b) / values.length;
  const [mx, my] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const sum = (f) => points.reduce((total, [x, y]) => total + f(x - mx, y - my), 0);
  const b = sum((x, y) => x * y) / sum((x) => x * x);
  const residual = sum((x, y) => (y - b * x) ** 2);
  return { a: my - b * mx, b, r2: 1 - residual / sum((_, y) => y * y) };
}
