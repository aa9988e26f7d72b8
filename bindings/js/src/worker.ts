/** The worker: owns the engine, answers the calls of protocol.ts. */
import { LocalEngine, LocalTraining, type Loading, type LocalModel, type Search } from './engine.js';
import { EngineError, throwIfAborted } from './error.js';
import { fetchModel } from './fetch.js';
import { asModuleError, compileModule } from './module.js';
import type {
  Arguments,
  FromWorker,
  Method,
  ModuleName,
  Progress,
  Reply,
  RunOptions,
  ToWorker,
  TrainingStep,
} from './protocol.js';
import type { TrainingEvent } from './raw.js';

/** Between two looks at the messages that came in, among them cancellations. */
const SLICE_MS = 8;
/** Bytes of weights that are taken out of a blob at once. */
const SLICE_BYTES = 1 << 20;

/** What a call has beside its arguments. */
interface Call<M extends Method = Method> {
  signal: AbortSignal;
  progress(progress: Progress<M>): void;
  /** Buffers of the reply to hand over instead of copying. */
  transfer: Transferable[];
}
type Handlers = { [M in Method]: (call: Call<M>, ...args: Arguments<M>) => Reply<M> | Promise<Reply<M>> };

interface Stream {
  generation: Search;
  sent: number;
}

let opened: (engine: Promise<LocalEngine>) => void;
const opening = new Promise<LocalEngine>((resolve) => {
  opened = resolve;
}); // other calls may come before it is asked for
/** Instances of their own: who only reads does not download what trains or fits. */
const others: Partial<Record<Extra, Promise<LocalEngine>>> = {};
type Extra = 'train' | 'fit' | 'vectors' | 'regress';
let lastNumber = 0;
const models = new Map<number, LocalModel | LocalTraining>();
const streams = new Map<number, Stream>();

function find<T>(map: Map<number, T>, key: number, what: string): T {
  const found = map.get(key);
  if (found === undefined) throw new EngineError('freed', `the ${what} was freed`);
  return found;
}

function findTraining(number: number): LocalTraining {
  const found = find(models, number, 'training');
  if (found instanceof LocalTraining) return found;
  throw new EngineError('argument', 'what should be trained is a model that was loaded');
}

const channel = new MessageChannel();
const breathing: (() => void)[] = []; // several runs may breathe at once: each message wakes the one that waits longest
channel.port2.onmessage = () => breathing.shift()?.();
/** Lets messages in. A timer would cost 4 ms, a promise would let none in. */
const breathe = () =>
  new Promise<void>((resolve) => {
    breathing.push(resolve);
    channel.port1.postMessage(null);
  });

function endStream(number: number): void {
  streams.get(number)?.generation.free();
  streams.delete(number);
}

async function start(module: WebAssembly.Module, name: ModuleName): Promise<LocalEngine> {
  return LocalEngine.create(module, name).catch((caught: unknown) => {
    throw asModuleError(caught);
  });
}

async function startOther(kind: Extra): Promise<LocalEngine> {
  const { module } = (await opening).info;
  return (others[kind] ??= compileModule(kind, module)
    .then((compiled) => start(compiled, module))
    .catch((reason: unknown) => {
      delete others[kind]; // the next call tries again
      throw reason;
    }));
}

/** Which module a recipe (JSON) is for. */
function kindOf(recipe: string): 'train' | 'fit' | 'vectors' {
  try {
    const { model, train } = JSON.parse(recipe);
    return model.model_type === 'word_vectors' ? 'vectors' : train.method !== undefined ? 'fit' : 'train';
  } catch {
    return 'train'; // which says what is wrong
  }
}

/** Runs the model on the text; `give` looks at the search when it is complete. */
async function toTheEnd<T>(
  call: Call,
  model: number,
  text: string,
  options: RunOptions,
  give: (search: Search) => T,
): Promise<T> {
  await opening;
  const generation = find(models, model, 'model').start(text, options);
  try {
    let pause = performance.now() + SLICE_MS;
    while (!generation.advance()) {
      if (performance.now() < pause) continue;
      await breathe();
      throwIfAborted(call.signal);
      pause = performance.now() + SLICE_MS;
    }
    return give(generation);
  } finally {
    generation.free();
  }
}

