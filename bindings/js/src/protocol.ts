/** What a page can ask of the engine. The worker implements EngineApi; requests and replies derive from it. */

/** A piece of the input: a token that the model read, or text that it skipped because its alphabet has no such sign. */
export interface SourceToken {
  token: string;
  start: number;
  length: number;
} // UTF-16 offsets in the input
export interface SkippedText {
  text: string;
  start: number;
  length: number;
}

/** `chance`, of an output that is drawn: that it is drawn, after temperature, top-k and top-p. */
export interface Candidate {
  token: string;
  probability: number;
  chance?: number;
}

/** One decoding step. The last step of an ended hypothesis chose "<eos>". */
export interface Step {
  token: string;
  id: number;
  log_probability: number; // natural logarithm, as the model has it
  rank: number; // 1: no token is likelier
  chance?: number;
  candidates: Candidate[]; // the five best, best first
  attention: number[] | null; // one weight per source token, or per cell of an image, row after row
}

/** `score` is log_probability, with a length penalty divided by it; perplexity is exp(-log_probability / steps). */
export interface Hypothesis {
  score: number;
  log_probability: number;
  perplexity: number;
  ended: boolean;
  text: string;
  tokens: string[];
  steps: Step[];
}
/** A prefix that a beam held at some time; `parent` is the place of what it continues in the list, -1 at the start. */
export interface TreeNode {
  parent: number;
  token: string;
  log_probability: number;
  ended: boolean;
}
export interface TraceEntry {
  name: string;
  shape: number[];
  values: number[];
}

export interface Result {
  input: string;
  source: SourceToken[];
  columns?: number; // of an image: cells of a row of the grid that attention looks at
  skipped: SkippedText[];
  hypotheses: Hypothesis[]; // best first, as many as the beam keeps
  tree: TreeNode[]; // of a beam; else empty
  trace: TraceEntry[];
  ms: number; // time in the engine
}

/** What a model says of numbers at once: numbers, or, in place of them, how likely each of `labels` is. */
export interface Prediction {
  rows: number;
  steps: number;
  channels: number;
  values: Float32Array; // [rows, steps, channels]
  labels?: string[];
}

/**
 * Of a model that gives numbers: what it computes on the way to them (ModelOptions.trace says which names there are), and of
 * a target its loss, summed over the numbers. Gradients are those of the loss, so they need a target.
 */
export interface ExplainOptions {
  target?: string; // written as the input is: "0.5 1; 0.25 0", steps parted by ";"
  trace?: string[];
}
export interface Explanation {
  input: string;
  values: number[][]; // of each step
  loss?: number;
  trace?: TraceEntry[];
}

/** heed/regression.h says what is minimised and how; what is left out is 0, and the degree 1. */
export interface RegressionOptions {
  method?: 'auto' | 'normal' | 'gradient' | 'coordinates';
  degree?: number;
  l1?: number;
  l2?: number;
  standardise?: boolean;
  steps?: number;
  rate?: number;
  at?: readonly ArrayLike<number>[]; // further rows, whose numbers are foretold
}
export interface Regression {
  intercept: number;
  coefficients: number[]; // of each feature
  powers: number[][]; // of each feature, of each column: what it is a product of
  inflation: number[]; // variance inflation factors, 0 where infinite
  predictions: number[];
  residuals: number[];
  at: number[];
  mse: number;
  rmse: number;
  mae: number;
  r2: number;
  loss: number;
  rate: number;
  steps: number;
  converged: boolean;
}

/** How the model is run; what is left out is as it was trained. */
export interface ModelOptions {
  /**
   * Values to keep: ModelInfo.traces lists what the model computes, ModelInfo.tensors its parameters. With ".gradient" at the
   * end, of either: the gradient of -log p of the best output (or of `target`) at it, of the same shape, once the output is
   * complete. What is only looked at, as a gate or a Transformer's weights, has none, and is refused.
   */
  trace?: string[];
  /** Attention heads that contribute nothing; ModelInfo.heads lists them. */
  mute?: string[];
  /** Attention scores are divided by it, 0.01 .. 100: below 1 the weights are sharper, above 1 flatter. */
  attentionTemperature?: number;
  /** false: a Transformer keeps no keys and values, every step reads all tokens so far again; of others an error. */
  cache?: boolean;
}
/** Tokens are drawn when any of the first three is given: neither with a beam nor with a target. */
export interface DrawOptions {
  temperature?: number; // 0.01 .. 100; 1 when left out
  topK?: number; // among so many likeliest
  topP?: number; // among the fewest likeliest that together have this probability
  seed?: number; // the same gives the same tokens; 0 when left out
}
/** `target`: the output is this text, and is scored; neither with a beam nor with maxLength. */
export interface RunOptions extends ModelOptions, DrawOptions {
  beam?: number;
  maxLength?: number;
  lengthPenalty?: number;
  target?: string;
}
export interface StreamOptions extends ModelOptions, DrawOptions {
  maxLength?: number;
}
/** Bytes; total is 0 as long as a server does not say it. */
export interface LoadProgress {
  loaded: number;
  total: number;
}
export interface TensorInfo {
  name: string;
  shape: number[];
  count: number;
}
export interface ModelInfo {
  model_type: string;
  config: Record<string, unknown>;
  parameters: number;
  bytes: number;
  tensors: TensorInfo[];
  traces: string[];
  heads: string[]; // attention heads, which can be muted
  source_vocabulary: string[];
  target_vocabulary: string[];
  /** Where a side is numbers: how many a step has, and how many steps there are, 0 when they may differ. */
  source_values?: ValueShape;
  target_values?: ValueShape;
}
export interface ValueShape {
  channels: number;
  steps: number;
}
export type ModuleName = 'simd128' | 'relaxed';
export interface EngineInfo {
  isa: string;
  module: ModuleName;
  version: string;
}

