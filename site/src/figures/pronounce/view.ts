import { bars } from '../../charts/bars';
import { Heatmap, type Cell } from '../../charts/heatmap';
import { PhonemeStrip } from '../../charts/phoneme-strip';
import { heatOf, ipaOf, lettersOf, nameOf, probabilityOf, soundOf, soundsOf } from '../../charts/speech';
import { inputNotice, WordInput } from '../../charts/word-input';
import { h } from '../../lib/dom';
import type { Hypothesis, Model, Result } from '../../lib/engine';
import { explain, isCancelled, isInputProblem } from '../../lib/errors';
import type { FigureContext, MountedFigure, Table } from '../../lib/figure';
import { prepare, type Prepared } from '../../lib/fold';
import { END } from '../../lib/notation';
import type { Param } from '../../lib/params';
import { sentence, tableOf } from './compute';

type Params = {
  word: Param<string>;
  beam: Param<number>;
  rank: Param<number>;
  step: Param<number>;
  letter: Param<number>;
};

const EXAMPLES = ['attention', 'knight', 'through', 'colonel', 'schwarzenegger'];
const NONE: Cell = { row: -1, column: -1 };

export class PronounceView implements MountedFigure {
  readonly #context: FigureContext<Params>;
  readonly #model: Model;
  readonly #word: WordInput;
  readonly #strip: PhonemeStrip;
  readonly #heatmap: Heatmap;
  readonly #beam: HTMLInputElement;
  readonly #beamValue = h('output', {});
  readonly #readout = h('p', { class: 'readout' });
  readonly #candidates = h('div', {});
  readonly #hypotheses = h('ol', { class: 'hypotheses' });
  readonly #hypothesesTitle: HTMLElement;
  readonly #drawing: HTMLElement;
  readonly #empty = h('p', { class: 'figure-empty', hidden: true });
  #result: Result | null = null;
  #shown = ''; // what the result is of
  #running: AbortController | null = null;
  #pointed: Cell | null = null;

