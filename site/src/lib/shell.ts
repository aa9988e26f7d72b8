/** The equipment that every figure has. A Shell owns the element that the page holds for a figure: it loads the models,
 * mounts the figure, keeps its state, and says what happens in words, in the table and in the address. */
import * as address from './address';
import { h } from './dom';
import { engine, model, type Engine, type Model } from './engine';
import { explain } from './errors';
import { download, FORMATS, toBlob } from './export';
import type { FigureContext, FigureDefinition, MountedFigure, Report, Table } from './figure';
import type { Strings } from './i18n';
import { Numbers } from './notation';
import { initialValues, type ParamSet, type Values } from './params';

const SPEAK_AFTER_MS = 700; // the reader has stopped typing

type State = Values<ParamSet>;

export class Shell {
  readonly #host: HTMLElement;
  readonly #definition: FigureDefinition;
  readonly #strings: Strings;
  readonly #numbers: Numbers;
  readonly #language: string;
  readonly #defaults: State;
  readonly #stage: HTMLElement;
  readonly #notice = h('p', { class: 'figure-notice', role: 'status', hidden: true });
  readonly #timing = h('span', { class: 'figure-timing' });
  readonly #spoken = h('p', { class: 'visually-hidden', 'aria-live': 'polite' });
  readonly #tableHost = h('div', { class: 'figure-table', hidden: true });
  readonly #saves = h('span', { class: 'figure-saves' });
  #tableButton!: HTMLButtonElement;
  #state: State;
  #figure: MountedFigure | null = null;
  #engine: Engine | null = null;
  #changedAt = 0;
  #speaking: ReturnType<typeof setTimeout> | undefined;
  #starting = false;
  readonly #redrawOnTheme: MutationObserver;

