// TensorFlow.js on its WebAssembly backend in a page; bundled by bench/peer.mjs. window.result becomes the rows.
import * as tf from '@tensorflow/tfjs-core';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { inferenceRows, trainingRows } from '../lib/check.mjs';
import { fileOf } from '../lib/measure.mjs';
import { prepareInference, prepareTraining } from './tfjs.mjs';

const { model, task, seconds } = Object.fromEntries(new URLSearchParams(location.search));
const load = async (path) => (await fetch(`/data/${path}`)).arrayBuffer();
window.result = (async () => {
  setWasmPaths('/tfjs/');
  setThreadsCount(1);
  await tf.setBackend('wasm');
  await tf.ready();
  const [manifest, bytes, golden] = await Promise.all(
    [`${fileOf(model)}.json`, `${fileOf(model)}.bin`, 'golden.json'].map(load),
  );
  const read = (text) => JSON.parse(new TextDecoder().decode(text));
  const { config, tensors } = read(manifest);
  const options = { peer: `tfjs-${tf.version_core}/chromium`, model, golden: read(golden), seconds: Number(seconds) };
  if (task === 'train') {
    const targetTokens = model === 'M5' ? config.batch * config.trainTgtLen : 0;
    const step = prepareTraining(model, config, tensors, bytes);
    return trainingRows({ ...options, step, examples: config.batch, targetTokens });
  }
  const call = prepareInference(model, config, tensors, bytes);
  return inferenceRows({ ...options, call, clock: () => performance.now() });
})();
window.result.catch(() => {}); // whoever waits for it hears of it
