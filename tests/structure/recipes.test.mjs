// Every field that a recipe or a config may have is in core/doc/recipes.md.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');
const sources = ['train', 'models', 'models/image', 'vectors'].flatMap((folder) =>
  readdirSync(join(root, 'core/src', folder))
    .filter((name) => name.endsWith('.c'))
    .map((name) => `core/src/${folder}/${name}`),
);

/** The names in lists of fields: `static const char *const ...fields[] = {"a", "b", NULL}`. */
const fieldsOf = (text) =>
  [...text.matchAll(/fields\[\] = \{([^}]*)\}/g)].flatMap(([, list]) => list.match(/"\w+"/g) ?? []);
const shared = (path, list) =>
  read(path)
    .match(new RegExp(`#define ${list}((?:.*\\\\\n)*.*)`))[1]
    .match(/"\w+"/g);
const stack = [
  ...shared('core/src/models/transformer.h', 'HEED_STACK_FIELDS'),
  ...shared('core/src/models/seq2seq.h', 'HEED_DECODER_FIELDS'),
];
const fields = new Set([...stack, ...sources.flatMap((path) => fieldsOf(read(path)))].map((name) => name.slice(1, -1)));

test('the fields were found', () => {
  for (const name of [
    'seed',
    'hold_out',
    'clip_value',
    'nesterov',
    'teacher_forcing',
    'd_model',
    'attention_dropout',
    'subsample',
    'memory_mb',
  ]) {
    assert.ok(fields.has(name), name);
  }
});

test('core/doc/recipes.md names every field', () => {
  const words = new Set(read('core/doc/recipes.md').match(/\w+/g));
  assert.deepEqual(
    [...fields].filter((name) => !words.has(name)),
    [],
  );
});
