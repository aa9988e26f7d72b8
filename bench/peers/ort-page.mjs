// ONNX Runtime in a page; bundled by bench/peer.mjs. window.result becomes the rows.
import * as ort from 'onnxruntime-web/wasm';
import { inferenceRows } from '../lib/check.mjs';
import { prepare } from './ort.mjs';

const { model, seconds } = Object.fromEntries(new URLSearchParams(location.search));
const load = async (path) => (await fetch(`/data/${path}`)).arrayBuffer();
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = '/ort/';
window.result = (async () => {
  const call = await prepare(ort, 'wasm', model, load);
  const golden = JSON.parse(new TextDecoder().decode(await load('golden.json')));
  return inferenceRows({
    peer: `ort-web-${ort.env.versions.web}/chromium`,
    model,
    call,
    golden,
    seconds: Number(seconds),
    clock: () => performance.now(),
  });
})();
window.result.catch(() => {}); // whoever waits for it hears of it
