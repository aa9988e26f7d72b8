import { EngineError } from './error.js';
import type { Kind } from './module.js';
import type {
  BenchCheck,
  BenchOptions,
  Cooccurrence,
  Dtype,
  ErrorCode,
  Examples,
  ExplainOptions,
  Explanation,
  KernelOptions,
  KernelRate,
  MemoryMap,
  ModelFiles,
  ModelInfo,
  Neighbours,
  Prediction,
  Regression,
  RegressionOptions,
  Result,
  RunOptions,
  TrainingFigures,
  VectorTable,
} from './protocol.js';
import { encode, unitOffsets } from './text.js';

/** What bindings/wasm/exports*.c export; its CMakeLists.txt says which module has which. Pointers and sizes are numbers. */
export interface Exports extends WebAssembly.Exports {
  memory: WebAssembly.Memory;
  heed_wasm_alloc(size: number): number;
  heed_wasm_free(block: number): void;
  heed_wasm_text_free(text: number): void;
  heed_wasm_error_name(): number;
  heed_wasm_error_message(): number;
  heed_wasm_version(): number;
  heed_wasm_isa(): number;
  heed_wasm_load_begin(
    config: number,
    configSize: number,
    tokenizer: number,
    tokenizerSize: number,
    weightsSize: number,
    f32: number,
    trainable: number,
  ): number;
  heed_wasm_load_feed(loader: number, bytes: number, size: number): number;
  heed_wasm_load_finish(loader: number): number;
  heed_wasm_load_cancel(loader: number): void;
  heed_wasm_model_describe(model: number): number;
  heed_wasm_model_free(model: number): void;
  heed_wasm_generation_start(
    model: number,
    text: number,
    size: number,
    numbers: number,
    trace: number,
    mute: number,
    target: number,
  ): number;
  heed_wasm_generation_advance(generation: number): number;
  heed_wasm_generation_json(generation: number): number;
  heed_wasm_generation_memory(generation: number): number;
  heed_wasm_heap_base(): number;
  heed_wasm_heap_used(): number;
  heed_wasm_generation_free(generation: number): void;
  heed_wasm_predict(model: number, values: number, rows: number, steps: number, channels: number): number;
  heed_wasm_prediction_free(): void;
  heed_wasm_predict_json(model: number, text: number, size: number, trace: number, target: number): number;
  heed_wasm_bench_create(
    model: number,
    task: number,
    dtype: number,
    manifest: number,
    manifestSize: number,
    fileSize: number,
  ): number;
  heed_wasm_bench_feed(job: number, bytes: number, size: number): number;
  heed_wasm_bench_run(job: number): number;
  heed_wasm_bench_check(job: number, expected: number, size: number): number;
  heed_wasm_bench_allocations(): number;
  heed_wasm_bench_free(job: number): void;
  heed_wasm_bench_kernels(isa: number, kernel: number, shape: number, rounds: number, sampleSeconds: number): number;
  heed_wasm_training_create(recipe: number, recipeSize: number, pairs: number, pairsSize: number): number;
  heed_wasm_training_advance(training: number): number;
  heed_wasm_training_json(training: number): number;
  heed_wasm_training_model(training: number): number;
  heed_wasm_training_free(training: number): void;
  heed_wasm_vectors_ask(model: number, query: number, size: number, wanted: number): number;
  heed_wasm_vectors_rows(model: number, sizes: number): number;
  heed_wasm_vectors_examples(
    recipe: number,
    recipeSize: number,
    text: number,
    textSize: number,
    sentence: number,
    sentenceSize: number,
  ): number;
  heed_wasm_vectors_cooccurrence(
    recipe: number,
    recipeSize: number,
    text: number,
    textSize: number,
    words: number,
  ): number;
  heed_wasm_model_encode(model: number, quantize: number): number;
  heed_wasm_files_free(): void;
  heed_wasm_regress(
    x: number,
    y: number,
    rows: number,
    columns: number,
    numbers: number,
    at: number,
    more: number,
  ): number;
}

/** Handles are addresses that mean something to the module only; the brands keep them apart. */
export type LoaderHandle = number & { readonly brand: 'loader' };
export type ModelHandle = number & { readonly brand: 'model' };
export type GenerationHandle = number & { readonly brand: 'generation' };
export type BenchHandle = number & { readonly brand: 'bench' };
export type TrainingHandle = number & { readonly brand: 'training' };

