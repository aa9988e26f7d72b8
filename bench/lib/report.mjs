// Tables for the terminal, and a page with charts that needs nothing but itself.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { line } from '../growth.mjs';

const TITLES = {
  M1: 'M1, LSTM with attention, 10 symbols',
  M2: 'M2, Transformer, 16 tokens',
  M3: 'M3, LSTM classifier, 100 tokens',
  M4: 'M4, RNN classifier, 100 tokens',
  M5: 'M5, Transformer, 32 x (16 + 16) tokens',
};
const TASKS = [
  { task: 'infer', metric: 'latency_ms', rate: 'tokens_per_s', what: 'inference' },
  { task: 'train', metric: 'train_step_ms', rate: 'train_examples_per_s', what: 'training step' },
];
const short = (value) => (value === null || value === undefined ? '' : Number(value.toPrecision(3)).toString());

/** [{title, task, entries: [{peer, ms, quiet, rate, error, init, memory}]}], the fastest first. */
function measured(figures) {
  return TASKS.flatMap(({ task, metric, rate, what }) =>
    Object.entries(TITLES).flatMap(([model, title]) => {
      const prefix = task === 'train' ? 'train_' : '';
      const entries = figures.peers(model, metric).map((peer) => {
        const time = figures.time(model, task, peer);
        const [perSecond] = figures.rows(model, peer, rate);
        const [at] = figures.rows(model, peer, metric);
        return {
          peer,
          ...time,
          rate: perSecond && (perSecond.value * at.value) / time.quiet, // work of a call / quiet time
          error: figures.least(model, peer, task === 'train' ? 'train_loss_err' : 'max_abs_err'),
          init: figures.least(model, peer, `${prefix}init_ms`) ?? figures.least(model, peer, 'init_ms'),
          memory: figures.least(model, peer, `${prefix}peak_rss_mb`),
        };
      });
      entries.sort((a, b) => a.quiet - b.quiet);
      return entries.length ? [{ title: `${title}: ${what}`, task, entries }] : [];
    }),
  );
}

const HEADS = ['engine', 'ms', 'quiet ms', 'times the best', 'per second', 'difference', 'start ms', 'MB'];
const cells = ({ peer, ms, quiet, rate, error, init, memory }, best) => [
  peer,
  short(ms),
  short(quiet),
  (quiet / best).toFixed(2),
  short(rate),
  error?.toExponential(0) ?? '',
  short(init),
  short(memory),
];

const columns = (rows) => {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows
    .map((row) => row.map((text, i) => (i ? text.padStart(widths[i]) : text.padEnd(widths[i]))).join('  '))
    .join('\n');
};

export const modelTables = (figures) =>
  measured(figures)
    .map(
      ({ title, entries }) =>
        `${title}\n${columns([HEADS, ...entries.map((entry) => cells(entry, entries[0].quiet))])}\n`,
    )
    .join('\n');

const kernelsOf = (rows) => rows.filter(({ metric }) => metric === 'kernel');

export function kernelTable(rows) {
  const list = kernelsOf(rows).map(({ peer, kernel, shape, rate, best, unit, percent }) => [
    peer,
    kernel,
    shape,
    short(rate),
    short(best),
    unit,
    percent > 0 ? `${percent.toFixed(0)} %` : '',
  ]);
  return list.length ? columns([['engine', 'kernel', 'shape', 'median', 'best', 'unit', 'of peak'], ...list]) : '';
}

