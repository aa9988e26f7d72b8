/* Every command: its output, exit code and what it says when something is wrong. */
import assert from 'node:assert/strict';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { heed, scratch, taskFolder } from './heed_program.mjs';

const folder = scratch();
const model = join(folder, 'model');
const commands = ['train', 'eval', 'run', 'inspect', 'quantize', 'golden', 'bench', 'vectors', 'regress'];
let data;

before(() => {
  const task = taskFolder(folder);
  data = task.data;
  const trained = heed(['train', task.file, '--data', folder, '--out', model, '--threads', '2']);
  assert.equal(trained.code, 0, trained.err);
  assert.match(trained.err, /epoch 12\/12 .*dev WER/);
});

const usage = (args, message) => {
  const result = heed(args);
  assert.equal(result.code, 2, `${args.join(' ')}: ${result.err}`);
  assert.match(result.err, message);
  assert.equal(result.out, '');
};

const fails = (args, message, options) => {
  const result = heed(args, options);
  assert.equal(result.code, 1, `${args.join(' ')}: ${result.err}`);
  assert.match(result.err, message);
  return result;
};

test('help of the program and of each command', () => {
  const help = heed(['--help']);
  assert.equal(help.code, 0);
  for (const name of commands) {
    assert.match(help.out, new RegExp(`\\n  ${name} +\\S`));
    const own = heed([name, '--help']);
    assert.equal(own.code, 0);
    assert.match(own.out, new RegExp(`^Usage: heed ${name} `));
    assert.match(own.out, /--isa NAME/);
    assert.equal(own.err, '');
  }
});

test('version names the instruction sets, and --isa pins one', () => {
  const version = heed(['--version']);
  assert.equal(version.code, 0);
  assert.match(version.out, /^heed \d+\.\d+\.\d+\ninstruction sets: .*\(in use\)/);
  assert.match(heed(['--isa', 'scalar', '--version']).out, /scalar \(in use\)/);
  const pinned = heed(['eval', model, '--data', data, '--json', '--isa', 'scalar']);
  assert.equal(JSON.parse(pinned.out).isa, 'scalar');
});

test('wrong usage is exit code 2 and points to the help', () => {
  usage([], /Usage: heed/);
  usage(['fly'], /no command "fly".*heed --help/);
  usage(['--isa', 'z80', '--version'], /z80/);
  usage(['run', '--isa', 'z80', model], /z80/);
  usage(['run'], /MODEL folder is missing[^]*heed run --help/);
  usage(['run', model, '--beam', '0', 'a'], /--beam is "0".*1 to 16/);
  usage(['run', model, '--beam', '3x', 'a'], /--beam is "3x"/);
  usage(['run', model, '--beam'], /--beam needs a value/);
  usage(['run', model, '--attention-temperature', '1,5', 'a'], /--attention-temperature is "1,5"; it must be a number/);
  usage(['run', model, '--fast'], /no option "--fast"/);
  usage(['run', model, '--json=1'], /--json takes no value/);
  usage(['run', model, '--trace', 'encoder.h', 'ab'], /needs --json/);
  usage(['eval', model], /--data FILE is missing/);
  usage(['eval', '--data', data], /one MODEL folder, not 0/);
  usage(['train'], /one RECIPE, not 0/);
  usage(['train', 'a', 'b'], /one RECIPE, not 2/);
  usage(['train', 'a', '--threads', '-1'], /--threads/);
  usage(['inspect'], /one MODEL/);
  usage(['quantize', model], /two folders/);
  usage(['golden', model], /--inputs FILE is missing/);
  usage(['bench', 'now'], /no arguments/);
});

test('run: arguments, standard input, JSON', () => {
  const plain = heed(['run', model, 'abc', 'edcb']);
  assert.equal(plain.code, 0, plain.err);
  assert.equal(plain.out, 'c b a\nb c d e\n');
  assert.equal(heed(['run', model], { input: 'abc\r\nedcb' }).out, plain.out);
  assert.equal(heed(['run', model], { input: '' }).out, '');
  assert.equal(heed(['run', model, '--beam=4', '--', 'abc']).out, 'c b a\n');
  const lines = heed(['run', model, '--json', '--beam', '2', 'abc', 'da']).out.trimEnd().split('\n');
  assert.equal(lines.length, 2);
  const first = JSON.parse(lines[0]);
  assert.equal(first.input, 'abc');
  assert.deepEqual(first.hypotheses[0].tokens, ['c', 'b', 'a']);
  assert.equal(first.hypotheses.length, 2);
  assert.ok(first.hypotheses[0].score <= 0 && first.hypotheses[0].score > first.hypotheses[1].score);
  assert.equal(first.hypotheses[0].steps.length, 4);
  for (const step of first.hypotheses[0].steps) {
    assert.equal(step.attention.length, 3);
    assert.ok(Math.abs(step.attention.reduce((a, b) => a + b) - 1) < 1e-5);
    assert.equal(step.candidates[0].token, step.token);
  }
  assert.ok(first.ms >= 0);
});

