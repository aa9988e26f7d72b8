/** What a page can ask of the engine. The worker implements this interface; requests, replies and the client's type derive from it. */

/** A piece of the input: a token that the model read, or text that it skipped because its alphabet has no such sign. */
export interface SourceToken { token: string; start: number; length: number } // UTF-16 offsets in the input
export interface SkippedText { text: string; start: number; length: number }

export interface Candidate { token: string; probability: number }

/** One decoding step. The last step of an ended hypothesis chose "<eos>". */
export interface Step {
  token: string;
  id: number;
  log_probability: number;
  candidates: Candidate[]; // the five best, best first
  attention: number[] | null; // one weight per source token
}

export interface Hypothesis { score: number; ended: boolean; text: string; tokens: string[]; steps: Step[] }
export interface TraceEntry { name: string; shape: number[]; values: number[] }

export interface Result {
  input: string;
  source: SourceToken[];
  skipped: SkippedText[];
  hypotheses: Hypothesis[]; // best first
  trace: TraceEntry[];
  ms: number; // time in the engine
}

export interface RunOptions { beam?: number; maxLength?: number; lengthPenalty?: number; trace?: string[] }
export interface LoadProgress { loaded: number; total: number } // bytes
export interface TensorInfo { name: string; shape: number[]; count: number }
export interface ModelInfo {
  model_type: string;
  config: Record<string, unknown>;
  parameters: number;
  bytes: number;
  tensors: TensorInfo[];
  traces: string[];
  source_vocabulary: string[];
  target_vocabulary: string[];
}
export interface EngineInfo { isa: string; module: 'simd128' | 'relaxed'; version: string }

/** Error codes: those of the engine's heed_status, and what only a page can meet. */
export type ErrorCode =
  | 'argument' | 'shape' | 'memory' | 'io' | 'format' | 'unknown' | 'numeric' | 'cancelled'
  | 'empty_input' | 'long_input' // heed_status ends here
  | 'network' | 'unsupported' | 'crashed' | 'freed';
