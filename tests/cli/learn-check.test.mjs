// The table of what learns what. The whole of it takes minutes; here is what --quick trains.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heed } from './heed_program.mjs';

const json = (...args) => {
  const { code, out, err } = heed(['learn-check', '--json', ...args]);
  return {
    code,
    err,
    rows: out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
};

test('the quick checks hold, and each row says what was reached and what was asked', () => {
  const { code, out, err } = heed(['learn-check', '--quick']);
  assert.equal(code, 0, out + err);
  const [head, ...lines] = out.trimEnd().split('\n');
  assert.match(head, /^check +inputs +steps +CPU s +% wholly right, by seed$/);
  assert.ok(lines.length >= 8);
  for (const line of lines) {
    const form = /^(\S+) .* (\d+) +[\d.]+ +([\d.]+) +(?:MSE )?(at least|at most) ([\d.]+) +ok$/;
    const [, name, steps, reached, rule, mark] = form.exec(line) ?? assert.fail(line);
    assert.ok(rule === 'at least' ? +reached >= +mark : +reached <= +mark, name);
    assert.ok(+steps >= (name === 'curve-normal' ? 1 : 100), name); // the normal equation is one
  }
  for (const kind of ['English', 'Russian']) assert.match(out, new RegExp(`^dates-general +${kind} `, 'm'));
});

test('rows as JSON: the same figures however many trainings there are at a time', () => {
  const args = ['--epochs', '1', '--inputs', '40', 'numbers-attention', 'family-gru'];
  const [one, three] = ['1', '3'].map((threads) => json(...args, '--threads', threads).rows);
  assert.deepEqual(
    one.map(({ check, part }) => [check, part]),
    [
      ['numbers-attention', 'English'],
      ['numbers-attention', 'Russian'],
      ['family-gru', ''],
    ],
  );
  for (const [i, row] of one.entries()) {
    const { seconds, ...figures } = row;
    assert.ok(seconds > 0);
    assert.deepEqual({ ...three[i], seconds }, { ...figures, seconds });
    assert.equal(row.reached.length, 3);
    assert.equal(
      row.holds,
      row.reached.every((reached) => reached >= row.mark),
    );
    for (const reached of row.reached) assert.equal((reached * 40) % 100, 0, `${reached} of 40`);
  }
  assert.equal(new Set(one[2].reached).size > 1, true, 'seeds differ');
});

test('a check that cannot hold is a failure', () => {
  const { code, out, err } = heed(['learn-check', '--seeds', '1', '--epochs', '1', 'reverse-attention']);
  assert.equal(code, 1);
  assert.match(out, /^reverse-attention .*at least 99 +FAILED$/m);
  assert.match(err, /1 of the marks were missed/);
});

test('checks have names of their own, and only those are known', () => {
  const { code, out } = heed(['learn-check', '--list']);
  assert.equal(code, 0);
  const names = out.trimEnd().split('\n');
  assert.equal(new Set(names).size, names.length);
  for (const score of ['dot', 'scaled-dot', 'general', 'additive', 'cosine', 'location'])
    assert.ok(names.includes(`dates-${score}`));
  const quick = heed(['learn-check', '--list', '--quick']).out.trimEnd().split('\n');
  assert.ok(quick.length < names.length && quick.every((name) => names.includes(name)));
  const unknown = heed(['learn-check', 'reverse']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /no check "reverse"/);
});
