// What a page downloads before the model.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildFolder } from './support.mjs';

const size = (path) => gzipSync(readFileSync(join(buildFolder, path)), { level: 9 }).length;

// A page that runs models downloads `heed`; the others come when a reader trains or measures.
const LIMITS = { heed: 100_000, train: 120_000, fit: 100_000, vectors: 120_000, bench: 120_000, regress: 40_000 };

for (const name of ['simd128', 'relaxed']) {
  const leftOut = name === 'relaxed' && !existsSync(join(buildFolder, 'js/heed-relaxed.wasm'));
  const skip = leftOut && 'this toolchain cannot build it';
  for (const [kind, limit] of Object.entries(LIMITS)) {
    test(`${kind}-${name}, worker and client take at most ${limit / 1000} KB gzip`, { skip }, (t) => {
      const total = size(`js/${kind}-${name}.wasm`) + size('js/worker.js') + size('js/heed.js');
      t.diagnostic(`${total} bytes`);
      assert.ok(total <= limit, `${total} bytes`);
    });
  }
}
