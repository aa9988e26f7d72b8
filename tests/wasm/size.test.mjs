// What a page downloads before the model.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildFolder } from './support.mjs';

const size = (path) => gzipSync(readFileSync(join(buildFolder, path)), { level: 9 }).length;

for (const name of ['simd128', 'relaxed']) {
  const leftOut = name === 'relaxed' && !existsSync(join(buildFolder, 'js/heed-relaxed.wasm'));
  const skip = leftOut && 'this toolchain cannot build it';
  test(`${name}: module, worker and client take at most 120 KB gzip`, { skip }, (t) => {
    const total = size(`js/heed-${name}.wasm`) + size('js/worker.js') + size('js/heed.js');
    t.diagnostic(`${total} bytes`);
    assert.ok(total <= 120_000, `${total} bytes`);
  });
}
