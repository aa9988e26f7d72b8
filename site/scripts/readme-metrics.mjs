#!/usr/bin/env node
// The table of models in README.md, made from models/*/metrics.json.
//
//   node site/scripts/readme-metrics.mjs            fails when README says something else
//   node site/scripts/readme-metrics.mjs --write    puts the table between the markers
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);
const BEGIN = '<!-- metrics:begin -->';
const END = '<!-- metrics:end -->';

const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** Folders of models/ that have a metrics.json, with what is in it. */
export function readModels(root = ROOT) {
  const models = new URL('models/', root);
  return readdirSync(models)
    .filter((name) => existsSync(new URL(`${name}/metrics.json`, models)))
    .sort()
    .map((name) => ({
      name,
      metrics: JSON.parse(readFileSync(new URL(`${name}/metrics.json`, models), 'utf8')),
    }));
}

export function tableOf(models) {
  const rows = models.map(({ name, metrics: { parameters, bytes, epochs, seconds, test } }) => [
    `[${name}](models/${name})`,
    parameters.toLocaleString('en'),
    `${(bytes / 1e6).toFixed(1)} MB`,
    `${epochs} epochs, ${Math.round(seconds / 60)} min`,
    test.greedy.words.toLocaleString('en'),
    percent(test.greedy.wer),
    percent(test.greedy.per),
    percent(test.beam5.wer),
  ]);
  const head = ['model', 'parameters', 'download', 'training', 'test words', 'WER', 'PER', 'WER, beam 5'];
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map((_, i) => (i === 0 ? '---|' : '---:|')).join('')}`, ...rows.map(line)].join('\n');
}

/** README with the table between its markers. Throws when there are none. */
export function withTable(readme, table) {
  const begin = readme.indexOf(BEGIN),
    end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`README.md has no ${BEGIN} … ${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n${table}\n${readme.slice(end)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = new URL('README.md', ROOT);
  const readme = readFileSync(path, 'utf8');
  const wanted = withTable(readme, tableOf(readModels()));
  if (process.argv.includes('--write')) {
    writeFileSync(path, wanted);
  } else if (readme !== wanted) {
    console.error(
      'README.md does not say what models/*/metrics.json say. Run: node site/scripts/readme-metrics.mjs --write',
    );
    process.exit(1);
  }
}
