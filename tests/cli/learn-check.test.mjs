// The table of what learns what. The whole of it takes minutes; here is what --quick trains.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heed } from './heed_program.mjs';

test('the quick checks hold, and each line says what was reached and what was asked', () => {
  const { code, out, err } = heed(['learn-check', '--quick']);
  assert.equal(code, 0, out + err);
  const lines = out.trimEnd().split('\n');
  assert.ok(lines.length >= 2);
  for (const line of lines) {
    const form = /^(\S+) +([\d.]+)(?: %)? +(?:MSE )?(at least|at most) ([\d.]+)(?: %)? +ok$/;
    const [, name, reached, rule, mark] = form.exec(line) ?? assert.fail(line);
    assert.ok(rule === 'at least' ? +reached >= +mark : +reached <= +mark, name);
  }
});

test('a check that cannot hold is a failure', () => {
  const { code, out } = heed(['learn-check', '--seeds', '1', '--epochs', '1', 'reverse-attention']);
  assert.equal(code, 1);
  assert.match(out, /^reverse-attention .*at least 99 % +FAILED$/m);
});

test('checks have names of their own, and only those are known', () => {
  const { code, out } = heed(['learn-check', '--list']);
  assert.equal(code, 0);
  const names = out.trimEnd().split('\n');
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.includes('reverse-without') && names.includes('dates-location'));
  const unknown = heed(['learn-check', 'reverse']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /no check "reverse"/);
});
