/** What a model's folder says of its training and its test: metrics.json and log.jsonl. The parsers are pure. */
import { modelFile } from './paths';

export interface Score {
  wer: number;
  per: number;
  words?: number;
}
export interface LengthCount {
  length: number;
  inputs: number;
  wrong: number;
}
export interface Metrics {
  test: { greedy: Score } & Record<string, Score>;
  dev: Record<string, Score>;
  parameters: number;
  by_length: { greedy: LengthCount[] };
}
export interface Epoch {
  epoch: number;
  loss: number;
  dev_loss: number;
  dev_per: number;
  dev_wer: number;
  seconds: number;
  rate: number;
}

/** A file that is not what it should be: explained to the reader like the engine's own errors. */
export class RecordError extends Error {
  readonly code: 'format' | 'network';
  constructor(code: 'format' | 'network', message: string) {
    super(message);
    this.code = code;
  }
}

const FIELDS: (keyof Epoch)[] = ['epoch', 'loss', 'dev_loss', 'dev_per', 'dev_wer', 'seconds', 'rate'];

export function parseLog(text: string, name: string): Epoch[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const epochs = lines.map((line, index) => {
    const where = `${name}, line ${index + 1}`;
    let value: Record<string, unknown>;
    try {
      value = JSON.parse(line);
    } catch {
      throw new RecordError('format', `${where}: not JSON`);
    }
    const wrong = FIELDS.find((field) => !Number.isFinite(value[field]));
    if (wrong) throw new RecordError('format', `${where}: "${wrong}" is no number`);
    return value as unknown as Epoch;
  });
  if (epochs.length === 0) throw new RecordError('format', `${name}: no epoch`);
  return epochs;
}

export function lengthsOf(metrics: Metrics, name: string): LengthCount[] {
  const counts = metrics?.by_length?.greedy;
  if (!Array.isArray(counts)) throw new RecordError('format', `${name}: no by_length.greedy`);
  return counts.filter(({ inputs }) => inputs > 0).sort((a, b) => a.length - b.length);
}

async function fetchText(model: string, file: string): Promise<string> {
  const url = modelFile(model, file);
  const response = await fetch(url).catch(() => {
    throw new RecordError('network', `${url}: the server cannot be reached`);
  });
  if (!response.ok) throw new RecordError('network', `${url}: HTTP ${response.status}`);
  return response.text();
}

export const fetchLog = async (model: string): Promise<Epoch[]> =>
  parseLog(await fetchText(model, 'log.jsonl'), `${model}/log.jsonl`);

export async function fetchLengths(model: string): Promise<LengthCount[]> {
  const name = `${model}/metrics.json`;
  const text = await fetchText(model, 'metrics.json');
  try {
    return lengthsOf(JSON.parse(text), name);
  } catch (error) {
    throw error instanceof RecordError ? error : new RecordError('format', `${name}: not JSON`);
  }
}
