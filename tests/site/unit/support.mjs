// The site's modules import each other without an extension, as its bundler resolves them; Node is told to do the same.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith('.') || /\.[a-z]+$/.test(specifier) || !context.parentURL?.includes('/site/src/'))
      return next(specifier, context);
    try {
      return next(`${specifier}.ts`, context);
    } catch {
      return next(`${specifier}/index.ts`, context);
    }
  },
});

export const load = (path) => import(new URL(`../../../site/src/${path}`, import.meta.url));
export const { stringsOf } = await load('lib/i18n/index.ts');
export const { Numbers } = await load('lib/notation.ts');

/** A result as the engine gives it: one hypothesis whose steps are [token, probability, attention]. */
export function resultOf(input, steps) {
  const letters = [...input];
  const step = ([token, probability, attention]) => ({
    token,
    id: 4,
    log_probability: Math.log(probability),
    attention,
    candidates: [{ token, probability }],
  });
  const hypothesis = {
    score: 0,
    ended: true,
    text: '',
    tokens: steps.map(([token]) => token).filter((token) => token !== '<eos>'),
    steps: steps.map(step),
  };
  return {
    input,
    skipped: [],
    trace: [],
    ms: 1,
    hypotheses: [hypothesis],
    source: letters.map((letter, start) => ({ token: letter.toUpperCase(), start, length: 1 })),
  };
}
