import { callersStack, throwIfAborted, type EngineError } from './error.js';
import type {
  ExplainOptions,
  Explanation,
  Neighbours,
  Prediction,
  Result,
  RunOptions,
  Step,
  StreamOptions,
  VectorTable,
} from './protocol.js';
import type { Session } from './session.js';
import { textOf, type Picture } from './text.js';

/** What can be run on a text: a loaded model, or one in training. */
export abstract class Runnable {
  /** The worker at work and the model's number there. */
  protected abstract ready(): Promise<{ session: Session; number: number }>;

  /** The output for a text, or of a model that reads images for one: greedy, or the best of a beam. */
  async run(text: string | Picture, options: RunOptions & { signal?: AbortSignal } = {}): Promise<Result> {
    const withStack = callersStack();
    try {
      const { signal, ...rest } = options;
      throwIfAborted(signal);
      const { session, number } = await this.ready();
      return await session.call('run', [number, textOf(text), rest], { signal });
    } catch (caught) {
      throw withStack(caught);
    }
  }

  /** Of a model that reads numbers: what it says of each of `rows` rows, which stand one after the other in `values`. */
  async predict(values: ArrayLike<number>, rows = 1, { signal }: { signal?: AbortSignal } = {}): Promise<Prediction> {
    const withStack = callersStack();
    try {
      throwIfAborted(signal);
      const { session, number } = await this.ready();
      return await session.call('predict', [number, Float32Array.from(values), rows], { signal });
    } catch (caught) {
      throw withStack(caught);
    }
  }

  /** Of a model that gives numbers: what it says of one text of numbers ("0.5 1"), with its loss and traces. */
  async explain(text: string, options: ExplainOptions & { signal?: AbortSignal } = {}): Promise<Explanation> {
    const withStack = callersStack();
    try {
      const { signal, ...rest } = options;
      throwIfAborted(signal);
      const { session, number } = await this.ready();
      return await session.call('explain', [number, text, rest], { signal });
    } catch (caught) {
      throw withStack(caught);
    }
  }

  /** Of word vectors: the words nearest to a sum of words, "king" or "king -man +woman", these left out. */
  async neighbours(query: string, { count = 10 }: { count?: number } = {}): Promise<Neighbours> {
    const withStack = callersStack();
    try {
      const { session, number } = await this.ready();
      return await session.call('neighbours', [number, query, count]);
    } catch (caught) {
      throw withStack(caught);
    }
  }

  /** Of word vectors: those of the `count` most frequent words; row r is info.source_vocabulary[r + 4]. */
  async vectors(count: number): Promise<VectorTable> {
    const withStack = callersStack();
    try {
      const { session, number } = await this.ready();
      return await session.call('vectors', [number, count]);
    } catch (caught) {
      throw withStack(caught);
    }
  }

  /** The greedy output step by step; what `run` would give is the generator's return value. Leaving early frees it. */
  stream(
    text: string | Picture,
    options: StreamOptions & { signal?: AbortSignal } = {},
  ): AsyncGenerator<Step, Result, void> {
    return this.#steps(textOf(text), options, callersStack());
  }

  async *#steps(
    text: string,
    { signal, ...rest }: StreamOptions & { signal?: AbortSignal },
    withStack: (caught: unknown) => EngineError,
  ): AsyncGenerator<Step, Result, void> {
    let end = () => {};
    try {
      throwIfAborted(signal);
      const { session, number } = await this.ready();
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
}
