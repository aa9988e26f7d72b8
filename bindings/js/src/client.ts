/**
 * What a page imports.
 *
 *     const engine = await connect();
 *     const model = await engine.load('models/g2p-lstm-attn/');
 *     const result = await model.run('heed');
 *     console.log(result.hypotheses[0].text);
 */
import { chooseModule } from './detect.js';
import { dispose } from './dispose.js';
import { callersStack, EngineError, throwIfAborted } from './error.js';
import { builtModules, compileModule } from './module.js';
import type {
  Cooccurrence,
  Dtype,
  EngineInfo,
  Examples,
  KernelOptions,
  KernelRate,
  LoadProgress,
  MemoryMap,
  ModelFiles,
  ModelInfo,
  ModuleName,
  Regression,
  RegressionOptions,
  RunOptions,
} from './protocol.js';
import { Runnable } from './runnable.js';
import { Session } from './session.js';
import { Training, type TrainingOptions } from './training.js';

export { EngineError } from './error.js';
export type { Picture } from './text.js';
export type * from './protocol.js';
export type { Training, TrainingOptions, TrainingState } from './training.js';

export interface ConnectOptions {
  /** The folder of worker.js and the modules; this file's own when left out. Of the page's origin. */
  base?: string | URL;
  /** Pins a module; left out, the fastest that the browser runs. */
  module?: ModuleName;
  /** The form of the module that has benchmark() in the place of models. */
  measures?: boolean;
}
export interface LoadOptions {
  onProgress?: (progress: LoadProgress) => void;
  signal?: AbortSignal;
  /** 'f32' computes in f32 also where weights are int8: slower, nearer to what was trained. */
  dtype?: Dtype;
}

const pageUrl = (url: string | URL) => new URL(url, globalThis.document?.baseURI ?? location.href);

function newWorker(folder: URL | undefined): Worker {
  // Bundlers look for exactly this form.
  if (folder === undefined) return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  return new Worker(new URL('worker.js', folder), { type: 'module' });
}

function folderOf(base: string | URL): URL {
  const folder = pageUrl(base);
  if (!folder.pathname.endsWith('/')) folder.pathname += '/';
  return folder;
}

async function unzip(zip: Blob): Promise<ModelFiles> {
  const { unzipModel } = await import('./zip.js');
  try {
    return await unzipModel(zip);
  } catch (caught) {
    throw new EngineError('format', `the zip file: ${(caught as Error).message}`, { cause: caught });
  }
}

/** Starts the engine in a worker. Fails with "unsupported" where there is no WebAssembly SIMD. */
export async function connect(options: ConnectOptions = {}): Promise<Engine> {
  const withStack = callersStack();
  try {
    const name = chooseModule(builtModules, options.module);
    const folder = options.base === undefined ? undefined : folderOf(options.base);
    let module: Promise<WebAssembly.Module> | undefined; // kept for a worker that comes after a crash
    const startSession = () => {
      module ??= compileModule(options.measures ? 'bench' : 'heed', name, folder);
      module.catch(() => {
        module = undefined;
      });
      return new Session(newWorker(folder), name, module);
    };
    const session = startSession();
    return new Engine(session, await session.opened, startSession);
  } catch (caught) {
    throw withStack(caught);
  }
}

export class Engine {
  readonly info: EngineInfo;
  readonly #startSession: () => Session;
  #session: Session;
  #closed = false;

  /** Use connect(). */
  constructor(session: Session, info: EngineInfo, startSession: () => Session) {
    this.#session = session;
    this.info = info;
    this.#startSession = startSession;
  }

