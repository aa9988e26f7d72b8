// One model in our engine: loaded while it arrives, checked, timed.
import { LocalEngine } from '/js/engine.js';
import { measure, Rows } from '/lib/measure.mjs';

const pieces = []; // of the tensors, from the page; null ends them
let wake = () => {};
async function nextPiece() {
  while (pieces.length === 0)
    await new Promise((resolve) => {
      wake = resolve;
    });
  return pieces.shift();
}

let give;
const expected = new Promise((resolve) => {
  give = resolve;
}); // comes after the first result

async function load({ module, model, task, dtype, compiled, manifest, size }) {
  const engine = await LocalEngine.create(compiled, module);
  const job = engine.createBench({ model, task, dtype }, manifest, size);
  for (let piece = await nextPiece(); piece !== null; piece = await nextPiece()) job.feed(piece);
  return { engine, job };
}

async function run(options) {
  const { module, model, task = 'infer', dtype = 'f32', seconds } = options;
  const { engine, job } = await load(options);
  const training = task === 'train';
  const rows = new Rows(`heed/chromium-${module}${dtype === 'f32' ? '' : `/${dtype}`}`, model);
  job.run();
  postMessage({ first: true });
  for (let i = 1; training && i < 5; i++) job.run();
  const check = job.check(await expected);
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

async function kernels({ module, compiled }) {
  const engine = await LocalEngine.create(compiled, module);
  const rates = engine.benchmark({ isa: engine.info.isa, rounds: 9, sampleSeconds: 0.02 });
  return rates.map(({ isa, ...rate }) => ({ peer: `heed/chromium-${isa}`, metric: 'kernel', ...rate }));
}

onmessage = ({ data }) => {
  if (data.piece !== undefined) {
    pieces.push(data.piece);
    wake();
    return;
  }
  if (data.golden !== undefined) return give(data.golden);
  (data.kernels === 'true' ? kernels : run)(data).then(
    (rows) => postMessage({ rows }),
    (error) => postMessage({ error: String(error) }),
  );
};