const handlers: Handlers = {
  async open(_call, name, module) {
    opened(start(module, name));
    return (await opening).info;
  },

  async load(call, source, dtype) {
    let loading: Loading | null = null;
    const open = async (config: ArrayBuffer, tokenizer: ArrayBuffer, weightsSize: number) => {
      const engine = await opening;
      throwIfAborted(call.signal);
      return (loading = engine.startLoading(config, tokenizer, weightsSize, dtype));
    };
    const opened = () => loading!; // TypeScript does not see what `open` has done
    try {
      const fetched = typeof source === 'string';
      const files = fetched ? await fetchModel(source, call.signal, call.progress, open) : source;
      if (!fetched) {
        const weights = new Blob([files.weights]);
        const sink = await open(files.config, files.tokenizer, weights.size);
        for (let at = 0; at < weights.size; at += SLICE_BYTES) {
          sink.feed(new Uint8Array(await weights.slice(at, at + SLICE_BYTES).arrayBuffer()));
          throwIfAborted(call.signal);
        }
      }
      throwIfAborted(call.signal);
      const model = opened().finish();
      const info = model.describe();
      const number = ++lastNumber;
      models.set(number, model);
      if (!fetched) return { model: number, info, files: null };
      call.transfer.push(files.config, files.tokenizer);
      return { model: number, info, files };
    } finally {
      (loading as Loading | null)?.free();
    }
  },

  run: (call, model, text, options) => toTheEnd(call, model, text, options, (generation) => generation.result()),
  memory: (call, model, text, options) => toTheEnd(call, model, text, options, (generation) => generation.memory()),
  async predict(call, model, values, rows) {
    await opening;
    const prediction = find(models, model, 'model').predict(values, rows);
    call.transfer.push(prediction.values.buffer);
    return prediction;
  },
  async explain(_call, model, text, options) {
    await opening;
    return find(models, model, 'model').explain(text, options);
  },
  benchmark: async (_call, options) => (await opening).benchmark(options),

  async startStream(_call, model, text, options) {
    await opening;
    const generation = find(models, model, 'model').start(text, options);
    streams.set(++lastNumber, { generation, sent: 0 });
    return lastNumber;
  },

  nextSteps(_call, number) {
    const stream = find(streams, number, 'stream');
    const done = stream.generation.advance();
    const result = stream.generation.result();
    const steps = result.hypotheses[0]!.steps.slice(stream.sent);
    stream.sent += steps.length;
    if (done) endStream(number);
    return { steps, result: done ? result : null };
  },

  endStream(_call, number) {
    endStream(number);
  },

  freeModel(_call, number) {
    models.get(number)?.free();
    models.delete(number);
  },

  neighbours: async (_call, model, query, count) => (
    await opening,
    find(models, model, 'model').neighbours(query, count)
  ),
  vectors: async (_call, model, rows) => (await opening, find(models, model, 'model').vectors(rows)),
  examples: async (_call, ...texts) => (await startOther('vectors')).examples(...texts),
  cooccurrence: async (_call, ...what) => (await startOther('vectors')).cooccurrence(...what),

  regress: async (_call, x, y, options) => (await startOther('regress')).regress(x, y, options),

  async startTraining(_call, recipe, pairs) {
    const training = (await startOther(kindOf(recipe))).startTraining(recipe, pairs);
    models.set(++lastNumber, training);
    return { training: lastNumber, info: training.describe(), figures: training.figures() };
  },

  async train(call, number, steps, { every = 1, watch }) {
    const training = findTraining(number);
    let pause = performance.now() + SLICE_MS;
    let done = 0;
    for (let event: TrainingEvent = 'step'; event !== 'finished' && done < steps && !call.signal.aborted;) {
      event = training.advance();
      if (event === 'step') done++;
      if (event === 'step' ? done % every === 0 : event === 'epoch' || event === 'finished') {
        const watched = watch && 'text' in watch ? training.start(watch.text, watch.options).result() : null;
        const step: TrainingStep = { ...training.figures(), watched };
        if (watch && 'vectors' in watch) step.vectors = training.vectors(watch.vectors);
        call.progress(step);
      }
      if (performance.now() < pause) continue;
      await breathe();
      pause = performance.now() + SLICE_MS;
    }
    return training.figures();
  },

  exportModel(call, number, options) {
    const files = findTraining(number).files(options);
    call.transfer.push(files.config, files.tokenizer, files.weights);
    return files;
  },
};

const running = new Map<number, AbortController>();
const post = (message: FromWorker, transfer: Transferable[] = []) => self.postMessage(message, { transfer });

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  if ('cancel' in data) {
    running.get(data.cancel)?.abort();
    return;
  }
  const { id, method, args } = data;
  const controller = new AbortController();
  running.set(id, controller);
  const call: Call = { signal: controller.signal, progress: (progress) => post({ id, progress }), transfer: [] };
  try {
    // Request ties args to method; TypeScript cannot follow that through an index.
    const handler = handlers[method] as (call: Call, ...args: unknown[]) => Reply<Method> | Promise<Reply<Method>>;
    post({ id, value: await handler(call, ...args) }, call.transfer);
  } catch (caught) {
    if (caught instanceof EngineError) post({ id, error: { code: caught.code, message: caught.message } });
    else post({ crash: caught instanceof Error ? `${caught.name}: ${caught.message}` : String(caught) });
  } finally {
    running.delete(id);
  }
};
