// What is run for a comparison: commands that print JSON lines. Those of one model and task stand together, ours beside
// the others', so that a disturbance of the machine meets both.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('..', import.meta.url));
const TASKS = [
  { model: 'M1', task: 'infer', dtypes: ['f32', 'int8'] },
  { model: 'M2', task: 'infer', dtypes: ['f32', 'int8'] },
  { model: 'M3', task: 'infer', dtypes: ['f32'] },
  { model: 'M4', task: 'infer', dtypes: ['f32'] },
  { model: 'M3', task: 'train', dtypes: ['f32'] },
  { model: 'M4', task: 'train', dtypes: ['f32'] },
  { model: 'M5', task: 'train', dtypes: ['f32'] },
];

/** Returns [{name, command}]. */
export function jobs({ build, data, seconds, peers, python }) {
  const list = [];
  const heed = join(build, 'native/bin/heed');
  const torch = join(here, 'peers/torch_bench.py');
  const modules = ['relaxed', 'simd128'].filter((name) => existsSync(join(build, `js/bench-${name}.wasm`)));
  for (const { model, task, dtypes } of TASKS) {
    const common = ['--model', model, '--task', task, '--data', data, '--seconds', seconds];
    const add = (name, ...command) =>
      list.push({ name: `${model} ${task}, ${name}`, command: [...command, ...common].map(String) });
    const page = (name, script, ...more) => add(name, process.execPath, join(here, script), ...more);
    for (const dtype of dtypes) add(`heed ${dtype}`, heed, 'bench', '--json', '--dtype', dtype);
    if (peers && task === 'infer') page('ort-node', 'peer.mjs', '--peer', 'ort-node');
    if (peers) {
      add('torch', python, torch);
      add('torch traced', python, torch, '--traced');
    }
    if (task === 'train') add('heed, 2 threads', heed, 'bench', '--json', '--threads', 2);
    if (peers && task === 'train') add('torch, 2 threads', python, torch, '--threads', 2);
    for (const module of modules) {
      for (const dtype of dtypes)
        page(`heed ${module} ${dtype}`, 'heed-chromium.mjs', '--module', module, '--dtype', dtype);
      if (!peers || module !== modules[0]) continue;
      if (task === 'infer') page('ort-web', 'peer.mjs', '--peer', 'ort-web');
      page('tfjs', 'peer.mjs', '--peer', 'tfjs');
    }
  }
  return list;
}
