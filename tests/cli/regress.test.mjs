// `heed regress`: coefficients of data whose law is known, penalties, and what it refuses.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { heed, scratch } from './heed_program.mjs';

const folder = scratch();
const file = (name, text) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const points = [];
for (let a = -2; a <= 2; a++) for (let b = 0; b < 3; b++) points.push([a, b]);
const table = (name, law, head = '', by = ',') =>
  file(name, head + points.map(([a, b]) => [a, b, law(a, b)].join(by)).join('\n') + '\n');
const plane = table('plane.csv', (a, b) => 1 + 2 * a - 3 * b, 'a,b,y\n');

const fit = (...args) => {
  const { code, out, err } = heed(['regress', ...args, '--json']);
  assert.equal(code, 0, err);
  return JSON.parse(out);
};
const close = (actual, expected) => {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => assert.ok(Math.abs(actual[i] - value) < 1e-6, `${actual} is not ${expected}`));
};

test('a plane is found, by every method, with tabs as with commas', () => {
  const tabs = table('plane.tsv', (a, b) => 1 + 2 * a - 3 * b, '', '\t');
  for (const args of [[plane], [tabs], [plane, '--method', 'gradient'], [plane, '--method', 'coordinates']]) {
    const found = fit(...args);
    close([found.intercept, ...found.coefficients], [1, 2, -3]);
    close([found.r2, found.rmse], [1, 0]);
    assert.equal(found.residuals.length, points.length);
  }
});

test('the table names features as products', () => {
  const curve = table('curve.csv', (a, b) => 4 - a * a + a * b);
  const { code, out } = heed(['regress', curve, '--degree', '2']);
  assert.equal(code, 0);
  const lines = out.split('\n').map((line) => line.split('\t'));
  assert.deepEqual(
    lines.slice(0, 6).map(([, name]) => name),
    ['intercept', 'x1', 'x2', 'x1^2', 'x1 x2', 'x2^2'],
  );
  close(
    lines.slice(0, 6).map(([value]) => Number(value)),
    [4, 0, 0, -1, 1, 0],
  );
  assert.match(out, /R2 1, .* of 15 rows\n$/);
});

test('penalties: with features that do not go together each is shrunk by itself', () => {
  const [vara, varb] = [2, 2 / 3]; // of a and b
  close(fit(plane, '--l2', '0.5').coefficients, [(2 * vara) / (vara + 0.5), (-3 * varb) / (varb + 0.5)]);
  close(fit(plane, '--l1', '0.5').coefficients, [2 - 0.5 / vara, -3 + 0.5 / varb]);
  close(fit(plane, '--l1', '10').coefficients, [0, 0]);
});

test('what cannot be fitted is refused', () => {
  const refused = (code, message, ...args) => {
    const result = heed(['regress', ...args]);
    assert.equal(result.code, code);
    assert.equal(result.out, '');
    assert.match(result.err, message);
  };
  refused(2, /takes one FILE/);
  refused(2, /--method is "best"; it must be auto, normal, gradient or coordinates/, plane, '--method', 'best');
  refused(1, /none\.csv/, join(folder, 'none.csv'));
  refused(1, /text\.csv:2: column 2 is "x"; it must be a number/, file('text.csv', '1,2\n3,x\n'));
  refused(1, /has no lines/, file('empty.csv', ''));
  refused(1, /depend on each other/, file('same.csv', '1,1,3\n2,2,4\n3,3,4\n'));
  refused(1, /with it there is no closed form/, plane, '--l1', '1', '--method', 'normal');
});
