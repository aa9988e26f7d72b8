/* tokenizer.json of byte-pair encoding, read by Hugging Face's own tokenizers.js: the same tokens, the same text again. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { heed, recipe, scratch } from './heed_program.mjs';

const library = await import('@huggingface/tokenizers').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  return null;
});

const lines = [
  'the cat sat on the mat',
  'the other cat sat there',
  'low lower lowest newer newest',
  'кошка сидит на окне',
  'другая кошка сидела на крыше',
  '«Кошка», — сказал он',
  'wide wider widest: 1 2 12 112',
  'The END.',
];
const texts = [
  ...lines,
  'the lowest cats, кошки и the mats',
  '  two  blanks ',
  ' ,x ',
  'Ёлка cafe\u0301 café',
  'И\u0306 й Й',
  '中文 😀!',
  'tabs\tand\u00a0nbsp',
  "don't (stop) №5 – 'no' […]",
  'x'.repeat(60),
  '\u0130stanbul',
];

function model(tokenizer) {
  const folder = scratch();
  const made = recipe({ batch: 4, epochs: 1 });
  made.data = { train: 'data.tsv', hold_out: 1, max_length: 200 };
  made.tokenizer = tokenizer;
  writeFileSync(join(folder, 'data.tsv'), lines.map((line) => `${line}\t${line}\n`).join(''));
  writeFileSync(join(folder, 'recipe.json'), JSON.stringify(made));
  const result = heed(['train', join(folder, 'recipe.json'), '--data', folder]);
  assert.equal(result.code, 0, result.err);
  return { folder, tokenizer: JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')) };
}

const tokensOf = (folder, text) => {
  const result = heed(['run', folder, '--json', '--', text]);
  assert.equal(result.code, 0, result.err);
  return JSON.parse(result.out).source.map(({ token }) => token);
};

for (const options of [{}, { case: 'lower' }, { normalize: 'none' }, { normalize: 'none', case: 'lower' }])
  test(
    `the tokens of Hugging Face's library, ${JSON.stringify(options)}`,
    { skip: library ? false : 'npm ci brings @huggingface/tokenizers' },
    () => {
      const { folder, tokenizer } = model({ source: { type: 'bpe', size: 320, ...options }, target: { type: 'char' } });
      const theirs = new library.Tokenizer(tokenizer.source, {});
      let merged = 0;
      for (const text of texts) {
        const ours = tokensOf(folder, text);
        assert.deepEqual(ours, theirs.encode(text, { add_special_tokens: false }).tokens, text);
        merged += ours.filter((token) => [...token].length > 1 && !token.startsWith('<0x')).length;
        let plain = options.normalize === 'none' ? text : text.normalize('NFC');
        if (options.case) plain = plain.toLowerCase();
        if (options.case && options.normalize !== 'none') plain = plain.normalize('NFC');
        const ids = theirs.encode(text, { add_special_tokens: false }).ids;
        assert.equal(theirs.decode(ids, { skip_special_tokens: true, clean_up_tokenization_spaces: false }), plain);
      }
      assert.ok(merged > 30, `${merged} merged tokens`);
    },
  );

test(
  'one tokenizer for both sides is one file of that form',
  { skip: library ? false : 'npm ci brings @huggingface/tokenizers' },
  () => {
    const { folder, tokenizer } = model({ shared: { type: 'bpe', size: 320 } });
    const theirs = new library.Tokenizer(tokenizer, {});
    for (const text of texts)
      assert.deepEqual(tokensOf(folder, text), theirs.encode(text, { add_special_tokens: false }).tokens);
  },
);
