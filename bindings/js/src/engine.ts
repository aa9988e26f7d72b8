import { instantiate } from '../../wasm/instantiate.mjs';
import { BenchJob } from './bench.js';
import { dispose } from './dispose.js';
import { EngineError } from './error.js';
import type {
  BenchOptions,
  Cooccurrence,
  Dtype,
  EngineInfo,
  Examples,
  ExplainOptions,
  Explanation,
  ExportOptions,
  KernelOptions,
  KernelRate,
  MemoryMap,
  ModelFiles,
  ModelInfo,
  ModuleName,
  Neighbours,
  Prediction,
  Regression,
  RegressionOptions,
  Result,
  RunOptions,
  TrainingFigures,
  VectorTable,
} from './protocol.js';
import {
  Raw,
  type Exports,
  type GenerationHandle,
  type LoaderHandle,
  type ModelHandle,
  type TrainingEvent,
  type TrainingHandle,
} from './raw.js';

export { textOf } from './text.js';

/** The engine on the thread that calls it: in the worker, or in Node. Everything it makes is freed by its `free`. */
export class LocalEngine {
  readonly info: EngineInfo;
  readonly #raw: Raw;

  /** `source`: heed-, train- or bench-MODULE.wasm compiled, its bytes, or the response that brings them. */
  static async create(source: WebAssembly.Module | BufferSource | Response, module: ModuleName): Promise<LocalEngine> {
    return new LocalEngine(new Raw((await instantiate(source)) as Exports), module);
  }

  private constructor(raw: Raw, module: ModuleName) {
    this.#raw = raw;
    this.info = { isa: raw.isa(), module, version: raw.version() };
  }

  /** What the module's memory takes; it never shrinks. */
  get memoryBytes(): number {
    return this.#raw.memoryBytes;
  }

  /** The model of files that are all in memory. */
  loadModel({ config, tokenizer, weights }: ModelFiles, dtype?: Dtype): LocalModel {
    const loading = this.startLoading(config, tokenizer, weights.byteLength, dtype);
    try {
      loading.feed(new Uint8Array(weights));
      return loading.finish();
    } finally {
      loading.free();
    }
  }

