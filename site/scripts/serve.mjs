// A static server for the built site: serve(folder, { base, port }) as a module, or from the command line
//   node site/scripts/serve.mjs FOLDER [--base /path/] [--port N]
import { createServer } from 'node:http';
import { createReadStream, statSync } from 'node:fs';
import { extname, join, normalize, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.jsonl': 'application/x-ndjson',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml',
  '.png': 'image/png',
};

const fileAt = (path) => {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? { path, size: found.size } : null;
};

/** Starts serving; resolves to { url, close }. `intercept(path, response)` may answer a request itself and return true. */
export function serve(folder, { base = '/', port = 0, host = '127.0.0.1', intercept } = {}) {
  const root = resolve(folder);
  const server = createServer((request, response) => {
    let path;
    try {
      path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    } catch {
      response.writeHead(400).end();
      return;
    }
    if (!path.startsWith(base)) {
      response.writeHead(path === base.slice(0, -1) || path === '/' ? 302 : 404, { location: base }).end();
      return;
    }
    const inside = path.slice(base.length);
    if (intercept?.(inside, response)) return;
    const wanted = normalize(join(root, inside));
    const file = wanted.startsWith(root) ? (fileAt(wanted) ?? fileAt(join(wanted, 'index.html'))) : null;
    const answer = file ?? fileAt(join(root, '404.html'));
    if (!answer) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(file ? 200 : 404, {
      'content-type': TYPES[extname(answer.path)] ?? 'application/octet-stream',
      'content-length': answer.size,
      'cache-control': 'no-cache',
    });
    if (request.method === 'HEAD') response.end();
    else
      createReadStream(answer.path)
        .on('error', () => response.destroy())
        .pipe(response);
  });
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, host, () =>
      done({
        url: `http://${host === '127.0.0.1' ? 'localhost' : host}:${server.address().port}${base}`,
        close: () =>
          new Promise((closed) => {
            server.closeAllConnections();
            server.close(closed);
          }),
      }),
    );
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder, ...rest] = process.argv.slice(2);
  const option = (name, otherwise) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : otherwise);
  const port = Number(option('--port', '4321'));
  if (!folder || !Number.isInteger(port) || port < 0 || port > 65535) {
    console.error('usage: serve.mjs FOLDER [--base /path/] [--port N]');
    process.exit(2);
  }
  try {
    const { url } = await serve(folder, { base: option('--base', '/'), port });
    console.log(`The book is at ${url}  (Ctrl-C ends it)`);
  } catch (error) {
    console.error(error.code === 'EADDRINUSE' ? `port ${port} is taken: try --port ${port + 1}` : error.message);
    process.exit(1);
  }
}
