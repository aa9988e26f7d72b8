import { EngineError, throwIfAborted } from './error.js';
import type { LoadProgress, KeptFiles } from './protocol.js';

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

interface Download {
  loaded: number;
  expected: number;
  done: boolean;
}

/** The pieces of a body as they come. */
async function* pieces(url: URL, response: Response, signal: AbortSignal, download: Download, report: () => void) {
  const reader = response.body!.getReader();
  try {
    for (;;) {
      const part = await reader.read().catch((caught: unknown) => {
        throwIfAborted(signal);
        const what = `${url}: the connection broke after ${download.loaded} bytes`;
        throw new EngineError('network', what, { cause: caught });
      });
      if (part.done) break;
      download.loaded += part.value.length;
      report();
      yield part.value;
    }
    download.done = true;
  } finally {
    reader.cancel().catch(() => {}); // of a body that is read to its end or broken there is nothing to cancel
  }
}

/** What takes the weights while they arrive. */
interface Sink {
  feed(piece: Uint8Array): void;
}

/**
 * The files of a model folder, fetched side by side. As soon as the texts are there `open` is called with them and the
 * size of the weights (0: not known), and what it gives is fed the weights. They come back as a blob, which the browser
 * may keep outside the worker's memory. A query in the folder's URL goes to each file.
 */
export async function fetchModel(
  folder: string,
  signal: AbortSignal,
  progress: (p: LoadProgress) => void,
  open: (config: ArrayBuffer, tokenizer: ArrayBuffer, weightsSize: number) => Promise<Sink>,
): Promise<KeptFiles> {
  const base = new URL(folder);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  const downloads: Download[] = [];
  const report = () => {
    const loaded = downloads.reduce((sum, d) => sum + d.loaded, 0);
    const known = downloads.every((d) => d.done || (d.expected >= d.loaded && d.expected > 0));
    progress({ loaded, total: known ? downloads.reduce((sum, d) => sum + (d.done ? d.loaded : d.expected), 0) : 0 });
  };
  const stop = new AbortController(); // the first failure stops the other downloads, and so does the caller
  signal.addEventListener('abort', () => stop.abort(), { once: true });
  const file = async (name: string) => {
    const url = new URL(name, base);
    url.search = base.search;
    const download = { loaded: 0, expected: 0, done: false };
    downloads.push(download);
    const response = await fetchOk(url, stop.signal);
    download.expected = expectedBytes(response);
    report();
    return { size: download.expected, parts: pieces(url, response, stop.signal, download, report) };
  };
  const text = async (name: string) => {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for await (const part of (await file(name)).parts) parts.push(part);
    return new Blob(parts).arrayBuffer();
  };
  try {
    const all = [text('config.json'), text('tokenizer.json'), file('model.safetensors')] as const;
    const [config, tokenizer, { size, parts }] = await Promise.all(all);
    const sink = await open(config, tokenizer, size);
    const blobs: Blob[] = [];
    for await (const part of parts) {
      sink.feed(part);
      blobs.push(new Blob([part]));
    }
    report();
    return { config, tokenizer, weights: new Blob(blobs) };
  } catch (caught) {
    throwIfAborted(signal);
    stop.abort();
    throw caught;
  }
}
