// The table of contents, made from the chapters' front matter: a chapter is one file in each language, and no line here.
import { readdirSync, readFileSync } from 'node:fs';

/** The book's eight parts, by number. */
const PARTS = [
  ['The smallest network', 'Наименьшая сеть'],
  ['Words as vectors', 'Слова как векторы'],
  ['Memory', 'Память'],
  ['Sequence to sequence', 'Из последовательности в последовательность'],
  ['Attention', 'Внимание'],
  ['Transformer', 'Трансформер'],
  ['Uses', 'Применения'],
  ['The engine', 'Движок'],
];

/** The front matter's plain `key: value` lines. */
function frontMatter(file) {
  const block = /^---\n([\s\S]*?)\n---/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  const pairs = block
    .split('\n')
    .map((line) => /^(\w+): *(.*)$/.exec(line))
    .filter(Boolean);
  return Object.fromEntries(pairs.map(([, key, value]) => [key, value.replace(/^(['"])(.*)\1$/, '$2')]));
}

/** Starlight's sidebar: one group a part that has chapters, chapters by number. */
export function sidebar(docs) {
  const chapters = readdirSync(new URL('en/', docs))
    .filter((name) => name.endsWith('.mdx'))
    .map((name) => {
      const { chapter, part, title } = frontMatter(new URL(`en/${name}`, docs));
      const { title: russian } = frontMatter(new URL(`ru/${name}`, docs));
      return { slug: name.slice(0, -4), chapter: Number(chapter), part: Number(part), title, russian };
    })
    .filter(({ chapter }) => chapter > 0)
    .sort((a, b) => a.chapter - b.chapter);
  return PARTS.map(([label, russian], index) => ({
    label,
    translations: { ru: russian },
    items: chapters
      .filter(({ part }) => part === index + 1)
      .map(({ slug, chapter, title, russian: ru }) => ({
        slug,
        label: `${chapter}. ${title}`,
        translations: { ru: `${chapter}. ${ru}` },
      })),
  })).filter(({ items }) => items.length > 0);
}
