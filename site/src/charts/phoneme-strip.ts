/** A pronunciation as a row of buttons: the sound in IPA, its ARPAbet name below, and a bar of its probability. */
import { h } from '../lib/dom';

export interface Sound {
  token: string;
  ipa: string;
  spoken: string;
  probability: number | null;
  marked: boolean;
}
export interface StripOptions {
  label: string;
  onPoint?: (index: number | null) => void;
  onChoose?: (index: number) => void;
}

export class PhonemeStrip {
  readonly element: HTMLOListElement;
  readonly #options: StripOptions;

  constructor(options: StripOptions) {
    this.#options = options;
    this.element = h('ol', { class: 'strip', 'aria-label': options.label });
  }

  draw(sounds: Sound[]): void {
    this.element.replaceChildren(...sounds.map((sound, index) => h('li', {}, this.#sound(sound, index))));
  }

  /** The sound that is lit (-1: none). */
  light(index: number): void {
    for (const [i, item] of [...this.element.children].entries()) {
      item.classList.toggle('lit', i === index);
      item.querySelector('button')?.setAttribute('aria-pressed', String(i === index));
    }
  }

  #sound({ token, ipa, spoken, probability, marked }: Sound, index: number): HTMLElement {
    const { onPoint, onChoose } = this.#options;
    const parts = [
      h('span', { class: 'ipa', lang: 'und-fonipa' }, ipa),
      h('span', { class: 'arpabet' }, token),
      probability === null
        ? null
        : h(
            'span',
            { class: 'certainty', 'aria-hidden': 'true' },
            h('span', { style: `height:${(probability * 100).toFixed(1)}%` }),
          ),
    ];
    const props = { class: marked ? 'sound marked' : 'sound', title: spoken || undefined };
    if (spoken) parts.push(h('span', { class: 'visually-hidden' }, `, ${spoken}`));
    if (!onChoose) return h('span', props, ...parts);
    return h(
      'button',
      {
        ...props,
        type: 'button',
        onclick: () => onChoose(index),
        onpointerenter: () => onPoint?.(index),
        onpointerleave: () => onPoint?.(null),
      },
      ...parts,
    );
  }
}