  constructor(host: HTMLElement, definition: FigureDefinition, strings: Strings, initial: Partial<State>) {
    this.#host = host;
    this.#definition = definition;
    this.#language = document.documentElement.lang;
    this.#strings = strings;
    this.#numbers = new Numbers(this.#language);
    this.#defaults = { ...initialValues(definition.params), ...initial };
    this.#state = { ...this.#defaults, ...address.recall(definition.id, definition.params) };
    this.#stage = host.querySelector<HTMLElement>('.figure-stage')!;
    this.#stage.after(this.#notice, this.#foot(), this.#tableHost, this.#spoken);
    let theme = document.documentElement.dataset.theme;
    this.#redrawOnTheme = new MutationObserver(() => {
      if (theme === document.documentElement.dataset.theme) return; // a picture was saved
      theme = document.documentElement.dataset.theme;
      this.#figure?.update();
    });
    this.#redrawOnTheme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  }

  /** Loads what the figure needs and mounts it. After a failure it can be called again. */
  async start(): Promise<void> {
    if (this.#starting || this.#figure) return;
    this.#starting = true;
    this.#host.dataset.phase = 'loading';
    const progress = this.#showProgress();
    try {
      const names = this.#definition.models;
      const models: Record<string, Model> = {};
      if (names.length > 0) this.#engine = await engine();
      await Promise.all(
        names.map(async (name) => {
          models[name] = await model(name, ({ loaded, total }) => progress(name, loaded, total));
        }),
      );
      this.#stage.replaceChildren();
      const figure = await this.#definition.mount(this.#stage, this.#context(models));
      this.#figure = figure;
      this.#host.dataset.phase = 'live';
      this.#changedAt = performance.now();
      figure.update();
      this.#showSaves();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#starting = false;
    }
  }

  destroy(): void {
    clearTimeout(this.#speaking);
    this.#redrawOnTheme.disconnect();
    this.#figure?.destroy();
    this.#figure = null;
  }

  #context(models: Record<string, Model>): FigureContext<ParamSet> {
    const shell = this;
    return {
      strings: this.#strings,
      numbers: this.#numbers,
      language: this.#language,
      get state() {
        return shell.#state;
      },
      models,
      engine: this.#engine,
      set: (patch) => this.#change(patch),
      report: (report) => this.#report(report),
      notice: (message) => this.#notify(message),
      fail: (reason) => this.#fail(reason),
    };
  }

  #change(patch: Partial<State>): void {
    this.#changedAt = performance.now();
    this.#state = { ...this.#state, ...patch };
    address.remember(this.#definition.id, this.#definition.params, this.#state, this.#defaults);
    this.#figure?.update();
  }

  #report({ summary, engineMs }: Report): void {
    const total = this.#numbers.milliseconds(performance.now() - this.#changedAt);
    const { timing, timingDraw } = this.#strings.shell;
    this.#timing.textContent =
      engineMs === undefined
        ? timingDraw(total)
        : timing(this.#numbers.milliseconds(engineMs), total, this.#engine?.info.module ?? '');
    clearTimeout(this.#speaking);
    this.#speaking = setTimeout(() => {
      this.#spoken.textContent = summary;
    }, SPEAK_AFTER_MS);
    if (!this.#tableHost.hidden) this.#fillTable();
  }

  #notify(message: string | null): void {
    this.#notice.hidden = message === null;
    if (this.#notice.textContent !== message) this.#notice.textContent = message ?? '';
  }

  #fail(error: unknown): void {
    this.#figure?.destroy();
    this.#figure = null;
    this.#host.dataset.phase = 'failed';
    this.#notify(null);
    const { text, detail } = explain(error, this.#strings);
    const { failed, said, retry } = this.#strings.shell;
    this.#stage.replaceChildren(
      h(
        'div',
        { class: 'figure-error', role: 'alert' },
        h('p', { class: 'figure-error-title' }, failed),
        h('p', {}, text),
        h('p', { class: 'figure-error-detail' }, `${said}: `, h('span', { lang: 'en' }, detail)),
        h('button', { type: 'button', class: 'button', onclick: () => void this.start() }, retry),
      ),
    );
  }

  #showProgress(): (name: string, loaded: number, total: number) => void {
    const { starting, downloading, downloadingUnknown } = this.#strings.shell;
    const bar = h('progress', { 'aria-label': starting });
    const label = h('p', {}, starting);
    this.#stage.replaceChildren(h('div', { class: 'figure-loading' }, label, bar));
    const parts = new Map<string, { loaded: number; total: number }>();
    return (name, loaded, total) => {
      parts.set(name, { loaded, total });
      const all = [...parts.values()];
      const have = all.reduce((sum, part) => sum + part.loaded, 0);
      const want = all.every((part) => part.total > 0) ? all.reduce((sum, part) => sum + part.total, 0) : 0;
      if (want > 0) {
        bar.max = want;
        bar.value = have;
      }
      label.textContent =
        want > 0
          ? downloading(this.#numbers.megabytes(have), this.#numbers.megabytes(want))
          : downloadingUnknown(this.#numbers.megabytes(have));
      bar.setAttribute('aria-label', label.textContent);
    };
  }

  // ---- The line below the figure ----

  #foot(): HTMLElement {
    const { reset, link, table, embed, tools } = this.#strings.shell;
    const button = (label: string, onclick: () => void, props = {}) =>
      h('button', { type: 'button', class: 'tool', onclick, ...props }, label);
    this.#tableButton = button(table, () => this.#toggleTable(), { 'aria-expanded': 'false' });
    const linkButton = button(link, () => void this.#copyLink(linkButton));
    return h(
      'div',
      { class: 'figure-foot' },
      this.#timing,
      h(
        'div',
        { class: 'figure-tools', role: 'group', 'aria-label': tools },
        button(reset, () => this.#change(this.#defaults)),
        linkButton,
        this.#tableButton,
        this.#saves,
        button(
          embed,
          () => {
            window.open(address.embedLink(this.#definition.id), '_blank', 'noopener');
          },
          { 'data-tool': 'embed' },
        ),
      ),
    );
  }

  #showSaves(): void {
    const { save, saveAs } = this.#strings.shell;
    const buttons = FORMATS.map((format) =>
      h(
        'button',
        {
          type: 'button',
          class: 'tool',
          'aria-label': saveAs(format.toUpperCase()),
          onclick: async () => {
            const figure = this.#figure;
            if (!figure) return;
            try {
              const { title } = this.#strings.figures[this.#definition.id];
              const blob = await toBlob(format, {
                title,
                pictures: figure.pictures(),
                table: figure.table(),
                data: figure.data(),
              });
              download(blob, `heed-${this.#definition.id}.${format}`);
            } catch (error) {
              this.#notify(explain(error, this.#strings).text);
            }
          },
        },
        format.toUpperCase(),
      ),
    );
    this.#saves.replaceChildren(h('span', { class: 'figure-saves-label', 'aria-hidden': 'true' }, save), ...buttons);
  }

  async #copyLink(button: HTMLButtonElement): Promise<void> {
    const { link, linkCopied, linkInAddress } = this.#strings.shell;
    const url = address.permalink(this.#definition.id);
    try {
      await navigator.clipboard.writeText(url);
      button.textContent = linkCopied;
    } catch {
      // no permission, or no secure context: the address bar has it
      history.replaceState(history.state, '', url);
      button.textContent = linkInAddress;
    }
    setTimeout(() => {
      button.textContent = link;
    }, 2000);
  }

  #toggleTable(): void {
    const show = this.#tableHost.hidden;
    this.#tableHost.hidden = !show;
    this.#tableButton.setAttribute('aria-expanded', String(show));
    this.#tableButton.textContent = show ? this.#strings.shell.hideTable : this.#strings.shell.table;
    if (show) this.#fillTable();
  }

  #fillTable(): void {
    if (this.#figure) this.#tableHost.replaceChildren(tableElement(this.#figure.table(), this.#numbers));
  }
}

function tableElement({ caption, columns, rows }: Table, numbers: Numbers): HTMLElement {
  const cell = (value: string | number) =>
    typeof value === 'number' && !Number.isInteger(value) ? numbers.loss(value) : String(value);
  return h(
    'div',
    { class: 'figure-table-scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    h(
      'table',
      {},
      h('caption', {}, caption),
      h('thead', {}, h('tr', {}, ...columns.map((column) => h('th', { scope: 'col' }, column)))),
      h(
        'tbody',
        {},
        ...rows.map((row) =>
          h(
            'tr',
            {},
            ...row.map((value, index) =>
              index === 0 ? h('th', { scope: 'row' }, cell(value)) : h('td', {}, cell(value)),
            ),
          ),
        ),
      ),
    ),
  );
}
