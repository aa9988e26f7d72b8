/** Every folder here is a figure: its index.ts exports the definition as `default`. */
import type { Registry } from '../lib/element';
import type { FigureDefinition } from '../lib/figure';

const modules = import.meta.glob<{ default: FigureDefinition<any> }>('./*/index.ts');

export const registry: Registry = Object.fromEntries(
  Object.entries(modules).map(([path, load]) => [path.split('/')[1]!, async () => (await load()).default]),
);
