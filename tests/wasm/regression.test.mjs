// Regression in WebAssembly, for points that a reader moves: known fits, ways that agree, and what is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertClose, newEngine, thrown } from './support.mjs';

const engine = await newEngine('regress');

test('a line through three points', () => {
  const fit = engine.regress([[0], [1], [2]], [1, 3, 4], { at: [[10]] });
  assertClose([fit.intercept, ...fit.coefficients, ...fit.at], [7 / 6, 1.5, 15 + 7 / 6], 1e-9, 'line');
  assertClose(fit.residuals, [-1 / 6, 1 / 3, -1 / 6], 1e-9, 'residuals');
  assertClose([fit.mse, fit.rmse ** 2, fit.r2], [1 / 18, 1 / 18, 1 - 1 / 28], 1e-9, 'figures');
  assert.deepEqual([fit.converged, fit.steps, fit.powers], [true, 0, [[1]]]);
});

test('a curve, a surface, and their features', () => {
  const x = Array.from({ length: 12 }, (_, i) => [i / 4 - 1]);
  const curve = engine.regress(
    x,
    x.map(([v]) => 1 - v + 2 * v ** 3),
    { degree: 3 },
  );
  assertClose([curve.intercept, ...curve.coefficients], [1, -1, 0, 2], 1e-6, 'curve');
  const rows = Array.from({ length: 25 }, (_, i) => [i % 5, Math.floor(i / 5)]);
  const surface = engine.regress(
    rows,
    rows.map(([a, b]) => 3 + a * b),
    { degree: 2 },
  );
  assert.deepEqual(surface.powers, [
    [1, 0],
    [0, 1],
    [2, 0],
    [1, 1],
    [0, 2],
  ]);
  assertClose([surface.intercept, ...surface.coefficients], [3, 0, 0, 0, 1, 0], 1e-6, 'surface');
});

test('ridge shrinks, the lasso drops, descent comes to the same', () => {
  const x = Array.from({ length: 30 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(7 * i)]);
  const y = x.map(([a, b, c], i) => 2 * a - b + 0.05 * c + 0.1 * Math.sin(11 * i));
  const plain = engine.regress(x, y);
  const ridge = engine.regress(x, y, { l2: 0.5 });
  const lasso = engine.regress(x, y, { l1: 0.1 });
  const size = ({ coefficients }) => Math.hypot(...coefficients);
  assert.ok(size(ridge) < size(plain) && ridge.mse > plain.mse);
  assert.equal(lasso.coefficients[2], 0);
  assertClose(engine.regress(x, y, { l2: 0.5, method: 'gradient' }).coefficients, ridge.coefficients, 1e-8, 'gradient');
  assertClose(
    engine.regress(x, y, { l1: 0.1, method: 'gradient' }).coefficients,
    lasso.coefficients,
    1e-8,
    'thresholds',
  );
  const under = engine.regress(x, y, { method: 'gradient', steps: 3 });
  assert.deepEqual([under.steps, under.converged], [3, false]);
});

test('what cannot be fitted is refused', () => {
  thrown('shape', () => engine.regress([[1], [2]], [1]));
  thrown('shape', () => engine.regress([[1], [2, 3]], [1, 2]));
  thrown('shape', () => engine.regress([], []));
  thrown('unknown', () => engine.regress([[1], [2]], [1, 2], { method: 'guess' }));
  thrown('argument', () => engine.regress([[1], [2]], [1, 2], { degree: 1.5 }));
  thrown('argument', () => engine.regress([[1], [2]], [1, 2], { l2: -1 }));
  thrown('numeric', () => engine.regress([[1], [NaN]], [1, 2]));
  assert.match(
    thrown('numeric', () =>
      engine.regress(
        [
          [1, 2],
          [2, 4],
          [3, 6],
        ],
        [1, 2, 3],
      ),
    ).message,
    /a penalty l2 chooses one/,
  );
});
