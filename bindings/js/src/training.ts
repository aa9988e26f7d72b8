import { asEngineError, callersStack, EngineError, throwIfAborted } from './error.js';
import { dispose } from './dispose.js';
import type { ExportOptions, ModelInfo, TrainingFigures, TrainingStep, TrainOptions } from './protocol.js';
import { Runnable } from './runnable.js';
import type { Session } from './session.js';

export interface TrainingOptions extends TrainOptions {
  /** The examples: lines of "source TAB target"; of word vectors the text. Left out when the recipe names a task that makes them. */
  data?: string;
  /** Hears of each `every`-th step and of every epoch's end. */
  onStep?: (step: TrainingStep) => void;
  /** Stops the training; `done` then fails with "cancelled". */
  signal?: AbortSignal;
  /** Begin paused: for `step` or `resume`. */
  paused?: boolean;
}

export type TrainingState = 'running' | 'paused' | 'stopped' | 'finished' | 'failed';

interface Work {
  controller: AbortController;
  end: Promise<TrainingFigures>;
}

/**
 * Training in the worker. Its model can be run at any moment, also after the end, until `free`. A crash of the worker
 * loses it: `done` and later calls then fail.
 */
export class Training extends Runnable {
  readonly info: ModelInfo;
  /** The figures at the end, whether the recipe's or that of `stop`. Fails when training does. */
  readonly done: Promise<TrainingFigures>;
  readonly #session: Session;
  readonly #number: number;
  readonly #recipe: string;
  readonly #options: TrainingOptions;
  #figures: TrainingFigures;
  #state: TrainingState = 'paused';
  #work: Work | null = null;
  #freed = false;
  #settle!: { resolve(figures: TrainingFigures): void; reject(error: EngineError): void };

  /** Use engine.train(). */
  constructor(
    session: Session,
    number: number,
    info: ModelInfo,
    figures: TrainingFigures,
    recipe: string,
    options: TrainingOptions,
  ) {
    super();
    this.#session = session;
    this.#number = number;
    this.#recipe = recipe;
    this.#options = options;
    this.#figures = figures;
    this.info = info;
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.done.catch(() => {}); // who waits for it hears of it; nobody has to
    options.signal?.addEventListener(
      'abort',
      () => {
        this.stop().catch(() => {});
        this.#fail(new EngineError('cancelled', 'the caller asked to stop', { cause: options.signal?.reason }));
      },
      { once: true },
    );
    if (!options.paused) this.resume();
  }

  get state(): TrainingState {
    return this.#state;
  }

  /** The last figures that came. */
  get figures(): TrainingFigures {
    return this.#figures;
  }

  /** Pauses, and does so many steps. */
  async step(steps = 1): Promise<TrainingFigures> {
    const withStack = callersStack();
    try {
      if (!Number.isSafeInteger(steps) || steps < 1)
        throw new EngineError('argument', `steps is ${steps}; it must be 1 or more`);
      await this.pause();
      this.#mustGoOn();
      await this.#start(steps);
      return this.#figures;
    } catch (caught) {
      throw withStack(caught);
    }
  }

  /** Resolves when the step in hand is done. */
  async pause(): Promise<TrainingFigures> {
    this.#work?.controller.abort();
    await this.#work?.end;
    return this.#figures;
  }

  resume(): void {
    this.#mustGoOn();
    if (this.#work === null) this.#start(Infinity).catch(() => {}); // `done` tells of it
  }

  /** Ends training. The model stays. */
  async stop(): Promise<TrainingFigures> {
    if (this.#state === 'running' || this.#state === 'paused') {
      this.#state = 'stopped';
      await this.pause();
      this.#settle.resolve(this.#figures);
    }
    return this.#figures;
  }

  /** The model as it is, as a zip of its folder: what `heed run` reads once unpacked, and engine.load as it is. */
  async export(options: ExportOptions = {}): Promise<Blob> {
    const withStack = callersStack();
    try {
      const { session, number } = await this.ready();
      const [files, { zipModel }] = await Promise.all([
        session.call('exportModel', [number, options]),
        import('./zip.js'),
      ]);
      return zipModel((JSON.parse(this.#recipe) as { name: string }).name, files, this.#recipe);
    } catch (caught) {
      throw withStack(caught);
    }
  }

  /** Ends training and gives its memory back. Once more does nothing; other calls then fail with "freed". */
  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    if (this.#state === 'running' || this.#state === 'paused') this.#state = 'stopped';
    this.#work?.controller.abort();
    this.#fail(new EngineError('freed', 'the training was freed'));
    this.#session.call('freeModel', [this.#number]).catch(() => {}); // dead: nothing to give back
  }

  [dispose](): void {
    this.free();
  }

  protected override async ready(): Promise<{ session: Session; number: number }> {
    if (this.#freed) throw new EngineError('freed', 'the training was freed');
    return { session: this.#session, number: this.#number };
  }

  #mustGoOn(): void {
    if (this.#freed) throw new EngineError('freed', 'the training was freed');
    throwIfAborted(this.#options.signal);
    if (this.#state !== 'running' && this.#state !== 'paused') {
      throw new EngineError('argument', `the training is ${this.#state}`);
    }
  }

  #start(steps: number): Promise<unknown> {
    const controller = new AbortController();
    const { every, watch, onStep } = this.#options;
    const end = this.#session.call('train', [this.#number, steps, { every, watch }], {
      signal: controller.signal,
      onProgress: (step) => {
        this.#figures = step;
        onStep?.(step);
      },
    });
    this.#work = { controller, end };
    this.#state = 'running';
    return end.then(
      (figures) => this.#ended(figures),
      (caught) => {
        this.#work = null;
        this.#fail(asEngineError(caught, 'crashed'));
        throw caught;
      },
    );
  }

  #ended(figures: TrainingFigures): void {
    this.#work = null;
    this.#figures = figures;
    if (this.#state !== 'running') return; // stopped meanwhile
    this.#state = figures.finished ? 'finished' : 'paused';
    if (figures.finished) this.#settle.resolve(figures);
  }

  #fail(error: EngineError): void {
    if (this.#state === 'running' || this.#state === 'paused') this.#state = 'failed';
    this.#settle.reject(error);
  }
}
