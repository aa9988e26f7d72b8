// The models in ONNX Runtime (web or node). A model that decodes is an encoder and one step, called in a loop.
import { fileOf } from '../lib/measure.mjs';

const int64 = (ort, ids, shape) => new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), shape);
const largest = (values) => values.reduce((best, x, i) => (x > values[best] ? i : best), 0);

function speech(ort, { config, source }, [encoder, step]) {
  return async () => {
    const { memory, keys, ...state } = await encoder.run({ source });
    const tokens = [];
    let { h, c } = state;
    let token = config.bos;
    let out;
    for (let t = 0; t < config.steps; t++) {
      out = await step.run({ token: int64(ort, [token], [1]), h, c, memory, keys });
      ({ next_h: h, next_c: c } = out);
      tokens.push((token = largest(out.logits.data)));
    }
    return { tokens, logits: out.logits.data };
  };
}

function translator(ort, { config, source }, [encoder, step]) {
  const names = Array.from({ length: config.decLayers }, (_, j) => [`k${j}`, `v${j}`]).flat();
  const empty = new ort.Tensor('float32', new Float32Array(0), [1, config.heads, 0, config.d / config.heads]);
  return async () => {
    const states = await encoder.run({ source });
    names.forEach((name) => {
      states[`past_${name}`] = empty;
    });
    const tokens = [];
    let token = config.bos;
    let out;
    for (let t = 0; t < config.steps; t++) {
      out = await step.run({ token: int64(ort, [token], [1, 1]), position: int64(ort, [t], [1]), ...states });
      names.forEach((name) => {
        states[`past_${name}`] = out[`now_${name}`];
      });
      tokens.push((token = largest(out.logits.data)));
    }
    return { tokens, logits: out.logits.data };
  };
}

const classifier =
  (ort, { source }, [session]) =>
  async () => ({ logits: (await session.run({ ids: source })).logits.data });

const MODELS = {
  M1: { make: speech, files: ['M1.encoder', 'M1.step'] },
  M2: { make: translator, files: ['M2.encoder', 'M2.step'] },
  M3: { make: classifier, files: ['M3'] },
  M4: { make: classifier, files: ['M4'] },
};

/** A call that gives {tokens, logits}. `load`: the bytes of a file of the data folder. One thread. */
export async function prepare(ort, provider, model, load) {
  const { make, files } = MODELS[model];
  const options = {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  };
  const open = async (name) => ort.InferenceSession.create(new Uint8Array(await load(`onnx/${name}.onnx`)), options);
  const [manifest, tensors] = await Promise.all([load(`${fileOf(model)}.json`), load(`${fileOf(model)}.bin`)]);
  const { config, tensors: list } = JSON.parse(new TextDecoder().decode(manifest));
  const { shape, offset } = list.find(({ name }) => name === 'src' || name === 'x');
  const source = int64(ort, new Int32Array(tensors, offset, shape[0] * shape[1]), shape);
  return make(ort, { config, source }, await Promise.all(files.map(open)));
}
