// The WebAssembly modules have a short vsnprintf (bindings/wasm/libc/format.c): the engine may only use what it knows.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const KNOWN = /^%(0\d)?(ll|l|z)?[duxX]$|^%(\.(\d+|\*))?[gs]$|^%%$/;

test('formats are those that the modules can write', () => {
  let found = 0;
  for (const folder of ['core/src', 'bindings/wasm']) {
    for (const path of readdirSync(join(root, folder), { recursive: true }).filter((name) => /\.[ch]$/.test(name))) {
      const code = readFileSync(join(root, folder, path), 'utf8').replace(/\/\*[^]*?\*\//g, '');
      for (const [literal] of code.matchAll(/"(\\.|[^"\\\n])*"/g)) {
        for (const [conversion] of literal.matchAll(/%[^a-zA-Z%"]*(hh|h|ll|l|j|z|t|L)?[a-zA-Z%]/g)) {
          found++;
          assert.match(conversion, KNOWN, `${folder}/${path}: ${literal}`);
        }
      }
    }
  }
  assert.ok(found > 300, `${found} were found`);
});