test('run: the temperature of attention', () => {
  const weights = (...options) =>
    JSON.parse(heed(['run', model, '--json', ...options, 'abc']).out).hypotheses[0].steps[0].attention;
  assert.deepEqual(weights('--attention-temperature', '1'), weights());
  assert.ok(Math.max(...weights('--attention-temperature', '0.01')) > 0.999);
  for (const weight of weights('--attention-temperature', '100'))
    assert.ok(Math.abs(weight - 1 / 3) < 0.1, `${weight}`);
  fails(['run', model, '--attention-temperature', '1000', 'a'], /1000 is not in 0.01..100/);
});

test('run: several outputs with their scores, and the tree of the search', () => {
  const lines = heed(['run', model, '--n-best', '3', 'abcd'])
    .out.trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  const { hypotheses, tree } = JSON.parse(heed(['run', model, '--json', '--beam', '3', 'abcd']).out);
  assert.deepEqual(
    lines.map(([, output]) => output),
    hypotheses.map(({ tokens }) => tokens.join(' ')),
  );
  lines.forEach(([score], k) => assert.ok(Math.abs(score - hypotheses[k].score) < 1e-5));
  assert.equal(heed(['run', model, '--beam', '3', '--n-best', '1', 'abcd']).out.split('\t')[1], 'd c b a\n');
  const paths = tree.map(({ parent, token }, i) => {
    assert.ok(parent >= -1 && parent < i);
    return token;
  });
  for (let i = 0; i < tree.length; i++) if (tree[i].parent >= 0) paths[i] = `${paths[tree[i].parent]} ${paths[i]}`;
  assert.equal(new Set(paths).size, paths.length);
  for (const { steps, log_probability } of hypotheses) {
    const node = tree[paths.indexOf(steps.map(({ token }) => token).join(' '))];
    assert.equal(node.log_probability, log_probability);
    assert.ok(node.ended);
  }
  assert.deepEqual(JSON.parse(heed(['run', model, '--json', 'abcd']).out).tree, []);
  usage(['run', model, '--beam', '2', '--n-best', '3', 'a'], /--n-best is 3; it must be at most --beam, which is 2/);
});

test('run: drawn outputs follow the seed', () => {
  const drawn = (...options) => heed(['run', model, ...options, 'abcd', 'eda', 'cc']).out;
  assert.equal(drawn('--temperature', '3', '--seed', '5'), drawn('--temperature', '3', '--seed', '5'));
  assert.notEqual(drawn('--temperature', '3', '--seed', '5'), drawn('--temperature', '3', '--seed', '6'));
  assert.equal(drawn('--top-k', '1', '--temperature', '9'), drawn());
  const [step] = JSON.parse(heed(['run', model, '--json', '--top-k', '2', '--temperature', '9', 'ab']).out)
    .hypotheses[0].steps;
  assert.deepEqual(
    step.candidates.map(({ chance }) => chance > 0),
    [true, true, false, false, false],
  );
  assert.equal(step.chance, step.candidates.find(({ token }) => token === step.token).chance);
  fails(['run', model, '--beam', '2', '--temperature', '1', 'a'], /beam and temperature, top_k and top_p contradict/);
  usage(['run', model, '--top-k', '0', 'a'], /--top-k is "0"; it must be a whole number from 1 up/);
});

test('run: given outputs are scored', () => {
  const best = JSON.parse(heed(['run', model, '--json', 'abc']).out).hypotheses[0];
  const given = JSON.parse(heed(['run', model, '--json', '--target', 'c b a', 'abc']).out).hypotheses[0];
  assert.deepEqual(given, best);
  const other = heed(['run', model, '--target', 'c b', 'abc']).out.split('\t');
  assert.ok(Number(other[0]) < best.score - 1);
  assert.ok(Math.abs(Math.log(other[1]) * 3 + Number(other[0])) < 1e-3);
  assert.match(other[2], /^c -0\.\d+, b -0\.\d+, <eos> -\d+\.\d+\n$/);
  const lines = heed(['run', model, '--score'], { input: 'ab\tb a\nabc\tc b\n' }).out.split('\n');
  assert.equal(lines[1], other.join('\t').trimEnd());
  fails(['run', model, '--score', 'abc'], /no tab between input and target/);
  fails(['run', model, '--target', 'c x', 'abc'], /target: the model has no token for "x"/);
  usage(['run', model, '--score', '--target', 'c', 'a'], /give one of them/);
});

