// node bench/heed-chromium.mjs --model M1 --data FOLDER [--module relaxed] [--task train] [--dtype f32] [--seconds 3]
// One model in our engine in Chromium: JSON lines, as `heed bench --model M1 --json` prints them.
// node bench/heed-chromium.mjs --kernels [--module relaxed]: the kernels, a line for each.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle, inChromium } from './lib/browser.mjs';
import { fileOf } from './lib/measure.mjs';

const build = process.env.HEED_BUILD ?? fileURLToPath(new URL('../build', import.meta.url));
const { values } = parseArgs({
  options: {
    kernels: { type: 'boolean', default: false },
    model: { type: 'string' },
    data: { type: 'string' },
    module: { type: 'string', default: 'relaxed' },
    task: { type: 'string', default: 'infer' },
    dtype: { type: 'string', default: 'f32' },
    seconds: { type: 'string', default: '3' },
  },
});
const { data, ...query } = values;
if (!query.kernels && (!data || !query.model)) {
  console.error('usage: node bench/heed-chromium.mjs --model M1 --data FOLDER (see the head of the file)');
  process.exit(2);
}
try {
  const folders = { '/js/': join(build, 'js'), ...(data && { '/data/': data }) };
  if (query.model) query.file = fileOf(query.model);
  // as build/js/worker.js is: one file, not a request for each
  const scripts = {
    '/worker.mjs': await bundle(fileURLToPath(new URL('page/heed-worker.mjs', import.meta.url)), build),
  };
  const rows = await inChromium({ page: '/page/heed.mjs', query, folders, scripts });
  for (const row of rows) console.log(JSON.stringify(row));
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exit(1);
}
