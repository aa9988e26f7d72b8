// Two ./book in one checkout: the second waits for the first, with flock and without, and not for one that was killed.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = mkdtempSync(join(tmpdir(), 'heed-book-'));
after(() => rmSync(root, { recursive: true, force: true }));

const which = (name) => spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
const tools = [
  'sh',
  'mkdir',
  'dirname',
  'cat',
  'sed',
  'grep',
  'find',
  'head',
  'tail',
  'cksum',
  'sleep',
  'rm',
  'mv',
  'id',
  'basename',
];

/** A checkout with `book` alone, and a PATH on which the compilers are stand-ins; CMake takes a second and then fails. */
function checkout(name, withFlock) {
  const folder = join(root, name);
  const bin = join(folder, 'bin');
  mkdirSync(join(folder, 'bindings/js'), { recursive: true });
  mkdirSync(bin);
  cpSync(fileURLToPath(new URL('../../book', import.meta.url)), join(folder, 'book'));
  for (const lock of ['package-lock.json', 'bindings/js/package-lock.json']) writeFileSync(join(folder, lock), '{}');
  for (const tool of withFlock ? [...tools, 'flock'] : tools) symlinkSync(which(tool), join(bin, tool));
  const stub = (tool, script) => {
    writeFileSync(join(bin, tool), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, tool), 0o755);
  };
  for (const tool of ['cc', 'make', 'node', 'nproc']) stub(tool, 'exit 0');
  stub('emcc', 'echo "emcc (stand-in) 4.0.0"');
  stub('npm', 'mkdir -p node_modules');
  stub('cmake', `echo begin >>${folder}/log; sleep 1; echo end >>${folder}/log; exit 1`);
  const start = () => {
    const child = spawn(join(bin, 'sh'), [join(folder, 'book'), 'build'], { env: { PATH: bin, HOME: folder } });
    let out = '';
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (out += data));
    return { child, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, out }))) };
  };
  return { folder, start };
}

for (const withFlock of [true, false]) {
  const how = withFlock ? 'flock' : 'a folder';
  test(`the second waits for the first, by ${how}`, { skip: withFlock && !which('flock') }, async () => {
    const { folder, start } = checkout(`together-${withFlock}`, withFlock);
    const ends = await Promise.all([start().ended, start().ended]);
    assert.deepEqual(
      ends.map(({ code }) => code),
      [1, 1],
      ends.map(({ out }) => out).join('\n'),
    );
    assert.equal(ends.filter(({ out }) => /another \.\/book .*waiting/.test(out)).length, 1);
    assert.equal(readFileSync(join(folder, 'log'), 'utf8'), 'begin\nend\nbegin\nend\n');
  });

  test(`a lock of one that was killed is no lock, by ${how}`, { skip: withFlock && !which('flock') }, async () => {
    const { folder, start } = checkout(`killed-${withFlock}`, withFlock);
    const first = start();
    while (
      !spawnSync('grep', ['-c', 'begin', join(folder, 'log')])
        .stdout.toString()
        .startsWith('1')
    )
      await new Promise((resolve) => setTimeout(resolve, 50));
    first.child.kill('SIGKILL');
    const { code } = await start().ended;
    assert.equal(code, 1);
    assert.match(readFileSync(join(folder, 'log'), 'utf8'), /(begin\nend\n){2}|begin\nbegin\nend\nend\n/);
  });
}