test('run: traces', () => {
  const table = heed(['run', model, 'abcd', '--trace', 'attention']).out.split('\n');
  assert.equal(table[0], 'd c b a');
  assert.match(table[1], /^ +a +b +c +d$/);
  assert.equal(table.length, 2 + 5 + 1);
  const names = heed(['inspect', model, '--traces']).out.trimEnd().split('\n');
  assert.ok(names.includes('decoder.logits'));
  const traced = JSON.parse(heed(['run', model, 'abcd', '--json', '--trace', names.join(',')]).out);
  const kept = new Set(traced.trace.map((entry) => entry.name));
  for (const name of names) assert.ok(kept.has(name), name);
  for (const entry of traced.trace)
    assert.equal(
      entry.values.length,
      entry.shape.reduce((a, b) => a * b, 1),
    );
  usage(['run', model, 'abcd', '--json', '--trace', 'decoder.logits,no.such'], /no trace "no\.such".*heed inspect/);
});

test('run: what cannot be read is said, and the other lines are answered', () => {
  const mixed = fails(['run', model], /"123"/, { input: 'abc\n123\n\nda\n' });
  assert.equal(mixed.out, 'c b a\n\n\na d\n');
  const json = fails(['run', model, '--json'], /./, { input: Buffer.from([0x22, 0xff, 0x31, 10]) });
  assert.deepEqual(JSON.parse(json.out).error.code, 'empty_input');
  fails(['run', model, 'a'.repeat(10000)], /10000|256/);
  const skipped = JSON.parse(heed(['run', model, '--json', 'a1b']).out);
  assert.deepEqual(
    skipped.skipped.map((span) => span.text),
    ['1'],
  );
});

test('eval: text, JSON, references, outputs', () => {
  const text = heed(['eval', model, '--data', data]);
  assert.equal(text.code, 0, text.err);
  assert.match(text.out, /inputs +775\nWER +[\d.]+ %[^]*PER +[\d.]+ %/);
  const result = JSON.parse(heed(['eval', model, '--data', data, '--json', '--threads', '3']).out);
  assert.equal(result.inputs, 775);
  assert.ok(result.wer < 0.05);
  assert.ok(Math.abs(result.wrong / result.inputs - result.wer) < 1e-6);
  assert.deepEqual(
    result.by_length.map((row) => row.length),
    [2, 3, 4],
  );
  assert.equal(
    result.by_length.reduce((sum, row) => sum + row.wrong, 0),
    result.wrong,
  );

  const words = join(folder, 'words.txt');
  const refs = join(folder, 'refs.tsv');
  const outputs = join(folder, 'outputs.tsv');
  writeFileSync(words, 'abc\nda\nee\n');
  writeFileSync(refs, 'ee\ta a a\nabc\tx y\tc b a\nda\td a d a\nda\ta c\n');
  for (const beam of ['1', '3']) {
    const args = ['eval', model, '--data', words, '--refs', refs, '--json', '--beam', beam, '--outputs', outputs];
    const several = JSON.parse(heed(args).out);
    /* abc: equal to its second answer. da gives "a d": 2 edits from "d a d a", 1 from "a c". ee: 3 from "a a a". */
    assert.deepEqual(
      [several.inputs, several.wrong, several.edits, several.symbols, several.beam],
      [3, 2, 4, 3 + 2 + 3, Number(beam)],
    );
    assert.equal(readFileSync(outputs, 'utf8'), 'abc\tc b a\tright\nda\ta d\twrong\nee\te e\twrong\n');
  }
  writeFileSync(words, 'abc\nzz\n');
  fails(['eval', model, '--data', words, '--refs', refs], /"zz"/);
  fails(['eval', model, '--data', words], /words\.txt:1/);
  fails(['eval', model, '--data', join(folder, 'none')], /none.*No such file/);
  fails(['eval', model, '--data', data, '--outputs', '/dev/full'], /\/dev\/full/);
});

test('inspect: table and JSON agree', () => {
  const table = heed(['inspect', model]).out;
  const json = JSON.parse(heed(['inspect', model, '--json']).out);
  assert.equal(json.model_type, 'seq2seq');
  assert.equal(
    json.tensors.reduce((sum, tensor) => sum + tensor.count, 0),
    json.parameters,
  );
  assert.match(table, new RegExp(`parameters +${json.parameters}\n`));
  for (const tensor of json.tensors)
    assert.match(
      table,
      new RegExp(`\n${tensor.name.replaceAll('.', '\\.')} +${tensor.shape.join(' x ')} +${tensor.count}\n`),
    );
});

