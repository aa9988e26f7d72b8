/** Probabilities as a short list of bars. */
import { h } from '../lib/dom';

export interface Bar {
  label: string;
  note: string;
  share: number;
  text: string;
  chosen: boolean;
}

export function bars(rows: Bar[], title: string, chosenWord: string): HTMLElement {
  return h(
    'div',
    { class: 'bars' },
    h('p', { class: 'part' }, title),
    h(
      'ol',
      {},
      ...rows.map(({ label, note, share, text, chosen }) =>
        h(
          'li',
          { class: chosen ? 'chosen' : undefined },
          h(
            'span',
            { class: 'bar-label' },
            label,
            note ? h('span', { class: 'bar-note ipa', lang: 'und-fonipa' }, note) : null,
          ),
          h(
            'span',
            { class: 'bar', 'aria-hidden': 'true' },
            h('span', { style: `width:${(share * 100).toFixed(2)}%` }),
          ),
          h(
            'span',
            { class: 'bar-value' },
            text,
            chosen ? h('span', { class: 'visually-hidden' }, ` (${chosenWord})`) : null,
          ),
        ),
      ),
    ),
  );
}
