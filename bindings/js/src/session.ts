import { EngineError, throwIfAborted } from './error.js';
import type {
  Arguments,
  EngineInfo,
  ErrorCode,
  FromWorker,
  Method,
  ModuleName,
  Progress,
  Reply,
  ToWorker,
} from './protocol.js';

interface Pending {
  resolve(value: Reply<Method>): void;
  reject(error: EngineError): void;
  progress: ((progress: Progress) => void) | undefined;
}

export interface CallOptions<M extends Method> {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress<M>) => void) | undefined;
}

/** The life of one worker: calls and their replies, until it is ended or crashes. */
export class Session {
  /** Settles when the engine is ready, or cannot be. */
  readonly opened: Promise<EngineInfo>;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #end: { code: ErrorCode; message: string } | null = null;
  #isOpen = false;
  #lastId = 0;

  constructor(worker: Worker, name: ModuleName, module: Promise<WebAssembly.Module>) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    worker.onmessageerror = () => this.end('crashed', 'a message of the engine could not be read');
    worker.onerror = (event) => {
      event.preventDefault(); // reported by the rejections
      if (this.#isOpen) this.end('crashed', `the engine crashed: ${event.message}`);
      else this.end('network', `the engine's worker did not start${event.message ? `: ${event.message}` : ''}`);
    };
    this.opened = module.then((compiled) => this.call('open', [name, compiled]));
    this.opened.then(
      () => {
        this.#isOpen = true;
      },
      (error: EngineError) => this.end(error.code, error.message),
    );
  }

  get ended(): boolean {
    return this.#end !== null;
  }

  async call<M extends Method>(
    method: M,
    args: Arguments<M>,
    { signal, onProgress }: CallOptions<M> = {},
  ): Promise<Reply<M>> {
    throwIfAborted(signal);
    if (this.#end) throw new EngineError(this.#end.code, this.#end.message);
    const id = ++this.#lastId;
    const cancel = () => this.#post({ cancel: id });
    try {
      return (await new Promise<Reply<Method>>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject, progress: onProgress as Pending['progress'] }); // what M reports
        this.#post({ id, method, args } as ToWorker); // M ties args to method, the union cannot see it
        signal?.addEventListener('abort', cancel, { once: true });
      })) as Reply<M>;
    } finally {
      this.#pending.delete(id);
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Ends the worker. What is pending, and every later call, fails with this. */
  end(code: ErrorCode, message: string): void {
    if (this.#end) return;
    this.#end = { code, message };
    this.#worker.terminate();
    this.#pending.forEach(({ reject }) => reject(new EngineError(code, message)));
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    if ('crash' in message) {
      this.end('crashed', `the engine crashed: ${message.crash}`);
      return;
    }
    const pending = this.#pending.get(message.id);
    if ('progress' in message) pending?.progress?.(message.progress);
    else if ('value' in message) pending?.resolve(message.value);
    else pending?.reject(new EngineError(message.error.code, message.error.message));
  }
}
