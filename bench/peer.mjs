// node bench/peer.mjs --peer ort-web|ort-node|tfjs --model M1 --data FOLDER [--task train] [--seconds 3]
// One model in another engine, one thread: the JSON lines of `heed bench --model M1 --json`. ort-node runs in Node, the
// others in headless Chromium.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const require = createRequire(import.meta.url);
const { values } = parseArgs({
  options: {
    peer: { type: 'string' },
    model: { type: 'string' },
    data: { type: 'string' },
    task: { type: 'string', default: 'infer' },
    seconds: { type: 'string', default: '3' },
  },
});

async function inNode({ model, data, seconds }) {
  const [{ default: ort }, { prepare }, { inferenceRows }] = await Promise.all(
    ['onnxruntime-node', './peers/ort.mjs', './lib/check.mjs'].map((name) => import(name)),
  );
  const load = async (path) => {
    const bytes = readFileSync(join(data, path));
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  };
  const call = await prepare(ort, 'cpu', model, load);
  const golden = JSON.parse(readFileSync(join(data, 'golden.json'), 'utf8'));
  const { version } = require('onnxruntime-node/package.json');
  const peer = `ort-node-${version}`;
  const clock = () => process.uptime() * 1000; // since the process began
  const rows = await inferenceRows({ peer, model, call, golden, seconds: Number(seconds), clock });
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  return [...rows, { peer, model, metric: 'peak_rss_mb', value: peak }];
}

async function inPage({ peer, data, ...query }) {
  const { bundle, inChromium } = await import('./lib/browser.mjs');
  const name = peer === 'tfjs' ? 'tfjs' : 'ort';
  const tfjs = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  return inChromium({
    page: '/peer.mjs',
    query,
    scripts: { '/peer.mjs': await bundle(join(here, `peers/${name}-page.mjs`)) },
    folders: { '/data/': data, '/ort/': dirname(require.resolve('onnxruntime-web')), '/tfjs/': join(tfjs, 'dist') },
  });
}

if (!['ort-web', 'ort-node', 'tfjs'].includes(values.peer) || !values.model || !values.data) {
  console.error('usage: node bench/peer.mjs --peer ort-web|ort-node|tfjs --model M1 --data FOLDER');
  process.exit(2);
}
try {
  for (const row of await (values.peer === 'ort-node' ? inNode : inPage)(values)) console.log(JSON.stringify(row));
  process.exit(0); // ONNX Runtime keeps threads
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exit(1);
}
