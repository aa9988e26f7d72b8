// A file server on loopback for the browser tests. Below /site/: js/ and engine/ (the built engine), wasm/ (the modules),
// models/ and fixtures/ (model folders), endless/ (the fixture that never ends), plain-page/ (the example), examples/. A
// word in the query makes it misbehave: ?nolength (chunked), ?slow, ?cut (half of the file, then the connection breaks),
// ?html (200 and a page, as some hosts answer for what is missing), ?gzip.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { buildFolder, endlessModel, root } from '../support.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};
const FOLDERS = {
  '/site/js/': join(buildFolder, 'js'),
  '/site/engine/': join(buildFolder, 'js'),
  '/site/wasm/': join(buildFolder, 'wasm'),
  '/site/models/': join(root, 'models'),
  '/site/fixtures/': join(root, 'tests/wasm/fixtures'),
  '/site/plain-page/': join(root, 'examples/plain-page'),
  '/site/examples/': join(root, 'examples'),
};
const { config, tokenizer, weights } = endlessModel();
const ENDLESS = { 'config.json': config, 'tokenizer.json': tokenizer, 'model.safetensors': weights };
const BLANK = '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>test</title>';

async function contentOf(pathname) {
  if (pathname === '/site/') return { body: Buffer.from(BLANK), type: TYPES['.html'] };
  if (pathname.startsWith('/site/endless/')) {
    const name = pathname.slice('/site/endless/'.length);
    return ENDLESS[name] ? { body: Buffer.from(ENDLESS[name]), type: TYPES[extname(name)] } : null;
  }
  const prefix = Object.keys(FOLDERS).find((folder) => pathname.startsWith(folder));
  if (prefix === undefined) return null;
  const relative = normalize(pathname.slice(prefix.length) || 'index.html');
  if (relative.startsWith('..')) return null;
  const body = await readFile(join(FOLDERS[prefix], relative)).catch(() => null);
  return body && { body, type: TYPES[extname(relative)] };
}

/** Resolves to { url, requests, close }; `requests` are the paths that were asked for. */
export async function serve({ wasmType = 'application/wasm' } = {}) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams: query } = new URL(request.url, 'http://host');
    requests.push(pathname);
    const content = query.has('html') ? { body: Buffer.from(BLANK), type: TYPES['.html'] } : await contentOf(pathname);
    if (content === null) return response.writeHead(404).end('not found');
    const { body, type } = content;
    response.setHeader('content-type', type === 'application/wasm' ? wasmType : (type ?? 'application/octet-stream'));
    if (query.has('gzip')) {
      const packed = gzipSync(body);
      return response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length }).end(packed);
    }
    if (!query.has('nolength')) response.setHeader('content-length', body.length);
    response.writeHead(200);
    const end = query.has('cut') ? body.length >> 1 : body.length;
    const piece = Math.max(1, Math.ceil(end / 8));
    for (let at = 0; at < end && !response.destroyed; at += piece) {
      response.write(body.subarray(at, Math.min(end, at + piece)));
      if (query.has('slow') || query.has('cut')) await sleep(100); // so that pieces arrive as pieces
    }
    if (query.has('cut')) response.destroy();
    else response.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/site/`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}
