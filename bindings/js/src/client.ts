/**
 * What a page imports.
 *
 *     const engine = await connect();
 *     const model = await engine.load('models/g2p-lstm-attn/');
 *     const result = await model.run('heed');
 *     console.log(result.hypotheses[0].text);
 */
import { dispose } from './dispose.js';
import { callersStack, EngineError, throwIfAborted } from './error.js';
import type {
  EngineInfo, KernelOptions, KernelRate, LoadProgress, MemoryMap, ModelFiles, ModelInfo, ModuleName, Result, RunOptions,
  Step, StreamOptions,
} from './protocol.js';
import { Session } from './session.js';

export { EngineError } from './error.js';
export type * from './protocol.js';

export interface ConnectOptions {
  /** The folder of worker.js and the modules; this file's own when left out. Of the page's origin. */
  base?: string | URL;
  /** Pins a module; left out, the fastest that the browser runs. */
  module?: ModuleName;
  /** The larger form of the module, which has benchmark(). */
  measures?: boolean;
}
export interface LoadOptions { onProgress?: (progress: LoadProgress) => void; signal?: AbortSignal }

const pageUrl = (url: string | URL) => new URL(url, globalThis.document?.baseURI ?? location.href);

function newWorker(base: string | URL | undefined): Worker {
  // Bundlers look for exactly this form.
  if (base === undefined) return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  const folder = pageUrl(base);
  if (!folder.pathname.endsWith('/')) folder.pathname += '/';
  return new Worker(new URL('worker.js', folder), { type: 'module' });
}

/** Starts the engine in a worker. Fails with "unsupported" where there is no WebAssembly SIMD. */
export async function connect(options: ConnectOptions = {}): Promise<Engine> {
  const withStack = callersStack();
  try {
    const startSession = () => new Session(newWorker(options.base), options.module, options.measures ?? false);
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

  /** Loads a model: the URL of its folder (relative to the page), or its files' bytes. Progress counts bytes. */
  async load(source: string | URL | ModelFiles, { onProgress, signal }: LoadOptions = {}): Promise<Model> {
    const withStack = callersStack();
    try {
      throwIfAborted(signal);
      const where = typeof source === 'string' || source instanceof URL ? pageUrl(source).href : source;
      const session = this.#live();
      const { model, info, files } = await session.call('load', [where], { signal, onProgress });
      return new Model(() => this.#live(), session, model, info, files ?? where as ModelFiles);
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

  /** Ends the worker. What is pending, and every later call, fails with "freed". */
  close(): void {
    this.#closed = true;
    this.#session.end('freed', 'the engine was closed');
  }

  [dispose](): void { this.close(); }

  /** The worker at work; a new one when it has crashed. */
  #live(): Session {
    if (this.#session.ended && !this.#closed) this.#session = this.#startSession();
    return this.#session;
  }
}

/** A loaded model. It outlives a crash of the worker: the next call loads its bytes into a new one. */
export class Model {
  readonly info: ModelInfo;
  readonly #live: () => Session;
  readonly #files: ModelFiles;
  #session: Session;
  #number: Promise<number> | null; // null: loading into the new worker failed
  #freed = false;

  /** Use engine.load(). */
  constructor(live: () => Session, session: Session, number: number, info: ModelInfo, files: ModelFiles) {
    this.#live = live;
    this.#session = session;
    this.#number = Promise.resolve(number);
    this.info = info;
    this.#files = files;
  }

  /** The output for a text: greedy, or the best of a beam. */
  async run(text: string, options: RunOptions & { signal?: AbortSignal } = {}): Promise<Result> {
    const withStack = callersStack();
    try {
      const { signal, ...rest } = options;
      throwIfAborted(signal);
      const { session, number } = await this.#ready();
      return await session.call('run', [number, text, rest], { signal });
    } catch (caught) {
      throw withStack(caught);
    }
  }

  /** Where the bytes of the engine's memory are at the end of such a run. */
  async memory(text: string, options: RunOptions & { signal?: AbortSignal } = {}): Promise<MemoryMap> {
    const withStack = callersStack();
    try {
      const { signal, ...rest } = options;
      throwIfAborted(signal);
      const { session, number } = await this.#ready();
      return await session.call('memory', [number, text, rest], { signal });
    } catch (caught) {
      throw withStack(caught);
    }
  }

  /** The greedy output step by step; what `run` would give is the generator's return value. Leaving early frees it. */
  stream(text: string, options: StreamOptions & { signal?: AbortSignal } = {}): AsyncGenerator<Step, Result, void> {
    return this.#steps(text, options, callersStack());
  }

  async *#steps(text: string, { signal, ...rest }: StreamOptions & { signal?: AbortSignal },
    withStack: (caught: unknown) => EngineError): AsyncGenerator<Step, Result, void> {
    let end = () => {};
    try {
      throwIfAborted(signal);
      const { session, number } = await this.#ready();
      const stream = await session.call('startStream', [number, text, rest], { signal });
      end = () => void session.call('endStream', [stream]).catch(() => {}); // a dead worker has no stream to end
      for (;;) {
        throwIfAborted(signal);
        const { steps, result } = await session.call('nextSteps', [stream], { signal });
        yield* steps;
        if (result) return result;
      }
    } catch (caught) {
      throw withStack(caught);
    } finally {
      end();
    }
  }

  /** Gives back the model's memory. Once more does nothing; other calls then fail with "freed". */
  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    const session = this.#session;
    this.#number?.then((number) => session.call('freeModel', [number])).catch(() => {}); // dead: nothing to give back
  }

  [dispose](): void { this.free(); }

  /** The worker at work and the model's number there. */
  async #ready(): Promise<{ session: Session; number: number }> {
    if (this.#freed) throw new EngineError('freed', 'the model was freed');
    const session = this.#live();
    if (session !== this.#session || this.#number === null) {
      this.#session = session;
      this.#number = session.call('load', [this.#files]).then(({ model }) => model);
      this.#number.catch(() => { this.#number = null; });
    }
    return { session, number: await this.#number };
  }
}