/** The bytes of the three files of a model folder. */
export interface ModelFiles {
  config: ArrayBuffer;
  tokenizer: ArrayBuffer;
  weights: ArrayBuffer;
}
/** The same, kept for a worker that may come: a blob need not be in memory. */
export type KeptFiles = Omit<ModelFiles, 'weights'> & { weights: ArrayBuffer | Blob };

/** How products with weights that are int8 in the file are computed; int8 when left out. */
export type Dtype = 'int8' | 'f32';

/** A model of the comparison with other engines (bench/README.md): "M1" .., "infer" or "train". */
export interface BenchOptions {
  model: string;
  task?: string;
  dtype?: string;
}
/** How far its results are from the expected ones, -1 where there is nothing to compare; and what one run does. */
export interface BenchCheck {
  near_enough: boolean;
  tokens_ok: number; // 1: the same
  agreement: number; // share of the steps that choose the expected token
  max_abs_err: number;
  train_loss_err: number;
  tokens: number; // decoded in one inference
  examples: number; // of a training step
  target_tokens: number;
}

/** Which kernels to measure, and how. `isa`: the module's own set ("simd128", "relaxed") or "scalar"; left out, both. */
export interface KernelOptions {
  isa?: string;
  kernel?: string;
  shape?: string;
  rounds?: number;
  sampleSeconds?: number;
}
/** How fast a kernel is here: the median and the best of the rounds. `percent` is of the same set's register peak (0 where
 * the unit is not GFLOP/s), `ratio` the speed beside what it is compared with, `against`. */
export interface KernelRate {
  isa: string;
  kernel: string;
  shape: string;
  unit: string;
  rate: number;
  best: number;
  percent: number;
  against: string;
  ratio: number;
}

/** Bytes of the module's memory while a model is at work. `used` is all that is allocated: what the engine names, and more. */
export interface MemoryMap {
  total: number; // of the module's memory; it never shrinks
  base: number; // constants and stack
  used: number;
  parameters: number; // the flat block of a model that trains, 0 of others
  packed: number; // what the kernels read: matrices in their order; all parameters where there is no flat block
  model: number; // configuration, network, tokenizers
  tensors: number; // the arena of what the steps compute
  hypotheses: number; // the arena of input and search
  scratch: number; // of the matrix product
}

/**
 * Where training is. `loss` (nats for each target token) and `tokens_per_second` are of the steps since the figures
 * before; `accuracy` (held-out inputs whose output is wholly right), `dev_loss` and `dev_per` are those of the last
 * epoch, null before its end.
 */
export interface TrainingFigures {
  step: number;
  total_steps: number;
  epoch: number;
  epochs: number;
  parts: number; // a step is worked on in so many, between which training can be stopped
  loss: number;
  rate: number;
  gradient_norm: number;
  tokens_per_second: number;
  seconds: number; // spent on training
  epoch_done: boolean;
  finished: boolean;
  accuracy: number | null;
  dev_loss: number | null;
  dev_per: number | null;
  /** Where outputs are numbers, from the first epoch's end on; `accuracy` is then null but for binary_cross_entropy. */
  dev_mse?: number;
  dev_mae?: number;
  dev_r2?: number;
}
/** What training tells of a step. `watched` is the result of the model as it is for the text that is watched. */
export interface TrainingStep extends TrainingFigures {
  watched: Result | null;
  vectors?: VectorTable;
}
/**
 * A text to run the model on whenever a step is told of: its attention and traces as training goes on. Of word vectors: how
 * many of them to tell, those of the most frequent words first.
 */
export type Watch = { text: string; options?: RunOptions } | { vectors: number };
/** `every`: tells of each n-th step (1 when left out), and of every epoch's end. */
export interface TrainOptions {
  every?: number;
  watch?: Watch;
}
/** `quantize`: int8 weights, a quarter of the size; else the weights as they are. */
export interface ExportOptions {
  quantize?: boolean;
}