  constructor(host: HTMLElement, context: FigureContext<Params>, model: Model) {
    this.#context = context;
    this.#model = model;
    const strings = context.strings.figures.pronounce;
    this.#word = new WordInput({
      strings: context.strings,
      id: 'pronounce-word',
      examples: EXAMPLES,
      onInput: (word) => context.set({ word, rank: 0, step: -1, letter: -1 }),
    });
    this.#strip = new PhonemeStrip({
      label: strings.output,
      onPoint: (index) => this.#point(index === null ? null : { row: index, column: -1 }),
      onChoose: (step) => context.set({ step, letter: -1 }),
    });
    this.#beam = h('input', {
      type: 'range',
      min: 1,
      max: 10,
      step: 1,
      id: 'pronounce-beam',
      oninput: () => context.set({ beam: Number(this.#beam.value), rank: 0 }),
    });
    this.#hypothesesTitle = h('p', { class: 'part' }, strings.hypotheses);
    const heat = h('div', {});
    this.#drawing = h(
      'div',
      { class: 'pronounce' },
      h('div', { class: 'pronounce-heat' }, heat, this.#readout),
      h(
        'div',
        { class: 'pronounce-side' },
        this.#candidates,
        h(
          'div',
          { class: 'slider' },
          h('label', { for: 'pronounce-beam' }, strings.beam, ' ', this.#beamValue),
          this.#beam,
          h('p', { class: 'hint' }, strings.beamHint),
        ),
        h('div', { class: 'n-best' }, this.#hypothesesTitle, this.#hypotheses),
      ),
    );
    host.append(
      h('div', { class: 'pronounce-head' }, this.#word.element, this.#strip.element),
      this.#empty,
      this.#drawing,
    );
    this.#heatmap = new Heatmap(heat, {
      label: strings.heatmap,
      keyAxis: strings.keyAxis,
      queryAxis: strings.queryAxis,
      weightAxis: strings.weight,
      format: (weight) => context.numbers.weight(weight),
      height: 430,
      widestCell: 60,
      onPoint: (cell) => this.#point(cell),
      onChoose: ({ row, column }) => context.set({ step: row, letter: column }),
    });
  }

  update(): void {
    const { word, beam } = this.#context.state;
    this.#word.show(word);
    this.#beam.value = String(beam);
    this.#beamValue.textContent = String(beam);
    const prepared = prepare(word);
    const wanted = `${beam} ${prepared.text}`;
    if (this.#result && wanted === this.#shown) this.#draw(prepared, this.#result);
    else void this.#run(prepared, beam, wanted);
  }

  table(): Table {
    const hypothesis = this.#hypothesis();
    return this.#result && hypothesis
      ? tableOf(this.#result, hypothesis, this.#context.strings)
      : { caption: this.#context.strings.input.empty, columns: [], rows: [] };
  }

  data(): unknown {
    return this.#result;
  }
  pictures(): SVGSVGElement[] {
    return [this.#heatmap.svg];
  }

  destroy(): void {
    this.#running?.abort();
    this.#heatmap.destroy();
  }

  async #run(prepared: Prepared, beam: number, wanted: string): Promise<void> {
    this.#running?.abort(); // a newer word makes the older one's answer useless
    const running = (this.#running = new AbortController());
    if (prepared.text.trim() === '') {
      this.#nothing(this.#context.strings.input.empty, prepared);
      return;
    }
    try {
      const result = await this.#model.run(prepared.text, { beam, signal: running.signal });
      if (running.signal.aborted) return;
      this.#result = result;
      this.#shown = wanted;
      this.#draw(prepared, result);
    } catch (error) {
      if (running.signal.aborted || isCancelled(error)) return;
      if (isInputProblem(error)) this.#nothing(explain(error, this.#context.strings).text, prepared);
      else this.#context.fail(error);
    }
  }

  /** There is no word to draw: says why in the drawing's place. */
  #nothing(message: string, prepared: Prepared): void {
    this.#result = null;
    this.#shown = '';
    this.#empty.textContent = message;
    this.#empty.hidden = false;
    this.#drawing.classList.add('idle');
    this.#drawing.inert = true;
    this.#strip.draw([]);
    this.#context.notice(inputNotice(this.#context.strings, prepared, []));
    this.#context.report({ summary: message });
  }

  #hypothesis(): Hypothesis | undefined {
    const hypotheses = this.#result?.hypotheses ?? [];
    return hypotheses[Math.min(this.#context.state.rank, hypotheses.length - 1)];
  }

  #draw(prepared: Prepared, result: Result): void {
    const { strings, numbers } = this.#context;
    const hypothesis = this.#hypothesis()!;
    this.#empty.hidden = true;
    this.#drawing.classList.remove('idle');
    this.#drawing.inert = false;
    this.#pointed = null;
    this.#heatmap.draw(heatOf(result, hypothesis, strings), this.#chosen());
    this.#strip.draw(soundsOf(hypothesis, strings));
    this.#drawHypotheses(result);
    this.#drawChosen();
    this.#context.notice(inputNotice(strings, prepared, result.skipped));
    const cell = this.#chosen();
    const summary = cell.row >= 0 ? this.#readout.textContent! : sentence(result, hypothesis, strings, numbers);
    this.#context.report({ summary, engineMs: result.ms });
  }

  #chosen(): Cell {
    const { step, letter } = this.#context.state;
    const hypothesis = this.#hypothesis();
    if (!hypothesis) return NONE;
    return {
      row: Math.min(step, hypothesis.steps.length - 1),
      column: Math.min(letter, this.#result!.source.length - 1),
    };
  }

  #point(cell: Cell | null): void {
    this.#pointed = cell;
    this.#heatmap.highlight(cell);
    this.#drawChosen();
  }

  /** What depends on the chosen or pointed cell: the five best, the lit phoneme, the sentence. */
  #drawChosen(): void {
    const hypothesis = this.#hypothesis();
    if (!hypothesis) return;
    const { strings, numbers } = this.#context;
    const { row, column } = this.#pointed ?? this.#chosen();
    this.#strip.light(row);
    const at = row >= 0 ? row : Math.max(0, this.#chosen().row);
    const step = hypothesis.steps[at];
    if (step) {
      const { candidates, chosen } = strings.figures.pronounce;
      this.#candidates.replaceChildren(
        bars(
          step.candidates.map(({ token, probability }) => ({
            label: nameOf(token, strings),
            note: ipaOf(token),
            share: probability,
            text: numbers.probability(probability),
            chosen: token === step.token,
          })),
          candidates(`${at + 1}: ${nameOf(step.token, strings)}`),
          chosen,
        ),
      );
    }
    this.#readout.textContent = this.#sentenceOf(hypothesis, { row, column });
  }

  #sentenceOf(hypothesis: Hypothesis, { row, column }: Cell): string {
    const { strings, numbers } = this.#context;
    const step = hypothesis.steps[row];
    const letters = lettersOf(this.#result!);
    if (!step) return column >= 0 ? `${strings.figures.pronounce.letter} ${letters[column]}` : '';
    const sound = soundOf(step.token, strings);
    const name = nameOf(step.token, strings);
    if (column < 0) return `${name}: ${sound}`;
    const weight = numbers.weight(step.attention?.[column] ?? 0);
    return `${strings.figures.pronounce.cell(name, letters[column]!, weight)}. ${name}: ${sound}.`;
  }

  #drawHypotheses(result: Result): void {
    const { strings, numbers, state } = this.#context;
    const many = result.hypotheses.length > 1;
    this.#hypotheses.parentElement!.hidden = !many;
    this.#hypotheses.replaceChildren(
      ...(many ? result.hypotheses : []).map((hypothesis, rank) =>
        h(
          'li',
          {},
          h(
            'button',
            {
              type: 'button',
              class: 'hypothesis',
              'aria-pressed': String(rank === Math.min(state.rank, result.hypotheses.length - 1)),
              onclick: () => this.#context.set({ rank, step: -1, letter: -1 }),
            },
            h(
              'span',
              { class: 'said' },
              hypothesis.steps
                .filter(({ token }) => token !== END)
                .map(({ token }) => token)
                .join(' ') || '—',
            ),
            h(
              'span',
              { class: 'share' },
              hypothesis.ended ? numbers.probability(probabilityOf(hypothesis)) : strings.figures.pronounce.unfinished,
            ),
          ),
        ),
      ),
    );
  }
}
