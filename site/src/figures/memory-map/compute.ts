/** From the engine's map of its memory to rows. Pure, no DOM. */
import type { MemoryMap } from '../../lib/engine';
import type { Table } from '../../lib/figure';
import type { Strings } from '../../lib/i18n';
import type { Numbers } from '../../lib/notation';

export const PARTS = [
  'parameters',
  'packed',
  'model',
  'tensors',
  'hypotheses',
  'scratch',
  'rest',
  'base',
  'free',
] as const;
export type Part = (typeof PARTS)[number];

/** Bytes of each part; they add up to the whole memory. */
export function partsOf(map: MemoryMap): Record<Part, number> {
  const { total, base, used, ...named } = map;
  const known = Object.values(named).reduce((sum, bytes) => sum + bytes, 0);
  return { ...named, rest: used - known, base, free: total - base - used };
}

export function tableOf(map: MemoryMap | null, strings: Strings, numbers: Numbers): Table {
  const words = strings.figures['memory-map'];
  const parts = map && partsOf(map);
  return {
    caption: words.title,
    columns: [words.part, words.bytes, words.share],
    rows:
      parts && map
        ? [
            ...PARTS.map((part) => [words.parts[part], parts[part], numbers.percent(parts[part] / map.total, 2)]),
            [words.total, map.total, numbers.percent(1, 2)],
          ]
        : [],
  };
}
