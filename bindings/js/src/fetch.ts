import { EngineError, throwIfAborted } from './error.js';
import type { LoadProgress, ModelFiles } from './protocol.js';

/** A response with a body that can be used; everything else is an error that names the address. */
export async function fetchOk(url: URL, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (caught) {
    throwIfAborted(signal);
    throw new EngineError('network', `${url}: the server cannot be reached`, { cause: caught });
  }
  if (!response.ok) {
    throw new EngineError('network', `${url}: HTTP ${response.status} ${response.statusText}`.trimEnd());
  }
  return response;
}

/** How many bytes the body will have, or 0: the length of a compressed body says nothing about it. */
function expectedBytes(response: Response): number {
  const encoding = response.headers.get('content-encoding') ?? 'identity';
  const length = Number(response.headers.get('content-length') ?? 0);
  return encoding === 'identity' && Number.isSafeInteger(length) ? length : 0;
}

interface Download { loaded: number; expected: number; done: boolean }

async function readBody(url: URL, signal: AbortSignal, download: Download, report: () => void): Promise<ArrayBuffer> {
  const response = await fetchOk(url, signal);
  download.expected = expectedBytes(response);
  report();
  const chunks: Uint8Array[] = [];
  try {
    const reader = response.body!.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      chunks.push(part.value);
      download.loaded += part.value.length;
      report();
    }
  } catch (caught) {
    throwIfAborted(signal);
    throw new EngineError('network', `${url}: the connection broke after ${download.loaded} bytes`, { cause: caught });
  }
  download.done = true;
  const body = new Uint8Array(download.loaded);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body.buffer;
}

/** The files of a model folder, fetched side by side. A query in the folder's URL goes to each file. */
export async function fetchModel(
  folder: string, signal: AbortSignal, progress: (p: LoadProgress) => void,
): Promise<ModelFiles> {
  const base = new URL(folder);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  const downloads: Download[] = [];
  const report = () => {
    const loaded = downloads.reduce((sum, d) => sum + d.loaded, 0);
    const known = downloads.every((d) => d.done || d.expected >= d.loaded && d.expected > 0);
    progress({ loaded, total: known ? downloads.reduce((sum, d) => sum + (d.done ? d.loaded : d.expected), 0) : 0 });
  };
  const stop = new AbortController(); // the first failure stops the other downloads, and so does the caller
  signal.addEventListener('abort', () => stop.abort(), { once: true });
  const file = (name: string) => {
    const url = new URL(name, base);
    url.search = base.search;
    const download = { loaded: 0, expected: 0, done: false };
    downloads.push(download);
    return readBody(url, stop.signal, download, report);
  };
  try {
    const files = [file('config.json'), file('tokenizer.json'), file('model.safetensors')] as const;
    const [config, tokenizer, weights] = await Promise.all(files);
    report();
    return { config, tokenizer, weights };
  } catch (caught) {
    throwIfAborted(signal);
    stop.abort();
    throw caught;
  }
}
