// One page in headless Chromium, from a server on loopback: opens it, waits for window.result (rows), adds what the
// renderer took. A fresh browser for each call. CHROMIUM names the browser (default: Debian's).
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from '../../site/scripts/chromium.mjs';

const TYPES = {
  '.mjs': 'text/javascript',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};
const HEADERS = {
  // isolated pages have a clock of 5 microseconds, others of 100
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cache-control': 'no-store',
};
const here = fileURLToPath(new URL('..', import.meta.url));

/** A module with all that it imports as one minified file, as pages are published; `built`: the folder that /js/ is in. */
export async function bundle(entry, built) {
  const fileOf = ({ path }) => ({ path: join(path.startsWith('/js/') ? built : here, path) });
  const { build } = createRequire(new URL('../../bindings/js/package.json', import.meta.url))('esbuild');
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    minify: true,
    write: false,
    platform: 'browser',
    target: 'es2022',
    external: ['fs', 'path', 'os', 'worker_threads', 'util', 'crypto'],
    plugins: [{ name: 'addresses', setup: (at) => at.onResolve({ filter: /^\/(lib|js)\// }, fileOf) }],
    logLevel: 'error',
  });
  return Buffer.from(outputFiles[0].contents);
}

/** `folders`: {"/js/": path}; `scripts`: {"/name.mjs": text}; `page`: the address of the module that the page runs. */
async function serve(folders, scripts, page) {
  const html = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
    <script type="module" src="${page}"></script>`;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://host');
    const send = (type, body) =>
      response
        .writeHead(200, {
          ...HEADERS,
          'content-type': type,
          'content-length': Buffer.byteLength(body),
        })
        .end(body);
    if (pathname === '/') return send('text/html', html);
    if (pathname === '/blank') return send('text/html', '<!doctype html>');
    if (scripts[pathname]) return send(TYPES['.mjs'], scripts[pathname]);
    const folder = Object.keys(folders).find((prefix) => pathname.startsWith(prefix));
    const file = folder && join(folders[folder], normalize(`/${pathname.slice(folder.length)}`));
    if (!file || !existsSync(file)) return response.writeHead(404, HEADERS).end('not found');
    return send(TYPES[extname(file)] ?? 'application/octet-stream', readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Most memory that a renderer of this browser has had, in MB. */
async function rendererPeak(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const peaks = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => {
      const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'));
      return Number(kilobytes) / 1024;
    });
  return Math.max(...peaks);
}

export async function inChromium({ page, query, folders = {}, scripts = {}, seconds = 600 }) {
  const server = await serve({ '/page/': join(here, 'page'), '/lib/': join(here, 'lib'), ...folders }, scripts, page);
  const browser = await launch();
  try {
    const tab = await browser.newPage();
    const complaints = [];
    tab.on('pageerror', (error) => complaints.push(String(error)));
    tab.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    tab.setDefaultTimeout(seconds * 1000);
    const origin = `http://127.0.0.1:${server.address().port}`;
    // The browser's own start is nobody's: it has shown a page of this origin, and is at rest, when the measured one begins.
    await tab.goto(`${origin}/blank`, { waitUntil: 'networkidle' });
    await tab.goto(`${origin}/?${new URLSearchParams(query)}`, { waitUntil: 'commit' });
    await tab
      .waitForFunction(() => window.result !== undefined)
      .catch(() => {
        throw new Error(`the page did not start: ${complaints.join('; ')}`);
      });
    const rows = await tab.evaluate(() => window.result);
    if (process.platform === 'linux' && rows[0].model) {
      const prefix = query.task === 'train' ? 'train_' : '';
      const { peer, model } = rows[0];
      rows.push({ peer, model, metric: `${prefix}peak_rss_mb`, value: Math.round(await rendererPeak(browser)) });
    }
    return rows;
  } finally {
    await browser.close();
    server.close();
  }
}
