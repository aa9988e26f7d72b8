// build/wasm/heed-simd128.mjs by itself, as someone with a loader of their own would use it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { buildFolder } from './support.mjs';

test('heed-simd128.mjs instantiates the bytes it is given', async () => {
  const { default: heed } = await import(pathToFileURL(join(buildFolder, 'wasm/heed-simd128.mjs')).href);
  const exports = await heed({ wasmBinary: readFileSync(join(buildFolder, 'wasm/heed-simd128.wasm')) });
  const bytes = new Uint8Array(exports.memory.buffer, exports.heed_wasm_isa(), 8);
  assert.equal(new TextDecoder().decode(bytes), 'simd128\0');
});
