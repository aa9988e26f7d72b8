// node bench/run.mjs [--peers] [--repeats N] [--seconds S] [--only REGEXP] [--data FOLDER] [--out FOLDER]
// Kernels, models and growth, natively and in Chromium; with --peers beside other engines, in turn (A B A B ..). Writes
// results.jsonl and report.html into the folder (build/bench), prints tables and, with --peers, which bars are met.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeData } from './data.mjs';
import { growth } from './growth.mjs';
import { judge, table } from './lib/bars.mjs';
import { Figures } from './lib/figures.mjs';
import { jobs } from './lib/jobs.mjs';
import { kernelTable, modelTables, writeReport } from './lib/report.mjs';

const build = process.env.HEED_BUILD ?? fileURLToPath(new URL('../build', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const { values: options } = parseArgs({
  options: {
    peers: { type: 'boolean', default: false },
    repeats: { type: 'string' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    data: { type: 'string' },
    out: { type: 'string', default: join(build, 'bench') },
    python: { type: 'string', default: process.env.PYTHON ?? '/usr/bin/python3' },
  },
});
const { out, peers, seconds } = options;
const data = options.data ?? join(out, 'data');
const repeats = Number(options.repeats ?? (peers ? 3 : 1));
const heed = join(build, 'native/bin/heed');
if (!/^\d+$/.test(seconds) || !(repeats >= 1)) {
  console.error('bench: --seconds and --repeats are whole numbers');
  process.exit(2);
}
const wanted = new RegExp(options.only);
const rows = [];

mkdirSync(out, { recursive: true });
if (!existsSync(join(data, 'golden.json'))) writeData(data);

const keep = (more) => {
  rows.push(...more);
  writeFileSync(join(out, 'results.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
};

/** Runs a command that prints rows; one that fails is a row of its own. */
function run(name, [program, ...args], more = {}) {
  const load = Number(loadavg()[0].toFixed(2));
  const began = Date.now();
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    timeout: 900_000,
  });
  const printed = (stdout ?? '')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  const failed =
    status === 0 ? [] : [{ peer: name, model: '-', metric: 'failed', value: (stderr ?? '').trim().slice(-300) }];
  keep([...printed, ...failed].map((row) => ({ ...row, ...more, load })));
  const took = ((Date.now() - began) / 1000).toFixed(1);
  console.log(`${name}: ${took} s, load ${load}${status === 0 ? '' : `, FAILED: ${failed[0].value}`}`);
}

if (wanted.test('kernels')) {
  const { status, stdout, stderr } = spawnSync(heed, ['bench', '--json'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(stderr);
  keep(JSON.parse(stdout).map(({ isa, ...row }) => ({ peer: `heed/native-${isa}`, metric: 'kernel', ...row })));
  console.log('kernels, native: done');
  for (const module of ['relaxed', 'simd128'].filter((name) => existsSync(join(build, `js/bench-${name}.wasm`)))) {
    run(`kernels, Chromium ${module}`, [
      process.execPath,
      join(here, 'heed-chromium.mjs'),
      '--kernels',
      '--module',
      module,
    ]);
  }
}
if (peers) {
  const exported = spawnSync(options.python, [join(here, 'peers/export_onnx.py'), data], { encoding: 'utf8' });
  if (exported.status !== 0) throw new Error(`the ONNX files could not be made: ${exported.stderr}`);
}
const list = jobs({ build, data, seconds, peers, python: options.python }).filter(({ name }) => wanted.test(name));
for (let turn = 1; turn <= repeats; turn++) {
  for (const { name, command } of list) run(`${turn}/${repeats} ${name}`, command, { run: turn });
}
if (wanted.test('growth')) keep(growth(heed, join(out, 'growth'), 1));

const figures = new Figures(rows);
const judged = peers ? judge(figures) : null;
console.log(`\n${kernelTable(rows)}\n\n${modelTables(figures)}`);
if (judged) console.log(table(judged));
writeReport(join(out, 'report.html'), {
  rows,
  figures,
  judged,
  machine: `${cpus()[0].model}, ${cpus().length} processors`,
});
console.log(`\n${join(out, 'results.jsonl')}\n${join(out, 'report.html')}`);
process.exit(figures.failed.length ? 1 : 0);
