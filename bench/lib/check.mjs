// What a peer computes is checked before it is timed.
import { largestDifference, measure, Rows } from './measure.mjs';

const demand = (good, what) => {
  if (!good) throw new Error(`the results are not the expected ones: ${what}`);
};

/** The rows of an inference: `call` gives {tokens, logits}, `ready` is ms since the start when it is first to be called. */
export async function inferenceRows({ peer, model, call, golden, seconds, clock }) {
  const rows = new Rows(peer, model);
  const expected = golden[model];
  const { tokens, logits } = await call();
  rows.add('init_ms', clock());
  if (tokens) {
    rows.add('tokens_ok', tokens.join() === expected.tokens.join());
    demand(tokens.join() === expected.tokens.join(), `tokens ${tokens}`);
  }
  const error = largestDifference(logits, expected.logits);
  rows.add('max_abs_err', error);
  demand(error < 1e-3, `logits off by ${error}`);
  rows.inference(await measure(call, { seconds }), tokens?.length);
  return rows.list;
}

/** The rows of training: `step` gives the loss before it. */
export async function trainingRows({ peer, model, step, golden, seconds, examples, targetTokens }) {
  const rows = new Rows(peer, model);
  const losses = [];
  while (losses.length < 5) losses.push(await step());
  const error = largestDifference(losses, golden[model].losses);
  rows.add('train_loss_err', error);
  demand(error < (model === 'M5' ? 2e-2 : 1e-3), `losses off by ${error}`);
  rows.training(await measure(step, { seconds, warm: 1, least: 3 }), examples, targetTokens);
  return rows.list;
}
