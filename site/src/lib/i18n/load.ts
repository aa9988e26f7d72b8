/** The strings of one language, fetched when the page's first figure starts: a page needs no other's. */
import type { Strings } from './index';

const languages: Record<string, () => Promise<Strings>> = {
  en: async () => (await import('./en')).en,
  ru: async () => (await import('./ru')).ru,
};

export const loadStrings = (language: string): Promise<Strings> => (languages[language] ?? languages.en!)();
