// The direction of includes: what each folder of the core may include beside itself and the public headers. A layer below
// that reaches up, or a sideways include, fails here; so does a folder that nobody has placed yet.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const source = join(root, 'core/src');

const above = (...folders) => [...new Set(folders.flatMap((folder) => [folder, ...allowed[folder]]))];
const allowed = { base: [] };
allowed.simd = above('base');
allowed.kernels = above('simd');
allowed.tensor = above('kernels');
allowed.ops = above('tensor');
allowed.nn = above('ops');
allowed.text = above('base');
allowed.data = above('text');
allowed.io = above('tensor');
allowed.regress = above('data');
allowed.models = above('nn', 'io', 'regress');
allowed.vectors = above('models');
allowed.train = above('vectors');
allowed.bench = above('train'); // beside everything: nothing includes it

function files(folder, endings) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return files(path, endings);
    return endings.some((ending) => name.endsWith(ending)) ? [path] : [];
  });
}

const includes = (path) =>
  [...readFileSync(path, 'utf8').matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)].map((match) => match[1]);

const forbidden = (folder, included) => {
  if (included.startsWith('heed/')) return false;
  const layer = included.split('/')[0];
  return layer !== folder && !allowed[folder]?.includes(layer);
};

test('every folder of the core has a place', () => {
  assert.deepEqual(
    readdirSync(source).filter((name) => !(name in allowed)),
    [],
  );
});

test('the core includes downwards only', () => {
  let seen = 0;
  for (const path of files(source, ['.c', '.h', '.def'])) {
    const folder = relative(source, path).split('/')[0];
    for (const included of includes(path)) {
      seen++;
      assert.ok(!forbidden(folder, included), `${relative(root, path)} includes ${included}`);
    }
  }
  assert.ok(seen > 100, 'includes were found');
});

test('the rule can fail', () => {
  assert.ok(forbidden('base', 'tensor/tensor.h'));
  assert.ok(forbidden('text', 'io/weights.h'));
  assert.ok(!forbidden('ops', 'tensor/tensor.h'));
});

test('the command line and the bindings include public headers only', () => {
  for (const folder of ['core/cli', 'bindings/wasm'])
    for (const path of files(join(root, folder), ['.c', '.h']))
      for (const included of includes(path))
        assert.ok(
          included.startsWith('heed/') || !included.includes('/'),
          `${relative(root, path)} includes ${included}`,
        );
});

test("names of the core's files are unique", () => {
  const names = files(join(root, 'core'), ['.c', '.h']).map((path) => basename(path));
  assert.deepEqual(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  );
});
