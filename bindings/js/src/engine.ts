import { instantiate } from '../../wasm/instantiate.mjs';
import { BenchJob } from './bench.js';
import { dispose } from './dispose.js';
import { EngineError } from './error.js';
import type {
  BenchOptions, EngineInfo, KernelOptions, KernelRate, MemoryMap, ModelFiles, ModelInfo, ModuleName, Result, RunOptions,
} from './protocol.js';
import { Raw, type Exports, type GenerationHandle, type ModelHandle } from './raw.js';

/** The engine on the thread that calls it: in the worker, or in Node. Everything it makes is freed by its `free`. */
export class LocalEngine {
  readonly info: EngineInfo;
  readonly #raw: Raw;

  /** `source`: the bytes of heed-simd128.wasm or heed-relaxed.wasm, or the response that brings them. */
  static async create(source: BufferSource | Response, module: ModuleName): Promise<LocalEngine> {
    return new LocalEngine(new Raw(await instantiate(source) as Exports), module);
  }

  private constructor(raw: Raw, module: ModuleName) {
    this.#raw = raw;
    this.info = { isa: raw.isa(), module, version: raw.version() };
  }

  /** What the module's memory takes; it never shrinks. */
  get memoryBytes(): number { return this.#raw.memoryBytes; }

  loadModel(files: ModelFiles): LocalModel { return new LocalModel(this.#raw, this.#raw.modelLoad(files)); }

  /** Measures kernels against what the registers allow. Its matrices take up to 80 MB, which the module then keeps. */
  benchmark(options: KernelOptions = {}): KernelRate[] { return this.#raw.benchKernels(options); }

  /** A model of the comparison, with the sizes of its manifest; its file of tensors has `fileSize` bytes. */
  createBench(options: BenchOptions, manifest: ArrayBuffer, fileSize: number): BenchJob {
    return new BenchJob(this.#raw, this.#raw.benchCreate(options, manifest, fileSize));
  }
}

export class LocalModel {
  readonly #raw: Raw;
  readonly #generations = new Set<Generation>();
  readonly #traces: Set<string>;
  #handle: ModelHandle | null;

  constructor(raw: Raw, handle: ModelHandle) {
    this.#raw = raw;
    this.#handle = handle;
    this.#traces = new Set(['attention', ...this.describe().traces]);
  }

  describe(): ModelInfo { return this.#raw.modelDescribe(this.#live()); }

  /** Reads the text; the caller advances the generation to its end and frees it. */
  start(text: string, options: RunOptions = {}): Generation {
    for (const name of options.trace ?? []) {
      if (this.#traces.has(name)) continue; // else a misspelt name would be an empty trace
      throw new EngineError('unknown', `trace: "${name}" is not one of: ${[...this.#traces].join(', ')}`);
    }
    const handle = this.#raw.generationStart(this.#live(), text, options);
    const generation = new Generation(this.#raw, handle, text, () => this.#generations.delete(generation));
    this.#generations.add(generation);
    return generation;
  }

  run(text: string, options: RunOptions = {}): Result {
    const generation = this.start(text, options);
    try {
      while (!generation.advance());
      return generation.result();
    } finally {
      generation.free();
    }
  }

  /** Also frees the generations that are still at it. Once more does nothing. */
  free(): void {
    if (this.#handle === null) return;
    this.#generations.forEach((generation) => generation.free());
    this.#raw.modelFree(this.#handle);
    this.#handle = null;
  }

  [dispose](): void { this.free(); }

  #live(): ModelHandle {
    if (this.#handle === null) throw new EngineError('freed', 'the model was freed');
    return this.#handle;
  }
}

/** A search under way. */
export class Generation {
  readonly #raw: Raw;
  readonly #text: string;
  readonly #forget: () => void;
  #handle: GenerationHandle | null;

  constructor(raw: Raw, handle: GenerationHandle, text: string, forget: () => void) {
    this.#raw = raw;
    this.#handle = handle;
    this.#text = text;
    this.#forget = forget;
  }

  /** Decodes one step; true when the output is complete. */
  advance(): boolean { return this.#raw.generationAdvance(this.#live()); }

  /** Where the module's bytes are at this moment. */
  memory(): MemoryMap { return this.#raw.generationMemory(this.#live()); }

  /** The result so far. */
  result(): Result { return this.#raw.generationResult(this.#live(), this.#text); }

  free(): void {
    if (this.#handle === null) return;
    this.#raw.generationFree(this.#handle);
    this.#handle = null;
    this.#forget();
  }

  [dispose](): void { this.free(); }

  #live(): GenerationHandle {
    if (this.#handle === null) throw new EngineError('freed', 'the generation was freed');
    return this.#handle;
  }
}
