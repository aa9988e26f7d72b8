/** The reader's own word: a large input, examples to press, and what is said of letters that a model does not know. */
import { h } from '../lib/dom';
import { LONGEST_WORD, type Prepared } from '../lib/fold';
import type { SkippedText } from '../lib/engine';
import type { Strings } from '../lib/i18n';

const LISTED = 4;

export interface WordInputOptions {
  strings: Strings;
  id: string;
  examples: string[];
  onInput: (word: string) => void;
}

export class WordInput {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;

  constructor({ strings, id, examples, onInput }: WordInputOptions) {
    this.#input = h('input', {
      type: 'text',
      id,
      class: 'word',
      autocomplete: 'off',
      autocapitalize: 'off',
      autocorrect: 'off',
      spellcheck: 'false',
      placeholder: strings.input.word,
      lang: 'en',
      oninput: () => onInput(this.#input.value),
    });
    const choose = (word: string) => () => {
      this.#input.value = word;
      onInput(word);
    };
    this.element = h(
      'div',
      { class: 'word-input' },
      h('label', { for: id }, strings.input.hint),
      this.#input,
      h(
        'p',
        { class: 'examples' },
        h('span', {}, `${strings.input.tryThese}:`),
        ...examples.map((word) =>
          h('button', { type: 'button', class: 'example', lang: 'en', onclick: choose(word) }, word),
        ),
      ),
    );
  }

  /** Shows a word that did not come from the keyboard: from the address, after a reset. */
  show(word: string): void {
    if (this.#input.value !== word) this.#input.value = word;
  }
}

const shown = (text: string, space: string) =>
  /^\s+$/.test(text) ? space : `“${Array.from(text).slice(0, 12).join('')}”`;

/** What happened to the word on its way to the model, in one paragraph; null when nothing did. */
export function inputNotice(strings: Strings, prepared: Prepared, skipped: SkippedText[]): string | null {
  const { input } = strings;
  const sentences: string[] = [];
  if (prepared.folded.length > 0) {
    sentences.push(
      input.folded(
        prepared.folded
          .slice(0, LISTED)
          .map(({ from, to }) => input.foldedPair(from, to))
          .join(', '),
      ),
    );
  }
  if (skipped.length > 0) {
    const list = [...new Set(skipped.map(({ text }) => shown(text, input.skippedSpace)))];
    const more = list.length > LISTED ? [input.skippedMore(list.length - LISTED)] : [];
    sentences.push(input.skipped([...list.slice(0, LISTED), ...more].join(', ')));
  }
  if (prepared.cut > 0) sentences.push(input.cut(LONGEST_WORD, prepared.cut));
  return sentences.length > 0 ? sentences.join(' ') : null;
}