const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const htmlTable = ([
  heads,
  ...rows
]) => `<table><thead><tr>${heads.map((x) => `<th>${escape(x)}</th>`).join('')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${row.map((x) => `<td>${escape(x)}</td>`).join('')}</tr>`).join('\n')}</tbody></table>`;

const ours = (peer) => peer.startsWith('heed/');
const colour = (peer) => (ours(peer) ? '#b4532a' : '#7d8a97');

function modelCharts(figures) {
  return measured(figures).map(({ title, entries }) => ({
    title,
    table: htmlTable([HEADS, ...entries.map((entry) => cells(entry, entries[0].quiet))]),
    height: 60 + 24 * entries.length,
    chart: {
      type: 'bar',
      data: {
        labels: entries.map(({ peer }) => peer),
        datasets: [
          {
            label: 'ms',
            data: entries.map(({ quiet }) => quiet),
            backgroundColor: entries.map(({ peer }) => colour(peer)),
          },
        ],
      },
      options: {
        indexAxis: 'y',
        plugins: { legend: { display: false } },
        scales: { x: { title: { display: true, text: 'ms, quiet' } } },
      },
    },
  }));
}

function kernelCharts(rows) {
  const products = kernelsOf(rows).filter(({ percent, kernel }) => percent > 0 && kernel !== 'peak');
  const labels = [...new Set(products.map(({ kernel, shape }) => `${kernel} ${shape}`))];
  const peers = [...new Set(products.map(({ peer }) => peer))];
  const colours = ['#b4532a', '#2f6f9f', '#5b8c3a', '#8a5aa8', '#b08a2e'];
  const datasets = peers.map((peer, i) => ({
    label: peer,
    backgroundColor: colours[i % colours.length],
    data: labels.map(
      (label) => products.find((row) => row.peer === peer && `${row.kernel} ${row.shape}` === label)?.percent ?? null,
    ),
  }));
  return labels.length
    ? [
        {
          title: 'Matrix products: percent of what the registers allow',
          table: htmlTable([
            ['engine', 'kernel', 'shape', 'median', 'best', 'unit', '% of peak'],
            ...kernelsOf(rows).map(({ peer, kernel, shape, rate, best, unit, percent }) => [
              peer,
              kernel,
              shape,
              short(rate),
              short(best),
              unit,
              short(percent),
            ]),
          ]),
          height: 420,
          chart: {
            type: 'bar',
            data: { labels, datasets },
            options: { scales: { y: { title: { display: true, text: '% of peak' } } } },
          },
        },
      ]
    : [];
}

const GROWTH = {
  growth_decode_ms_per_token: ['decoding with a cache: ms of a token', 'tokens before it'],
  growth_step_ms_by_batch: ['training: ms of a step by batch', 'examples in a batch'],
  growth_step_ms_by_length: ['training: ms of a step by length', 'tokens of a sequence'],
};

function growthCharts(rows) {
  const groups = {};
  for (const row of rows) if (row.metric in GROWTH) (groups[`${row.model}|${row.metric}`] ??= []).push(row);
  return Object.entries(groups).map(([key, group]) => {
    const [model, metric] = key.split('|');
    const [what, axis] = GROWTH[metric];
    const points = group.map(({ x, value }) => [x, value]);
    const { a, b, r2 } = line(points);
    const ends = [points[0][0], points.at(-1)[0]].map((x) => ({ x, y: a + b * x }));
    return {
      title: `${model}, ${what}`,
      table: `<p>${short(a)} + ${short(b)} x, which explains ${(100 * r2).toFixed(1)} % of the variation.</p>${htmlTable(
        [[axis, 'ms'], ...points.map(([x, y]) => [short(x), short(y)])],
      )}`,
      height: 300,
      chart: {
        type: 'scatter',
        data: {
          datasets: [
            { label: 'measured', data: points.map(([x, y]) => ({ x, y })), backgroundColor: '#b4532a' },
            { label: 'line', data: ends, showLine: true, pointRadius: 0, borderColor: '#7d8a97' },
          ],
        },
        options: {
          scales: {
            x: { title: { display: true, text: axis } },
            y: { beginAtZero: true, title: { display: true, text: 'ms' } },
          },
        },
      },
    };
  });
}

const bars = (judged) =>
  judged
    ? `<h2>Bars</h2>${htmlTable([
        ['bar', 'at most', 'measured', '', 'against'],
        ...judged.map(({ name, limit, value, met, against }) => [
          name,
          short(limit),
          value === null ? 'not measured' : short(value),
          met ? 'met' : value === null ? '' : 'missed',
          against,
        ]),
      ])}`
    : '';

export function writeReport(path, { rows, figures, judged, machine }) {
  const chartJs = readFileSync(
    createRequire(import.meta.url)
      .resolve('chart.js')
      .replace(/[^/]*$/, 'chart.umd.min.js'),
    'utf8',
  );
  const charts = [...modelCharts(figures), ...growthCharts(rows), ...kernelCharts(rows)];
  const sections = charts.map(
    ({ title, table, height }, i) =>
      `<section><h2>${escape(title)}</h2><div style="height:${height}px"><canvas id="c${i}"></canvas></div>${table}</section>`,
  );
  const configs = JSON.stringify(charts.map(({ chart }) => chart)).replaceAll('<', '\\u003c');
  writeFileSync(
    path,
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Heed: measurements</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;margin:.5rem 0}
td,th{padding:.15rem .6rem;text-align:right;border-bottom:1px solid #ddd}td:first-child,th:first-child{text-align:left}</style>
<h1>Heed: measurements</h1>
<p>${escape(machine)}. "quiet": the least, over the runs, of the calls' tenth percentile and, on one thread, the processor time
of a call: waiting for other work only ever adds. Ratios and rates are of quiet times.</p>
${bars(judged)}
${sections.join('\n')}
<script>${chartJs.replaceAll('</script', '<\\/script')}</script>
<script>
for (const [i, config] of ${configs}.entries()) {
  config.options = { ...config.options, maintainAspectRatio: false, animation: false };
  new Chart(document.getElementById('c' + i), config);
}
</script></html>
`,
  );
}
