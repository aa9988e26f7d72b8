import { en } from './en';
import { ru } from './ru';

/** Words of one language for a number: `few` and `many` are for languages that have them. */
export interface Forms {
  one: string;
  few?: string;
  many?: string;
  other: string;
}

type Widen<T> = T extends string
  ? string
  : T extends (...args: infer A) => string
    ? (...args: A) => string
    : { [K in keyof T]: Widen<T[K]> };
export type Strings = Widen<typeof en>;

const languages: Record<string, Strings> = { en, ru };

export const stringsOf = (language: string): Strings => languages[language] ?? en;
export type FigureName = keyof typeof en.figures;
