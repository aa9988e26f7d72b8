import { BarRows } from '../../charts/bar-rows';
import { inputNotice, WordInput } from '../../charts/word-input';
import { h } from '../../lib/dom';
import type { MemoryMap, Model } from '../../lib/engine';
import { explain, isCancelled, isInputProblem } from '../../lib/errors';
import type { FigureContext, MountedFigure, Table } from '../../lib/figure';
import { prepare } from '../../lib/fold';
import { colour } from '../../lib/notation';
import type { Param } from '../../lib/params';
import { PARTS, partsOf, tableOf, type Part } from './compute';

type Context = FigureContext<{ word: Param<string>; beam: Param<number> }>;

const EXAMPLES = ['ox', 'memory', 'internationalization'];
const COLOURS: Record<Part, string> = {
  parameters: colour.attention,
  packed: colour.attention,
  model: colour.key,
  tensors: colour.query,
  hypotheses: colour.query,
  scratch: colour.probability,
  rest: colour.withoutAttention,
  base: colour.withoutAttention,
  free: colour.withoutAttention,
};

export class MemoryMapView implements MountedFigure {
  readonly #context: Context;
  readonly #model: Model;
  readonly #word: WordInput;
  readonly #beam: HTMLInputElement;
  readonly #beamValue = h('output', {});
  readonly #bars: BarRows;
  readonly #readout = h('p', { class: 'readout' });
  #map: MemoryMap | null = null;
  #running: AbortController | null = null;

  constructor(host: HTMLElement, context: Context, model: Model) {
    this.#context = context;
    this.#model = model;
    const words = context.strings.figures['memory-map'];
    this.#word = new WordInput({
      strings: context.strings,
      id: 'memory-map-word',
      examples: EXAMPLES,
      onInput: (word) => context.set({ word }),
    });
    this.#beam = h('input', {
      type: 'range',
      min: 1,
      max: 10,
      step: 1,
      id: 'memory-map-beam',
      oninput: () => context.set({ beam: Number(this.#beam.value) }),
    });
    const bars = h('div', {});
    host.append(
      this.#word.element,
      h(
        'p',
        { class: 'slider' },
        h('label', { for: 'memory-map-beam' }, context.strings.figures.pronounce.beam, ' ', this.#beamValue),
        this.#beam,
      ),
      this.#readout,
      bars,
    );
    this.#bars = new BarRows(bars, words.alternative);
  }

  update(): void {
    const { word, beam } = this.#context.state;
    this.#word.show(word);
    this.#beam.value = this.#beamValue.textContent = String(beam);
    void this.#ask(word, beam);
  }

  async #ask(word: string, beam: number): Promise<void> {
    const { strings, numbers } = this.#context;
    const words = strings.figures['memory-map'];
    const prepared = prepare(word);
    this.#running?.abort();
    const running = (this.#running = new AbortController());
    this.#context.notice(inputNotice(strings, prepared, []));
    let said: string;
    try {
      if (prepared.text.trim() === '')
        said = strings.input.empty; // what was there before stays
      else {
        this.#map = await this.#model.memory(prepared.text, { beam, signal: running.signal });
        const parts = partsOf(this.#map);
        said = words.summary(
          prepared.text,
          numbers.megabytes(this.#map.total),
          numbers.megabytes(parts.parameters + parts.packed),
          numbers.kilobytes(parts.tensors + parts.hypotheses),
        );
      }
    } catch (error) {
      if (running.signal.aborted || isCancelled(error)) return;
      if (!isInputProblem(error)) return this.#context.fail(error);
      said = explain(error, strings).text;
    }
    if (running.signal.aborted) return;
    this.#draw();
    this.#readout.textContent = said;
    this.#context.report({ summary: said });
  }

  #draw(): void {
    if (!this.#map) return;
    const { strings, numbers } = this.#context;
    const words = strings.figures['memory-map'];
    const parts = partsOf(this.#map),
      { total } = this.#map;
    this.#bars.draw([
      {
        heading: '',
        rows: PARTS.map((part) => ({
          label: words.parts[part],
          share: parts[part] / total,
          colour: COLOURS[part],
          text: `${numbers.kilobytes(parts[part])} ${words.kilobytes}`,
        })),
      },
    ]);
  }

  table(): Table {
    return tableOf(this.#map, this.#context.strings, this.#context.numbers);
  }
  data(): unknown {
    return this.#map;
  }
  pictures(): SVGSVGElement[] {
    return [this.#bars.svg];
  }

  destroy(): void {
    this.#running?.abort();
    this.#bars.destroy();
  }
}