test('quantize: the f32 folder gives the int8 folder that training wrote', () => {
  const out = join(folder, 'int8');
  assert.equal(heed(['quantize', join(model, 'f32'), out]).code, 0);
  assert.deepEqual(readFileSync(join(out, 'model.safetensors')), readFileSync(join(model, 'model.safetensors')));
  assert.ok(statSync(join(model, 'f32/model.safetensors')).size > 2 * statSync(join(out, 'model.safetensors')).size);
  fails(['quantize', model, join(data, 'below-a-file')], /task\.tsv/);
});

test('golden: tokens and logits of every step', () => {
  const inputs = join(folder, 'inputs.txt');
  writeFileSync(inputs, 'abc\n\neda\n');
  const golden = JSON.parse(heed(['golden', model, '--inputs', inputs]).out);
  assert.equal(golden.beam, 1);
  assert.deepEqual(
    golden.items.map((item) => item.input),
    ['abc', 'eda'],
  );
  assert.deepEqual(golden.items[0].tokens, ['c', 'b', 'a']);
  const vocabulary = JSON.parse(heed(['inspect', model, '--json']).out).target_vocabulary;
  for (const item of golden.items) {
    assert.equal(item.logits.length, item.tokens.length + 1);
    item.logits.forEach((row, step) => {
      assert.equal(row.length, vocabulary.length);
      const best = vocabulary[row.indexOf(Math.max(...row))];
      assert.equal(best, item.tokens[step] ?? '<eos>');
    });
  }
  fails(['golden', model, '--inputs', join(folder, 'none')], /none/);
});

test('bench: rows of all sets, in text and JSON', () => {
  const fast = ['bench', '--rounds', '1', '--sample', '1', '--kernel', 'gemm'];
  const rows = JSON.parse(heed([...fast, '--json']).out);
  assert.ok(rows.some((row) => row.isa === 'scalar' && row.kernel === 'peak'));
  assert.ok(rows.some((row) => row.kernel === 'gemm' && row.rate > 0 && row.percent > 0));
  assert.equal(
    heed([...fast, '--set', 'scalar'])
      .out.split('\n')
      .filter((line) => /^scalar/.test(line)).length,
    rows.filter((row) => row.isa === 'scalar').length,
  );
  fails(['bench', '--kernel', 'none'], /none/);
  fails(['bench', '--set', 'z80'], /z80/);
});

test('a damaged model is refused with what is wrong, and never crashes', () => {
  fails(['run', join(folder, 'no-model'), 'a'], /no-model.*No such file/);
  const damaged = join(folder, 'damaged');
  const files = ['config.json', 'tokenizer.json', 'model.safetensors'];
  for (const name of files) {
    const size = statSync(join(model, name)).size;
    for (const cut of [0, 7, Math.floor(size / 2), size - 1]) {
      mkdirSync(damaged, { recursive: true });
      for (const file of files) copyFileSync(join(model, file), join(damaged, file));
      truncateSync(join(damaged, name), cut);
      if (cut === size - 1 && name !== 'model.safetensors') continue; /* only the final newline is gone */
      fails(['run', damaged, 'abc'], /heed run: ./);
    }
  }
  const weights = readFileSync(join(model, 'model.safetensors'));
  weights.writeBigUInt64LE(0xffffffffffffn);
  for (const file of files) copyFileSync(join(model, file), join(damaged, file));
  writeFileSync(join(damaged, 'model.safetensors'), weights);
  fails(['run', damaged, 'abc'], /header/);
});

test('a full output is a failure', { skip: process.platform !== 'linux' }, () => {
  fails(['inspect', model], /cannot write the output/, { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] });
  fails(['run', model, 'abc'], /cannot write the output/, { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] });
});

test('a model folder holds what its readers need and nothing of the run besides', () => {
  assert.deepEqual(readdirSync(model).sort(), [
    'checkpoint.safetensors',
    'config.json',
    'f32',
    'log.jsonl',
    'model.safetensors',
    'recipe.json',
    'tokenizer.json',
  ]);
  const copy = join(folder, 'copy');
  mkdirSync(copy);
  for (const file of ['config.json', 'tokenizer.json', 'model.safetensors'])
    cpSync(join(model, file), join(copy, file));
  assert.equal(heed(['run', copy, 'abc']).out, 'c b a\n');
});