/** What a piece of training was, in the order of heed_training_event. */
const EVENTS = ['step', 'judging', 'epoch', 'finished', 'part'] as const;
const METHODS: readonly string[] = ['auto', 'normal', 'gradient', 'coordinates']; // in the order of heed_regression_method
export type TrainingEvent = (typeof EVENTS)[number];

const decoder = new TextDecoder();

/** Bytes of weights that are copied into the module at once. */
const PIECE = 1 << 16;

/**
 * The only code that knows pointers. Everything that comes out is a copy: no view of the module's memory leaves,
 * because the memory moves when it grows.
 */
export class Raw {
  readonly #exports: Exports;

  constructor(exports: Exports) {
    this.#exports = exports;
  }

  get memoryBytes(): number {
    return this.#exports.memory.buffer.byteLength;
  }
  version(): string {
    return this.#textAt(this.#exports.heed_wasm_version());
  }
  isa(): string {
    return this.#textAt(this.#exports.heed_wasm_isa());
  }

  /** `weightsSize` is 0 when it is not known. */
  loadBegin(
    config: Uint8Array | ArrayBuffer,
    tokenizer: Uint8Array | ArrayBuffer,
    weightsSize: number,
    dtype: Dtype,
  ): LoaderHandle {
    if (!Number.isSafeInteger(weightsSize) || weightsSize >= 2 ** 32) {
      // its upper bits would be lost on the way
      throw new EngineError('memory', `out of memory for ${weightsSize} bytes of weights`);
    }
    this.#checkFor('heed_wasm_load_begin', 'heed');
    return this.#withCopies([config, tokenizer], ([c, t]) => {
      const begin = this.#exports.heed_wasm_load_begin;
      const f32 = dtype === 'f32' ? 1 : 0;
      return this.#pointer(begin(c!, config.byteLength, t!, tokenizer.byteLength, weightsSize, f32, 0)) as LoaderHandle;
    });
  }

  loadFeed(loader: LoaderHandle, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += PIECE) {
      // the copy stays small, however large what came is
      const piece = bytes.subarray(at, at + PIECE);
      this.#withCopies([piece], ([p]) => this.#succeed(this.#exports.heed_wasm_load_feed(loader, p!, piece.length)));
    }
  }

  /** Also when it fails the loader is no more. */
  loadFinish(loader: LoaderHandle): ModelHandle {
    return this.#pointer(this.#exports.heed_wasm_load_finish(loader)) as ModelHandle;
  }

  loadCancel(loader: LoaderHandle): void {
    this.#exports.heed_wasm_load_cancel(loader);
  }

  modelDescribe(model: ModelHandle): ModelInfo {
    return this.#takeJson(this.#exports.heed_wasm_model_describe(model)) as ModelInfo;
  }

  modelFree(model: ModelHandle): void {
    this.#exports.heed_wasm_model_free(model);
  }

  generationStart(model: ModelHandle, text: string, options: RunOptions): GenerationHandle {
    const {
      beam = 1,
      maxLength = 0,
      lengthPenalty = 0,
      attentionTemperature = 0,
      temperature = 0,
      topK = 0,
      topP = 0,
      seed = 0,
      trace = [],
      mute = [],
      target,
      cache = true,
    } = options;
    if (typeof text !== 'string') throw new EngineError('argument', 'the text to run on is not a string');
    if (target?.includes('\0')) throw new EngineError('argument', 'target: there is a NUL in it');
    for (const [name, value] of Object.entries({ beam, maxLength, topK })) this.#checkWhole(name, value, 2 ** 31);
    this.#checkWhole('seed', seed, 2 ** 53);
    const numbers = [
      beam,
      maxLength,
      lengthPenalty,
      attentionTemperature,
      temperature,
      topK,
      topP,
      seed,
      cache ? 0 : 1,
    ];
    const bytes = encode(text);
    const texts = [trace.join(), mute.join(), target ?? ''].map((each) => encode(`${each}\0`));
    return this.#withCopies(
      [bytes, new Uint8Array(new Float64Array(numbers).buffer), ...texts],
      ([input, values, names, heads, output]) => {
        const start = this.#exports.heed_wasm_generation_start;
        const wanted = target === undefined ? 0 : output!;
        return this.#pointer(start(model, input!, bytes.length, values!, names!, heads!, wanted)) as GenerationHandle;
      },
    );
  }

  /** `values` are `rows` rows of steps of `channels` numbers. */
  predict(model: ModelHandle, values: Float32Array, rows: number, channels: number): Prediction & { first: number } {
    const steps = values.length / (rows * channels);
    if (!Number.isInteger(rows) || !Number.isInteger(steps) || rows < 1 || steps < 1) {
      throw new EngineError('shape', `${values.length} values are not ${rows} rows of steps of ${channels}`);
    }
    const { heed_wasm_predict: predict, heed_wasm_prediction_free: free, memory } = this.#exports;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.#withCopies([bytes], ([input]) => {
      const at = this.#pointer(predict(model, input!, rows, steps, channels));
      try {
        const [n, length, width, labels, first, address] = new Uint32Array(memory.buffer, at, 6) as unknown as number[];
        const out = new Float32Array(memory.buffer, address, n! * length! * width!).slice();
        return { rows: n!, steps: length!, channels: width!, values: out, first: labels ? first! : 0 };
      } finally {
        free();
      }
    });
  }

  predictJson(model: ModelHandle, text: string, { trace = [], target }: ExplainOptions): Explanation {
    if (target?.includes('\0')) throw new EngineError('argument', 'target: there is a NUL in it');
    const bytes = encode(text);
    const texts = [trace.join(), target ?? ''].map((each) => encode(`${each}\0`));
    return this.#withCopies([bytes, ...texts], ([input, names, output]) => {
      const wanted = target === undefined ? 0 : output!;
      const explain = this.#exports.heed_wasm_predict_json;
      return this.#takeJson(explain(model, input!, bytes.length, names!, wanted)) as Explanation;
    });
  }

  #checkWhole(name: string, value: number, limit: number): void {
    if (Number.isInteger(value) && Math.abs(value) < limit) return; // else the border would round it in silence
    throw new EngineError('argument', `${name} is ${value}, which is not a whole number that fits`);
  }

  /** Whether the output is complete after this step. */
  generationAdvance(generation: GenerationHandle): boolean {
    const state = this.#exports.heed_wasm_generation_advance(generation);
    if (state < 0) throw this.#error();
    return state === 1;
  }

  /** `text` is what the generation was started on: offsets are turned into its units, and pieces are cut from it. */
  generationResult(generation: GenerationHandle, text: string): Result {
    const json = this.#takeJson(this.#exports.heed_wasm_generation_json(generation)) as Result;
    const unit = unitOffsets(text);
    const place = ({ start, length }: { start: number; length: number }) => ({
      start: unit(start),
      length: unit(start + length) - unit(start),
    });
    return {
      input: text,
      source: json.source.map((piece) => ({ token: piece.token, ...place(piece) })),
      ...(json.columns && { columns: json.columns }),
      skipped: json.skipped.map(place).map((at) => ({ text: text.slice(at.start, at.start + at.length), ...at })),
      hypotheses: json.hypotheses,
      tree: json.tree,
      trace: json.trace,
      ms: json.ms,
    };
  }

  generationMemory(generation: GenerationHandle): MemoryMap {
    const parts = this.#takeJson(this.#exports.heed_wasm_generation_memory(generation)) as MemoryMap;
    const base = this.#exports.heed_wasm_heap_base() >>> 0,
      used = this.#exports.heed_wasm_heap_used() >>> 0;
    return { ...parts, total: this.memoryBytes, base, used };
  }

  generationFree(generation: GenerationHandle): void {
    this.#exports.heed_wasm_generation_free(generation);
  }

  benchCreate({ model, task = '', dtype = '' }: BenchOptions, manifest: ArrayBuffer, fileSize: number): BenchHandle {
    if (!Number.isInteger(fileSize) || fileSize < 0 || fileSize >= 2 ** 32) {
      throw new EngineError('argument', `a file of ${fileSize} bytes cannot be read`);
    }
    this.#checkFor('heed_wasm_bench_kernels', 'bench');
    const texts = [model, task, dtype].map((text) => encode(`${text}\0`));
    return this.#withCopies([...texts, manifest], ([name, what, type, sizes]) => {
      const create = this.#exports.heed_wasm_bench_create;
      return this.#pointer(create(name!, what!, type!, sizes!, manifest.byteLength, fileSize)) as BenchHandle;
    });
  }

  benchFeed(job: BenchHandle, bytes: Uint8Array): void {
    this.#withCopies([bytes], ([at]) => this.#succeed(this.#exports.heed_wasm_bench_feed(job, at!, bytes.byteLength)));
  }

  benchRun(job: BenchHandle): void {
    this.#succeed(this.#exports.heed_wasm_bench_run(job));
  }

  benchCheck(job: BenchHandle, expected: ArrayBuffer): BenchCheck {
    return this.#withCopies([expected], ([at]) => {
      const text = this.#pointer(this.#exports.heed_wasm_bench_check(job, at!, expected.byteLength));
      return JSON.parse(this.#textAt(text)) as BenchCheck;
    });
  }

  benchAllocations(): number {
    return this.#exports.heed_wasm_bench_allocations();
  }

  benchFree(job: BenchHandle): void {
    this.#exports.heed_wasm_bench_free(job);
  }

  benchKernels({ isa = '', kernel = '', shape = '', rounds = 0, sampleSeconds = 0 }: KernelOptions): KernelRate[] {
    this.#checkFor('heed_wasm_bench_kernels', 'bench');
    if (!Number.isInteger(rounds))
      throw new EngineError('argument', `rounds is ${rounds}, which is not a whole number`);
    return this.#withCopies(
      [isa, kernel, shape].map((text) => encode(`${text}\0`)),
      ([set, name, sizes]) =>
        this.#takeJson(
          this.#exports.heed_wasm_bench_kernels(set!, name!, sizes!, rounds, sampleSeconds),
        ) as KernelRate[],
    );
  }

  #checkFor(call: keyof Exports, kind: Kind): void {
    if (call in this.#exports) return;
    throw new EngineError('unsupported', `this module cannot do it; ${kind}-*.wasm can`);
  }

  #succeed(state: number): void {
    if (state < 0) throw this.#error();
  }

  trainingCreate(recipe: string, pairs: string | null): TrainingHandle {
    this.#checkFor('heed_wasm_training_create', 'train');
    const parts = [encode(recipe), ...(pairs === null ? [] : [encode(pairs)])];
    return this.#withCopies(parts, ([text, lines]) => {
      const create = this.#exports.heed_wasm_training_create;
      const training = create(text!, parts[0]!.length, lines ?? 0, parts[1]?.length ?? 0);
      return this.#pointer(training) as TrainingHandle;
    });
  }

  trainingAdvance(training: TrainingHandle): TrainingEvent {
    const event = EVENTS[this.#exports.heed_wasm_training_advance(training)];
    if (event === undefined) throw this.#error();
    return event;
  }

  trainingFigures(training: TrainingHandle): TrainingFigures {
    return this.#takeJson(this.#exports.heed_wasm_training_json(training)) as TrainingFigures;
  }

  /** The training's own model as it is now: not to be freed, and a search on it must end before training goes on. */
  trainingModel(training: TrainingHandle): ModelHandle {
    return this.#pointer(this.#exports.heed_wasm_training_model(training)) as ModelHandle;
  }

  trainingFree(training: TrainingHandle): void {
    this.#exports.heed_wasm_training_free(training);
  }

  vectorsAsk(model: ModelHandle, query: string, count: number): Neighbours {
    this.#checkFor('heed_wasm_vectors_ask', 'vectors');
    const bytes = encode(query);
    return this.#withCopies(
      [bytes],
      ([text]) => this.#takeJson(this.#exports.heed_wasm_vectors_ask(model, text!, bytes.length, count)) as Neighbours,
    );
  }

  vectorsRows(model: ModelHandle, wanted: number): VectorTable {
    if (!Number.isInteger(wanted) || wanted < 1 || wanted >= 2 ** 31) {
      throw new EngineError('argument', `${wanted} vectors; it must be a whole number, 1 or more`);
    }
    this.#checkFor('heed_wasm_vectors_rows', 'vectors');
    return this.#withCopies([Int32Array.of(wanted, 0).buffer], ([sizes]) => {
      const at = this.#pointer(this.#exports.heed_wasm_vectors_rows(model, sizes!));
      const { buffer } = this.#exports.memory;
      const [rows, dim] = new Int32Array(buffer, sizes!, 2);
      const values = new Float32Array(buffer, at, rows! * dim!).slice();
      this.#exports.heed_wasm_free(at);
      return { rows: rows!, dim: dim!, values };
    });
  }

  vectorsExamples(...texts: [recipe: string, text: string, sentence: string]): Examples {
    this.#checkFor('heed_wasm_vectors_examples', 'vectors');
    const parts = texts.map(encode),
      [r, t, s] = parts.map(({ length }) => length);
    return this.#withCopies(
      parts,
      ([recipe, text, sentence]) =>
        this.#takeJson(this.#exports.heed_wasm_vectors_examples(recipe!, r!, text!, t!, sentence!, s!)) as Examples,
    );
  }

  vectorsCooccurrence(recipe: string, text: string, words: number): Cooccurrence {
    this.#checkFor('heed_wasm_vectors_cooccurrence', 'vectors');
    const parts = [recipe, text].map(encode),
      [r, t] = parts.map(({ length }) => length);
    return this.#withCopies(
      parts,
      ([json, lines]) =>
        this.#takeJson(this.#exports.heed_wasm_vectors_cooccurrence(json!, r!, lines!, t!, words)) as Cooccurrence,
    );
  }

  modelEncode(model: ModelHandle, quantize: boolean): ModelFiles {
    const at = this.#pointer(this.#exports.heed_wasm_model_encode(model, quantize ? 1 : 0));
    try {
      const { buffer } = this.#exports.memory;
      const [config, configSize, tokenizer, tokenizerSize, weights, weightsSize] = new Uint32Array(buffer, at, 6);
      const copy = (address: number, size: number) => buffer.slice(address, address + size) as ArrayBuffer;
      return {
        config: copy(config!, configSize!),
        tokenizer: copy(tokenizer!, tokenizerSize!),
        weights: copy(weights!, weightsSize!),
      };
    } finally {
      this.#exports.heed_wasm_files_free();
    }
  }

  regress(x: readonly ArrayLike<number>[], y: ArrayLike<number>, options: RegressionOptions): Regression {
    this.#checkFor('heed_wasm_regress', 'regress');
    const { method = 'auto', degree = 1, l1 = 0, l2 = 0, standardise = false, steps = 0, rate = 0, at = [] } = options;
    const columns = x[0]?.length ?? 0;
    if (x.length !== y.length || [...x, ...at].some((row) => row.length !== columns)) {
      throw new EngineError(
        'shape',
        `${x.length} rows and ${y.length} targets; all rows must have as many numbers as the first`,
      );
    }
    const chosen = METHODS.indexOf(method);
    if (chosen < 0) throw new EngineError('unknown', `the method "${method}" is not one of: ${METHODS.join(' ')}`);
    this.#checkWhole('degree', degree, 2 ** 31);
    this.#checkWhole('steps', steps, 2 ** 31);
    const numbers = [chosen, degree, l1, l2, +standardise, steps, rate];
    const flat = (rows: readonly ArrayLike<number>[]) => rows.flatMap((row) => Array.from(row));
    const parts = [flat(x), Array.from(y), numbers, flat(at)].map(
      (list) => new Uint8Array(new Float64Array(list).buffer),
    );
    return this.#withCopies(
      parts,
      ([xs, ys, settings, more]) =>
        this.#takeJson(
          this.#exports.heed_wasm_regress(xs!, ys!, x.length, columns, settings!, more!, at.length),
        ) as Regression,
    );
  }

  /** Calls `use` with the addresses of copies that live as long as the call. */
  #withCopies<T>(parts: (Uint8Array | ArrayBuffer)[], use: (addresses: number[]) => T): T {
    const addresses: number[] = [];
    try {
      for (const part of parts) {
        const size = part.byteLength;
        const fits = size < 2 ** 32; // a size beyond that would lose its upper bits on the way
        const address = fits ? this.#exports.heed_wasm_alloc(size) >>> 0 : 0;
        if (address === 0) throw new EngineError('memory', `out of memory for ${size} bytes of input`);
        addresses.push(address);
        const bytes = part instanceof Uint8Array ? part : new Uint8Array(part);
        new Uint8Array(this.#exports.memory.buffer, address, size).set(bytes);
      }
      return use(addresses);
    } finally {
      addresses.forEach((address) => this.#exports.heed_wasm_free(address));
    }
  }

  #pointer(returned: number): number {
    if (returned === 0) throw this.#error();
    return returned >>> 0;
  }

  #takeJson(returned: number): unknown {
    const address = this.#pointer(returned);
    try {
      return JSON.parse(this.#textAt(address));
    } finally {
      this.#exports.heed_wasm_text_free(address);
    }
  }

  #textAt(address: number): string {
    const start = address >>> 0;
    const bytes = new Uint8Array(this.#exports.memory.buffer);
    return decoder.decode(bytes.subarray(start, bytes.indexOf(0, start)));
  }

  #error(): EngineError {
    const code = this.#textAt(this.#exports.heed_wasm_error_name()) as ErrorCode;
    return new EngineError(code, this.#textAt(this.#exports.heed_wasm_error_message()));
  }
}