/** A word of a question, added or taken away; a word near the sum, by cosine. `row` is its place in the table of vectors. */
export interface VectorTerm {
  word: string;
  row: number;
  sign: number;
}
export interface Neighbour {
  word: string;
  row: number;
  similarity: number;
}
export interface Neighbours {
  terms: VectorTerm[];
  neighbours: Neighbour[];
}
/** Word vectors one after another: that of row r is values.subarray(r * dim, (r + 1) * dim). */
export interface VectorTable {
  rows: number;
  dim: number;
  values: Float32Array;
}

/** A token of a sentence: is it in the vocabulary, how often in the text, its chance to survive subsampling, did it here. */
export interface ExampleToken {
  text: string;
  known: boolean;
  count: number;
  keep: number;
  kept: boolean;
}
/** Places are numbers of tokens. CBOW learns one example of a window, skip-gram one of each word of the context. */
export interface ExampleWindow {
  center: number;
  radius: number;
  context: number[];
}
export interface Examples {
  tokens: ExampleToken[];
  windows: ExampleWindow[];
}
/** matrix[i][j]: the sum of 1 / distance over the places where words i and j stand within the recipe's window. */
export interface Cooccurrence {
  vocabulary: number;
  tokens: number;
  words: string[];
  counts: number[];
  matrix: number[][];
}

/** What the worker does, as the page's side sees it: models and streams are numbers of the worker's. */
export interface EngineApi {
  /** The others wait for it. The page compiles the module while the worker starts. */
  open(name: ModuleName, module: WebAssembly.Module): EngineInfo;
  /** The folder's URL is absolute. The files come back with the model, so that a new worker can have them. */
  load(source: string | KeptFiles, dtype: Dtype): { model: number; info: ModelInfo; files: KeptFiles | null };
  run(model: number, text: string, options: RunOptions): Result;
  predict(model: number, values: Float32Array, rows: number): Prediction;
  explain(model: number, text: string, options: ExplainOptions): Explanation;
  startStream(model: number, text: string, options: StreamOptions): number;
  /** The next steps, none or one; with the last comes the result, and the stream is over. */
  nextSteps(stream: number): { steps: Step[]; result: Result | null };
  endStream(stream: number): void;
  /** Also a training, and ends it. */
  freeModel(model: number): void;
  /** Where the bytes are when `run` has come to its end. */
  memory(model: number, text: string, options: RunOptions): MemoryMap;
  /** Of word vectors: what is nearest to a sum of words, "king -man +woman". */
  neighbours(model: number, query: string, count: number): Neighbours;
  vectors(model: number, rows: number): VectorTable;
  /** What a recipe of word vectors makes of a text: the windows of a sentence, how often words meet. */
  examples(recipe: string, text: string, sentence: string): Examples;
  cooccurrence(recipe: string, text: string, words: number): Cooccurrence;
  /** Takes rounds * sampleSeconds for each kernel and size, and cannot be cancelled. */
  benchmark(options: KernelOptions): KernelRate[];
  regress(x: readonly ArrayLike<number>[], y: ArrayLike<number>, options: RegressionOptions): Regression;
  /** `pairs`: lines of "source TAB target", or the text that word vectors are trained on. The number is also that of a model, to be run at any moment. */
  startTraining(recipe: string, pairs: string | null): { training: number; info: ModelInfo; figures: TrainingFigures };
  /** Trains for so many steps or to the end; a cancellation ends it after the step in hand, and is no failure. */
  train(training: number, steps: number, options: TrainOptions): TrainingFigures;
  exportModel(training: number, options: ExportOptions): ModelFiles;
}

export type Method = keyof EngineApi;
/** What a long call reports. */
export type Progress<M extends Method = Method> = M extends 'train' ? TrainingStep : LoadProgress;
export type Arguments<M extends Method> = Parameters<EngineApi[M]>;
export type Reply<M extends Method> = ReturnType<EngineApi[M]>;

/** What goes to the worker. The reply to a cancelled call decides whether the cancellation was in time. */
export type Request = { [M in Method]: { id: number; method: M; args: Arguments<M> } }[Method];
export type ToWorker = Request | { cancel: number };

/** What comes from the worker. After `crash` its memory is not to be trusted: a new one must be started. */
export type FromWorker =
  | { id: number; value: Reply<Method> }
  | { id: number; progress: Progress }
  | { id: number; error: { code: ErrorCode; message: string } }
  | { crash: string };

/** Error codes: those of the engine's heed_status, and what only a page can meet. */
export type ErrorCode =
  | 'argument'
  | 'shape'
  | 'memory'
  | 'io'
  | 'format'
  | 'unknown'
  | 'numeric'
  | 'cancelled'
  | 'empty_input'
  | 'long_input' // heed_status ends here
  | 'network' // a file did not arrive
  | 'unsupported' // the browser cannot do what is needed, or the module asked for
  | 'crashed' // the worker died; the next call starts another
  | 'freed'; // the model was freed, or the engine closed
