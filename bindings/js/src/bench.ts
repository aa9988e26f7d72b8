import { dispose } from './dispose.js';
import { EngineError } from './error.js';
import type { BenchCheck } from './protocol.js';
import type { BenchHandle, Raw } from './raw.js';

/** A model with fixed work, run many times. It is fed its file of tensors first. */
export class BenchJob {
  readonly #raw: Raw;
  #handle: BenchHandle | null;
  #rest = new Uint8Array(0); // of a number that the pieces so far do not hold whole

  constructor(raw: Raw, handle: BenchHandle) {
    this.#raw = raw;
    this.#handle = handle;
  }

  /** The next bytes of the file, in pieces as they come. */
  feed(piece: Uint8Array): void {
    let bytes = piece;
    if (this.#rest.length > 0) {
      bytes = new Uint8Array(this.#rest.length + piece.length);
      bytes.set(this.#rest);
      bytes.set(piece, this.#rest.length);
    }
    const whole = bytes.length - (bytes.length % 4);
    this.#rest = bytes.slice(whole);
    this.#raw.benchFeed(this.#live(), bytes.subarray(0, whole));
  }

  /** One inference or one training step. */
  run(): void {
    this.#raw.benchRun(this.#live());
  }

  check(expected: ArrayBuffer): BenchCheck {
    return this.#raw.benchCheck(this.#live(), expected);
  }

  /** Allocations in the engine so far, of all that it does. */
  get allocations(): number {
    return this.#raw.benchAllocations();
  }

  free(): void {
    if (this.#handle === null) return;
    this.#raw.benchFree(this.#handle);
    this.#handle = null;
  }

  [dispose](): void {
    this.free();
  }

  #live(): BenchHandle {
    if (this.#handle === null) throw new EngineError('freed', 'the benchmark was freed');
    return this.#handle;
  }
}