  /** A model whose weights come piece by piece; `weightsSize` is 0 when it is not known. */
  startLoading(config: ArrayBuffer, tokenizer: ArrayBuffer, weightsSize: number, dtype: Dtype = 'int8'): Loading {
    return new Loading(this.#raw, this.#raw.loadBegin(config, tokenizer, weightsSize, dtype));
  }

  /** Measures kernels against what the registers allow. Its matrices take up to 80 MB, which the module then keeps. */
  benchmark(options: KernelOptions = {}): KernelRate[] {
    return this.#raw.benchKernels(options);
  }

  /** A model of the comparison, with the sizes of its manifest; its file of tensors has `fileSize` bytes. */
  createBench(options: BenchOptions, manifest: ArrayBuffer, fileSize: number): BenchJob {
    return new BenchJob(this.#raw, this.#raw.benchCreate(options, manifest, fileSize));
  }

  /** Fits y to rows x, with penalties or not: one call, for as many points as a figure shows. */
  regress(x: readonly ArrayLike<number>[], y: ArrayLike<number>, options: RegressionOptions = {}): Regression {
    return this.#raw.regress(x, y, options);
  }

  /** The windows of a sentence, with the counts of a text; how often the words of a text meet. */
  examples(recipe: string, text: string, sentence: string): Examples {
    return this.#raw.vectorsExamples(recipe, text, sentence);
  }
  cooccurrence(recipe: string, text: string, words: number): Cooccurrence {
    return this.#raw.vectorsCooccurrence(recipe, text, words);
  }

  /** Checks the recipe (JSON) and prepares training on the pairs, lines of "source TAB target", or of word vectors the text. */
  startTraining(recipe: string, pairs: string | null = null): LocalTraining {
    return new LocalTraining(this.#raw, this.#raw.trainingCreate(recipe, pairs));
  }
}

/** A search under way: `advance` until it is true, then `result` or `memory`, then `free`. */
export interface Search {
  advance(): boolean;
  result(): Result;
  memory(): MemoryMap;
  free(): void;
}

/** Of a model that reads numbers. */
function predictWith(raw: Raw, model: ModelHandle, values: ArrayLike<number>, rows: number): Prediction {
  const { source_values: shape, target_vocabulary: tokens } = raw.modelDescribe(model);
  if (shape === undefined) throw new EngineError('argument', 'the model reads text, not numbers');
  const { first, ...prediction } = raw.predict(model, Float32Array.from(values), rows, shape.channels);
  return first === 0 ? prediction : { ...prediction, labels: tokens.slice(first) };
}

/** A model on its way in. */
export class Loading {
  readonly #raw: Raw;
  #handle: LoaderHandle | null;

  constructor(raw: Raw, handle: LoaderHandle) {
    this.#raw = raw;
    this.#handle = handle;
  }

  /** The next bytes of the weights. */
  feed(piece: Uint8Array): void {
    this.#raw.loadFeed(this.#live(), piece);
  }

  /** The model, when all has come. */
  finish(): LocalModel {
    const handle = this.#live();
    this.#handle = null;
    return new LocalModel(this.#raw, this.#raw.loadFinish(handle));
  }

  /** Gives up what is not finished. */
  free(): void {
    if (this.#handle !== null) this.#raw.loadCancel(this.#handle);
    this.#handle = null;
  }

  [dispose](): void {
    this.free();
  }

  #live(): LoaderHandle {
    if (this.#handle === null) throw new EngineError('freed', 'the loading is over');
    return this.#handle;
  }
}

export class LocalModel {
  readonly #raw: Raw;
  readonly #generations = new Set<Generation>();
  #handle: ModelHandle | null;

  constructor(raw: Raw, handle: ModelHandle) {
    this.#raw = raw;
    this.#handle = handle;
  }

  describe(): ModelInfo {
    return this.#raw.modelDescribe(this.#live());
  }

  /** Reads the text; the caller advances the generation to its end and frees it. */
  start(text: string, options: RunOptions = {}): Generation {
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

  /** Of `rows` rows of numbers, one after the other. */
  predict(values: ArrayLike<number>, rows = 1): Prediction {
    return predictWith(this.#raw, this.#live(), values, rows);
  }

  /** Of one text of numbers, to numbers: with its loss and traces. */
  explain(text: string, options: ExplainOptions = {}): Explanation {
    return this.#raw.predictJson(this.#live(), text, options);
  }

  /** Of word vectors. */
  neighbours(query: string, count = 10): Neighbours {
    return this.#raw.vectorsAsk(this.#live(), query, count);
  }
  vectors(rows: number): VectorTable {
    return this.#raw.vectorsRows(this.#live(), rows);
  }

  /** Also frees the generations that are still at it. Once more does nothing. */
  free(): void {
    if (this.#handle === null) return;
    this.#generations.forEach((generation) => generation.free());
    this.#raw.modelFree(this.#handle);
    this.#handle = null;
  }

  [dispose](): void {
    this.free();
  }

  #live(): ModelHandle {
    if (this.#handle === null) throw new EngineError('freed', 'the model was freed');
    return this.#handle;
  }
}

/** Training under way. Its model can be run between any two calls of `advance`. */
export class LocalTraining {
  readonly #raw: Raw;
  #handle: TrainingHandle | null;

  constructor(raw: Raw, handle: TrainingHandle) {
    this.#raw = raw;
    this.#handle = handle;
  }

  describe(): ModelInfo {
    return this.#raw.modelDescribe(this.#model());
  }

  /** The next piece of work: a step, a part of one (a shard of a batch), or a part of judging an epoch. */
  advance(): TrainingEvent {
    return this.#raw.trainingAdvance(this.#live());
  }

  figures(): TrainingFigures {
    return this.#raw.trainingFigures(this.#live());
  }

  /** The whole search at once: the weights must not change under it. */
  start(text: string, options: RunOptions = {}): Search {
    const handle = this.#raw.generationStart(this.#model(), text, options);
    const generation = new Generation(this.#raw, handle, text, () => {});
    try {
      while (!generation.advance());
      const [result, memory] = [generation.result(), generation.memory()];
      return { advance: () => true, result: () => result, memory: () => memory, free() {} };
    } finally {
      generation.free();
    }
  }

  run(text: string, options: RunOptions = {}): Result {
    return this.start(text, options).result();
  }

  predict(values: ArrayLike<number>, rows = 1): Prediction {
    return predictWith(this.#raw, this.#model(), values, rows);
  }
  explain(text: string, options: ExplainOptions = {}): Explanation {
    return this.#raw.predictJson(this.#model(), text, options);
  }

  /** Of word vectors, as they are. */
  neighbours(query: string, count = 10): Neighbours {
    return this.#raw.vectorsAsk(this.#model(), query, count);
  }
  vectors(rows: number): VectorTable {
    return this.#raw.vectorsRows(this.#model(), rows);
  }

  /** The files of the model as it is. */
  files({ quantize = false }: ExportOptions = {}): ModelFiles {
    return this.#raw.modelEncode(this.#model(), quantize);
  }

  /** Gives the memory back. Once more does nothing. */
  free(): void {
    if (this.#handle === null) return;
    this.#raw.trainingFree(this.#handle);
    this.#handle = null;
  }

  [dispose](): void {
    this.free();
  }

  #model(): ModelHandle {
    return this.#raw.trainingModel(this.#live());
  }

  #live(): TrainingHandle {
    if (this.#handle === null) throw new EngineError('freed', 'the training was freed');
    return this.#handle;
  }
}

/** A search on a model of its own. */
export class Generation implements Search {
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
  advance(): boolean {
    return this.#raw.generationAdvance(this.#live());
  }

  /** Where the module's bytes are at this moment. */
  memory(): MemoryMap {
    return this.#raw.generationMemory(this.#live());
  }

  /** The result so far. */
  result(): Result {
    return this.#raw.generationResult(this.#live(), this.#text);
  }

  free(): void {
    if (this.#handle === null) return;
    this.#raw.generationFree(this.#handle);
    this.#handle = null;
    this.#forget();
  }

  [dispose](): void {
    this.free();
  }

  #live(): GenerationHandle {
    if (this.#handle === null) throw new EngineError('freed', 'the generation was freed');
    return this.#handle;
  }
}
