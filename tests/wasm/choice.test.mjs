// What a page can turn while a model runs: drawing, given outputs, several outputs, muted heads, attention's temperature.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fixture, newEngine, readModel, root, thrown } from './support.mjs';

const engine = await newEngine();
const model = engine.loadModel(readModel(fixture));
const best = (text, options) => model.run(text, options).hypotheses[0];
after(() => model.free());

/** A Transformer as it is before its first step, which has heads to mute. */
async function transformer() {
  const reverse = JSON.parse(readFileSync(join(root, 'examples/recipes/reverse.json'), 'utf8'));
  const config = { model_type: 'transformer', d_model: 8, heads: 2, ffn: 8, encoder_layers: 1, decoder_layers: 1 };
  return (await newEngine('train')).startTraining(JSON.stringify({ ...reverse, model: config }));
}

test('the same seed draws the same tokens, others draw others', () => {
  const words = ['heed', 'attention', 'zebra', 'encoder'];
  const drawn = (seed) => words.map((word) => best(word, { temperature: 4, seed }).text);
  assert.deepEqual(drawn(11), drawn(11));
  const several = new Set([1, 2, 3, 2 ** 52 + 1].map((seed) => drawn(seed).join()));
  assert.equal(several.size, 4);
  assert.equal(best('heed', { temperature: 50, topK: 1 }).text, best('heed').text);
});

test('chances are those of what is kept', () => {
  const [step] = best('heed', { temperature: 3, topK: 3, seed: 1 }).steps;
  const chances = step.candidates.map(({ chance }) => chance);
  assert.ok(Math.abs(chances.reduce((a, b) => a + b) - 1) < 1e-5);
  assert.deepEqual(
    chances.map((chance) => chance > 0),
    [true, true, true, false, false],
  );
  const weight = step.candidates.map(({ probability }) => probability ** (1 / 3));
  assert.ok(Math.abs(chances[0] / chances[1] - weight[0] / weight[1]) < 1e-4);
  assert.equal(step.chance, step.candidates.find(({ token }) => token === step.token)?.chance);
  assert.ok(!('chance' in best('heed').steps[0]));
});

test('a given output has the score with which it is found', () => {
  for (const word of ['heed', 'attention', 'qqqq']) {
    const found = best(word, { beam: 4 });
    const given = best(word, { target: found.text });
    assert.deepEqual(given.tokens, found.tokens);
    assert.ok(Math.abs(given.log_probability - found.score) < 1e-4);
    assert.ok(Math.abs(Math.log(given.perplexity) * given.steps.length + given.log_probability) < 1e-4);
    assert.deepEqual(
      given.steps.map(({ attention }) => attention.length),
      given.steps.map(() => word.length),
    );
  }
  const other = best('heed', { target: 'Q Q', trace: ['decoder.logits'] });
  assert.deepEqual([other.tokens, other.ended, other.steps.length], [['Q', 'Q'], true, 3]);
  assert.ok(other.steps[0].rank > 1);
  assert.equal(best('heed', { target: '' }).steps[0].token, '<eos>');
});

test('the tree of a beam holds its hypotheses', () => {
  const { hypotheses, tree } = model.run('zebra', { beam: 3 });
  assert.equal(hypotheses.length, 3);
  const path = (at) => (at < 0 ? [] : [...path(tree[at].parent), tree[at].token]);
  const ended = tree.map((_, i) => i).filter((i) => tree[i].ended);
  for (const { steps, score } of hypotheses) {
    const found = ended.find((i) => path(i).join() === steps.map(({ token }) => token).join());
    assert.equal(tree[found]?.log_probability, score);
  }
  assert.deepEqual(model.run('zebra').tree, []);
});

test('muted heads contribute nothing, and attention can be flattened', async () => {
  const training = await transformer();
  const { heads } = training.describe();
  assert.deepEqual(heads, [
    'encoder.0.self_attention.0',
    'encoder.0.self_attention.1',
    'decoder.0.self_attention.0',
    'decoder.0.self_attention.1',
    'decoder.0.cross_attention.0',
    'decoder.0.cross_attention.1',
  ]);
  const context = (mute) => training.run('abc', { mute, trace: ['encoder.0.self_attention.context'] }).trace[0].values;
  assert.ok(context([]).every((value) => value !== 0));
  assert.deepEqual(
    context([heads[1]]).map((value, i) => (value === 0) === i % 8 >= 4),
    context([]).map(() => true),
  );
  thrown('unknown', () => training.run('abc', { mute: ['encoder.0.self_attention.2'] }));
  training.free();
  const sharpest = (options) => Math.max(...best('heed', options).steps[0].attention);
  assert.ok(sharpest({ attentionTemperature: 100 }) < 0.3);
  assert.ok(sharpest({ attentionTemperature: 0.01 }) > sharpest({}));
});

const refused = [
  [{ beam: 2, temperature: 1 }, 'argument', /beam and temperature, top_k and top_p contradict/],
  [{ beam: 2, target: 'A' }, 'argument', /beam and target contradict/],
  [{ topK: 2, target: 'A' }, 'argument', /target contradict/],
  [{ maxLength: 3, target: 'A' }, 'argument', /max_length and target contradict/],
  [{ target: 'A ü' }, 'unknown', /target: .*"ü"/],
  [{ target: 'A\0' }, 'argument', /NUL/],
  [{ temperature: 1000 }, 'argument', /temperature: 1000 is not in 0.01..100/],
  [{ temperature: NaN }, 'argument', /temperature: nan/i],
  [{ topP: 2 }, 'argument', /top_p: 2 is not in 0..1/],
  [{ topK: 1.5 }, 'argument', /topK is 1.5/],
  [{ seed: 2 ** 60 }, 'argument', /seed is/],
  [{ attentionTemperature: 1e-9 }, 'argument', /attention_temperature/],
  [{ mute: ['encoder.0.self_attention.0'] }, 'unknown', /mute: "encoder.0.self_attention.0"/],
];
for (const [options, code, message] of refused) {
  test(`refused: ${JSON.stringify(options)}`, () =>
    assert.match(thrown(code, () => model.run('heed', options)).message, message));
}
