// node bench/bars.mjs [results.jsonl ..]: which bars the figures of a comparison meet. Exit code 1 when one is missed or was
// not measured.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { judge, table } from './lib/bars.mjs';
import { Figures } from './lib/figures.mjs';

const files =
  process.argv.length > 2
    ? process.argv.slice(2)
    : [fileURLToPath(new URL('../build/bench/results.jsonl', import.meta.url))];
const rows = files.flatMap((file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line)),
);
const judged = judge(new Figures(rows));
console.log(table(judged));
process.exit(judged.every(({ met }) => met) ? 0 : 1);