  /**
   * Loads a model: the URL of its folder (relative to the page), its files' bytes, or the zip of its folder. Progress
   * counts bytes.
   */
  async load(source: string | URL | ModelFiles | Blob, options: LoadOptions = {}): Promise<Model> {
    const { onProgress, signal, dtype = 'int8' } = options;
    const withStack = callersStack();
    try {
      throwIfAborted(signal);
      if (dtype !== 'int8' && dtype !== 'f32')
        throw new EngineError('argument', `dtype: "${dtype}" is not int8 or f32`);
      const where =
        typeof source === 'string' || source instanceof URL
          ? pageUrl(source).href
          : source instanceof Blob
            ? await unzip(source)
            : source;
      const session = this.#live();
      const { model, info, files } = await session.call('load', [where, dtype], { signal, onProgress });
      const again = files ?? where; // what came from an address comes back as files
      const reload = (other: Session) => other.call('load', [again, dtype]).then((loaded) => loaded.model);
      return new Model(() => this.#live(), session, model, info, reload);
    } catch (caught) {
      throw withStack(caught);
    }
  }

  /**
   * Measures kernels; connect with `measures`. The worker does nothing else meanwhile, and cannot be interrupted: use an
   * engine of its own, and close() it to stop.
   */
  async benchmark(options: KernelOptions = {}): Promise<KernelRate[]> {
    const withStack = callersStack();
    try {
      return await this.#live().call('benchmark', [options]);
    } catch (caught) {
      throw withStack(caught);
    }
  }

  /**
   * Trains a model in the worker, by a recipe (an object, or JSON). Everything in it is checked first: what is unknown,
   * missing or impossible is an error that names the field, its value and what is allowed.
   */
  async train(recipe: object | string, options: TrainingOptions = {}): Promise<Training> {
    const withStack = callersStack();
    try {
      const { data, every = 1, signal } = options;
      throwIfAborted(signal);
      if (!Number.isSafeInteger(every) || every < 1)
        throw new EngineError('argument', `every is ${every}; it must be 1 or more`);
      if (data !== undefined && typeof data !== 'string') throw new EngineError('argument', 'the data are not a text');
      const text = typeof recipe === 'string' ? recipe : JSON.stringify(recipe, null, 2);
      const session = this.#live();
      const { training, info, figures } = await session.call('startTraining', [text, data ?? null], { signal });
      return new Training(session, training, info, figures, text, options);
    } catch (caught) {
      throw withStack(caught);
    }
  }

  /** Fits y to the rows x: linear regression, with penalties, of polynomial features. For points that a reader moves. */
  async regress(
    x: readonly ArrayLike<number>[],
    y: ArrayLike<number>,
    options: RegressionOptions = {},
  ): Promise<Regression> {
    const withStack = callersStack();
    try {
      return await this.#live().call('regress', [x, y, options]);
    } catch (caught) {
      throw withStack(caught);
    }
  }

  /** What a recipe of word vectors makes of a sentence: its windows, and what subsampling drops by the counts of `text`. */
  async examples(recipe: object, text: string, sentence: string): Promise<Examples> {
    const withStack = callersStack();
    try {
      return await this.#live().call('examples', [JSON.stringify(recipe), text, sentence]);
    } catch (caught) {
      throw withStack(caught);
    }
  }

  /** How often the `words` most frequent words of a text meet, as GloVe counts it by this recipe. */
  async cooccurrence(recipe: object, text: string, words: number): Promise<Cooccurrence> {
    const withStack = callersStack();
    try {
      return await this.#live().call('cooccurrence', [JSON.stringify(recipe), text, words]);
    } catch (caught) {
      throw withStack(caught);
    }
  }

  /** Ends the worker. What is pending, and every later call, fails with "freed". */
  close(): void {
    this.#closed = true;
    this.#session.end('freed', 'the engine was closed');
  }

  [dispose](): void {
    this.close();
  }

  /** The worker at work; a new one when it has crashed. */
  #live(): Session {
    if (this.#session.ended && !this.#closed) this.#session = this.#startSession();
    return this.#session;
  }
}

/** A loaded model. It outlives a crash of the worker: the next call loads its bytes into a new one. */
export class Model extends Runnable {
  readonly info: ModelInfo;
  readonly #live: () => Session;
  readonly #reload: (session: Session) => Promise<number>;
  #session: Session;
  #number: Promise<number> | null; // null: loading into the new worker failed
  #freed = false;

  /** Use engine.load(). */
  constructor(
    live: () => Session,
    session: Session,
    number: number,
    info: ModelInfo,
    reload: (session: Session) => Promise<number>,
  ) {
    super();
    this.#live = live;
    this.#session = session;
    this.#number = Promise.resolve(number);
    this.info = info;
    this.#reload = reload;
  }

  /** Where the bytes of the engine's memory are at the end of such a run. */
  async memory(text: string, options: RunOptions & { signal?: AbortSignal } = {}): Promise<MemoryMap> {
    const withStack = callersStack();
    try {
      const { signal, ...rest } = options;
      throwIfAborted(signal);
      const { session, number } = await this.ready();
      return await session.call('memory', [number, text, rest], { signal });
    } catch (caught) {
      throw withStack(caught);
    }
  }

  /** Gives back the model's memory. Once more does nothing; other calls then fail with "freed". */
  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    const session = this.#session;
    this.#number?.then((number) => session.call('freeModel', [number])).catch(() => {}); // dead: nothing to give back
  }

  [dispose](): void {
    this.free();
  }

  protected override async ready(): Promise<{ session: Session; number: number }> {
    if (this.#freed) throw new EngineError('freed', 'the model was freed');
    const session = this.#live();
    if (session !== this.#session || this.#number === null) {
      this.#session = session;
      this.#number = this.#reload(session);
      this.#number.catch(() => {
        this.#number = null;
      });
    }
    return { session, number: await this.#number };
  }
}
