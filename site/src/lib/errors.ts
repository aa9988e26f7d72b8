/** Why something failed, in the page's language. */
import type { Strings } from './i18n';

interface Coded {
  code: string;
  message: string;
}

const isCoded = (error: unknown): error is Coded =>
  error instanceof Error && 'code' in error && typeof error.code === 'string';

export interface Explanation {
  text: string;
  /** What the engine itself said, for those who repair things. */ detail: string;
}

export function explain(error: unknown, strings: Strings): Explanation {
  const code =
    isCoded(error) && Object.hasOwn(strings.errors, error.code) ? (error.code as keyof Strings['errors']) : 'other';
  const detail = error instanceof Error ? error.message : String(error);
  return { text: strings.errors[code], detail };
}

export const isCancelled = (error: unknown): boolean => isCoded(error) && error.code === 'cancelled';
export const isInputProblem = (error: unknown): boolean =>
  isCoded(error) && (error.code === 'empty_input' || error.code === 'long_input');
