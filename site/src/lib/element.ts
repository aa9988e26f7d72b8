/** <heed-figure name="..." params="{...}" eager>: the place that a page keeps for a figure. Figures start when they come
 * near the viewport; `eager` ones at once. `?embed=name` leaves only that figure on the page. */
import type { FigureDefinition } from './figure';
import { h } from './dom';
import { loadStrings } from './i18n/load';
import { Shell } from './shell';

const NEAR = '600px';

export type Registry = Record<string, () => Promise<FigureDefinition<any>>>;

export function defineFigureElement(registry: Registry): void {
  class FigureElement extends HTMLElement {
    #shell: Shell | null = null;
    #near: IntersectionObserver | null = null;

    connectedCallback(): void {
      if (this.#shell || this.#near) return;
      if (this.hasAttribute('eager')) return void this.#start();
      this.#near = new IntersectionObserver(
        (entries) => {
          if (entries.some((entry) => entry.isIntersecting)) void this.#start();
        },
        { rootMargin: NEAR },
      );
      this.#near.observe(this);
    }

    disconnectedCallback(): void {
      this.#near?.disconnect();
      this.#near = null;
      this.#shell?.destroy();
      this.#shell = null;
    }

    async #start(): Promise<void> {
      this.#near?.disconnect();
      const name = this.getAttribute('name')!;
      try {
        const load = registry[name];
        if (!load) throw new Error(`there is no figure "${name}"`);
        const [definition, strings] = await Promise.all([load(), loadStrings(document.documentElement.lang)]);
        if (!this.isConnected || this.#shell) return;
        this.#shell = new Shell(this, definition, strings, JSON.parse(this.getAttribute('params') ?? '{}'));
        await this.#shell.start();
      } catch (error) {
        // the figure's own code, or its words, did not arrive
        this.querySelector('.figure-stage')?.replaceChildren(
          h(
            'div',
            { class: 'figure-error', role: 'alert' },
            h('p', { class: 'figure-error-title' }, this.dataset.failed!),
            h('p', { class: 'figure-error-detail', lang: 'en' }, String(error)),
            h('button', { type: 'button', class: 'button', onclick: () => location.reload() }, this.dataset.retry!),
          ),
        );
      }
    }
  }
  embed();
  customElements.define('heed-figure', FigureElement);
}

/** With `?embed=name` the page shows that one figure. What else is there stays, hidden: scripts of the page rely on it. */
function embed(): void {
  const name = new URLSearchParams(location.search).get('embed');
  const figure = name && document.querySelector(`heed-figure[name="${CSS.escape(name)}"]`);
  if (figure) {
    figure.setAttribute('eager', '');
    for (const other of document.body.children) (other as HTMLElement).hidden = true;
    document.body.append(h('main', { class: 'embedded' }, figure));
  }
  delete document.documentElement.dataset.embed; // the page was hidden until here
}
