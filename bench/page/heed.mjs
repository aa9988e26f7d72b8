// Our engine in a page: in a worker, as a book's page has it. The page fetches and compiles while the worker starts.
// window.result becomes the rows.

const get = (path) =>
  fetch(path).then((response) => {
    if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
    return response;
  });
const bytes = (path) => get(path).then((response) => response.arrayBuffer());

async function pass(response, worker) {
  const reader = response.body.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    worker.postMessage({ piece: piece.value }, [piece.value.buffer]);
  }
  worker.postMessage({ piece: null });
}

async function start(worker, { module, file, ...options }) {
  const wasm = WebAssembly.compileStreaming(get(`/js/bench-${module}.wasm`));
  if (options.kernels === 'true') return worker.postMessage({ ...options, module, compiled: await wasm });
  const tensors = get(`/data/${file}.bin`);
  const passed = tensors.then((response) => pass(response, worker)); // also while the worker still starts
  const [compiled, manifest, { headers }] = await Promise.all([wasm, bytes(`/data/${file}.json`), tensors]);
  worker.postMessage({ ...options, module, compiled, manifest, size: Number(headers.get('content-length')) });
  return passed;
}

const options = Object.fromEntries(new URLSearchParams(location.search));
window.result = new Promise((resolve, reject) => {
  const worker = new Worker('/worker.mjs', { type: 'module' });
  let init;
  worker.onmessage = ({ data }) => {
    if (data.first) {
      init = performance.now(); // from the start of the navigation to the first result
      bytes('/data/golden.json').then((golden) => worker.postMessage({ golden }), reject);
    } else if (data.error) reject(new Error(data.error));
    else if (init === undefined) resolve(data.rows);
    else {
      const { peer, model } = data.rows[0];
      const prefix = options.task === 'train' ? 'train_' : '';
      resolve([{ peer, model, metric: `${prefix}init_ms`, value: Math.round(init * 10) / 10 }, ...data.rows]);
    }
  };
  worker.onerror = ({ message }) => reject(new Error(message));
  start(worker, options).catch(reject);
});
window.result.catch(() => {}); // whoever waits for it hears of it
