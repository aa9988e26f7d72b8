// Puts what the pages fetch at run time into public/: the engine (build/js, or $HEED_BUILD/js) as engine/, and of each
// model its weights, configuration, metrics and log as models/<name>/. Nothing of this is committed here.
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const site = fileURLToPath(new URL('..', import.meta.url));
const build = process.env.HEED_BUILD ?? join(site, '../build');
const models = process.env.HEED_MODELS ?? join(site, '../models');
const MODEL_FILES = ['config.json', 'tokenizer.json', 'model.safetensors', 'metrics.json', 'log.jsonl'];

const engine = join(build, 'js');
if (!existsSync(join(engine, 'heed.js'))) {
  console.error(`${join(engine, 'heed.js')} is missing: build the engine first (./book build)`);
  process.exit(1);
}
rmSync(join(site, 'public/engine'), { recursive: true, force: true });
cpSync(engine, join(site, 'public/engine'), {
  recursive: true,
  filter: (path) => !/\.d\.ts$|package\.json$/.test(path),
});

rmSync(join(site, 'public/models'), { recursive: true, force: true });
for (const entry of readdirSync(models, { withFileTypes: true })) {
  const from = join(models, entry.name);
  if (!entry.isDirectory() || !existsSync(join(from, 'model.safetensors'))) continue;
  const to = join(site, 'public/models', entry.name);
  mkdirSync(to, { recursive: true });
  for (const file of MODEL_FILES) copyFileSync(join(from, file), join(to, file));
}
