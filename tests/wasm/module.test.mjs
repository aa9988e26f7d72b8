// The modules by themselves, as someone with a loader of their own would use them.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
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

/** The names that a module imports, read from its import section: Node cannot compile relaxed SIMD to ask. */
function importedNames(bytes) {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const name = () => {
    const size = number();
    at += size;
    return bytes.toString('utf8', at - size, at);
  };
  while (at < bytes.length) {
    const section = bytes[at++];
    const end = number() + at;
    if (section === 2) {
      const names = [];
      for (let left = number(); left > 0; left--) {
        names.push(`${name()}.${name()}`);
        assert.equal(bytes[at++], 0, 'only functions are imported');
        number();
      }
      return names;
    }
    at = end;
  }
  return [];
}

for (const name of readdirSync(join(buildFolder, 'wasm')).filter((file) => /^heed-.*\.wasm$/.test(file))) {
  test(`${name} imports a clock, a reader and a writer of numbers and the notice of growth, and nothing that is missing from the link`, () => {
    const names = importedNames(readFileSync(join(buildFolder, 'wasm', name)));
    assert.deepEqual(names.sort(), [
      'env.emscripten_notify_memory_growth',
      'env.heed_host_decimal',
      'env.heed_host_number',
      'wasi_snapshot_preview1.clock_time_get',
    ]);
  });
}
