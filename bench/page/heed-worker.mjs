// One model in our engine: loaded while it arrives, checked, timed.
import { LocalEngine } from '/js/engine.js';
import { fileOf, measure, Rows } from '/lib/measure.mjs';

async function load({ module, model, task, dtype }) {
  const get = (path) => fetch(path).then((response) => {
    if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
    return response;
  });
  const [engine, manifest, tensors] = await Promise.all([
    get(`/js/bench-${module}.wasm`).then((response) => LocalEngine.create(response, module)),
    get(`/data/${fileOf(model)}.json`).then((response) => response.arrayBuffer()),
    get(`/data/${fileOf(model)}.bin`),
  ]);
  const job = engine.createBench({ model, task, dtype }, manifest, Number(tensors.headers.get('content-length')));
  const reader = tensors.body.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) job.feed(piece.value);
  return { engine, job, golden: get('/data/golden.json').then((response) => response.arrayBuffer()) };
}

async function run(options) {
  const { module, model, task = 'infer', dtype = 'f32', seconds } = options;
  const { engine, job, golden } = await load(options);
  const training = task === 'train';
  const rows = new Rows(`heed/chromium-${module}${dtype === 'f32' ? '' : `/${dtype}`}`, model);
  job.run();
  postMessage({ first: true });
  for (let i = 1; training && i < 5; i++) job.run();
  const check = job.check(await golden);
  if (check.tokens_ok >= 0) rows.add('tokens_ok', check.tokens_ok === 1);
  if (check.agreement >= 0) rows.add('token_agreement', check.agreement);
  rows.add(training ? 'train_loss_err' : 'max_abs_err', training ? check.train_loss_err : check.max_abs_err);
  if (!check.near_enough) throw new Error(`the results are not the expected ones: ${JSON.stringify(check)}`);
  const timed = await measure(() => job.run(), { seconds: Number(seconds) });
  if (training) rows.training(timed, check.examples, check.target_tokens);
  else rows.inference(timed, check.tokens);
  const before = job.allocations;
  job.run();
  rows.add('allocations_per_call', job.allocations - before);
  rows.add(`${training ? 'train_' : ''}wasm_heap_mb`, engine.memoryBytes / 2 ** 20);
  return rows.list;
}

async function kernels({ module }) {
  const engine = await LocalEngine.create(await fetch(`/js/bench-${module}.wasm`), module);
  const rates = engine.benchmark({ isa: engine.info.isa, rounds: 9, sampleSeconds: 0.02 });
  return rates.map(({ isa, ...rate }) => ({ peer: `heed/chromium-${isa}`, metric: 'kernel', ...rate }));
}

onmessage = ({ data }) => {
  (data.kernels === 'true' ? kernels : run)(data).then((rows) => postMessage({ rows }), (error) => postMessage({ error: String(error) }));
};
