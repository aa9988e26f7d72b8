import { Heatmap } from '../../charts/heatmap';
import { PhonemeStrip } from '../../charts/phoneme-strip';
import { heatOf, probabilityOf, soundsOf } from '../../charts/speech';
import { inputNotice, WordInput } from '../../charts/word-input';
import { h } from '../../lib/dom';
import type { Result } from '../../lib/engine';
import { explain, isCancelled, isInputProblem } from '../../lib/errors';
import type { FigureContext, MountedFigure, Table } from '../../lib/figure';
import { prepare, type Prepared } from '../../lib/fold';
import { ATTENTION, FIXED, NETWORKS } from '../../lib/networks';
import type { Param } from '../../lib/params';
import { textLines, type Picture } from '../../lib/sheet';
import { difference, tableOf } from './compute';

const EXAMPLES = ['cat', 'knowledge', 'unquestionably', 'deinstitutionalization'];

interface Side {
  strip: PhonemeStrip;
  probability: HTMLElement;
  element: HTMLElement;
}

export class SideBySideView implements MountedFigure {
  readonly #context: FigureContext<{ word: Param<string> }>;
  readonly #word: WordInput;
  readonly #sides: Record<string, Side>;
  readonly #heatmap: Heatmap;
  readonly #verdict = h('p', { class: 'readout' });
  readonly #empty = h('p', { class: 'figure-empty', hidden: true });
  readonly #drawing: HTMLElement;
  #results: Record<string, Result> | null = null;
  #shown = '';
  #running: AbortController | null = null;

  constructor(host: HTMLElement, context: FigureContext<{ word: Param<string> }>) {
    this.#context = context;
    const { strings } = context;
    const words = strings.figures['side-by-side'];
    this.#word = new WordInput({
      strings,
      id: 'side-by-side-word',
      examples: EXAMPLES,
      onInput: (word) => context.set({ word }),
    });
    this.#sides = Object.fromEntries(NETWORKS.map((name) => [name, this.#side(name)]));
    const heat = h('div', {});
    const { decoder_hidden: size } = context.models[FIXED]!.info.config as { decoder_hidden?: number };
    if (size)
      this.#sides[FIXED]!.element.append(h('p', { class: 'hint' }, words.oneVector(context.numbers.count(2 * size))));
    this.#drawing = h(
      'div',
      { class: 'sides' },
      ...NETWORKS.map((name) => this.#sides[name]!.element),
      h(
        'div',
        { class: 'side-heat' },
        h('p', { class: 'part' }, `${words.weights}, ${strings.models[ATTENTION]}`),
        heat,
      ),
    );
    host.append(this.#word.element, this.#empty, this.#verdict, this.#drawing);
    const { heatmap, keyAxis, queryAxis, weight } = strings.figures.pronounce;
    this.#heatmap = new Heatmap(heat, {
      label: heatmap,
      keyAxis,
      queryAxis,
      weightAxis: weight,
      format: (value) => context.numbers.weight(value),
      height: 430,
      widestCell: 46,
      onPoint: (cell) => this.#sides[ATTENTION]!.strip.light(cell?.row ?? -1),
      onChoose: (cell) => {
        this.#heatmap.choose(cell);
        this.#sides[ATTENTION]!.strip.light(cell.row);
      },
    });
  }

  update(): void {
    const { word } = this.#context.state;
    this.#word.show(word);
    const prepared = prepare(word);
    if (this.#results && prepared.text === this.#shown) this.#draw(prepared, this.#results);
    else void this.#run(prepared);
  }

  table(): Table {
    const { strings } = this.#context;
    return tableOf(
      NETWORKS.flatMap((name) =>
        this.#results ? [{ name, label: strings.models[name] ?? name, result: this.#results[name]! }] : [],
      ),
      strings,
    );
  }

  data(): unknown {
    return this.#results;
  }
  pictures(): Picture[] {
    const said = NETWORKS.map(
      (name) =>
        `${this.#context.strings.models[name]}: ${this.#results?.[name]!.hypotheses[0]!.tokens.join(' ') ?? ''}`,
    );
    return [textLines(said), this.#heatmap.svg];
  }

  destroy(): void {
    this.#running?.abort();
    this.#heatmap.destroy();
  }

  #side(name: string): Side {
    const { strings } = this.#context;
    const words = strings.figures['side-by-side'];
    const strip = new PhonemeStrip({ label: `${strings.figures.pronounce.output}, ${strings.models[name]}` });
    const probability = h('p', { class: 'hint' });
    const element = h(
      'section',
      { class: `side ${name === FIXED ? 'without' : 'with'}` },
      h('p', { class: 'part' }, strings.models[name] ?? name),
      strip.element,
      probability,
      h('p', { class: 'visually-hidden' }, words.probability),
    );
    return { strip, probability, element };
  }

  async #run(prepared: Prepared): Promise<void> {
    this.#running?.abort();
    const running = (this.#running = new AbortController());
    if (prepared.text.trim() === '') return this.#nothing(this.#context.strings.input.empty, prepared);
    try {
      const results = await Promise.all(
        NETWORKS.map((name) => this.#context.models[name]!.run(prepared.text, { signal: running.signal })),
      );
      if (running.signal.aborted) return;
      this.#results = Object.fromEntries(NETWORKS.map((name, index) => [name, results[index]!]));
      this.#shown = prepared.text;
      this.#draw(prepared, this.#results);
    } catch (error) {
      if (running.signal.aborted || isCancelled(error)) return;
      if (isInputProblem(error)) this.#nothing(explain(error, this.#context.strings).text, prepared);
      else this.#context.fail(error);
    }
  }

  #nothing(message: string, prepared: Prepared): void {
    this.#results = null;
    this.#shown = '';
    this.#empty.textContent = message;
    this.#empty.hidden = false;
    this.#verdict.textContent = '';
    this.#drawing.classList.add('idle');
    this.#drawing.inert = true;
    this.#context.notice(inputNotice(this.#context.strings, prepared, []));
    this.#context.report({ summary: message });
  }

  #draw(prepared: Prepared, results: Record<string, Result>): void {
    const { strings, numbers } = this.#context;
    const words = strings.figures['side-by-side'];
    const attended = results[ATTENTION]!.hypotheses[0]!,
      fixed = results[FIXED]!.hypotheses[0]!;
    const { left, right, edits } = difference(attended.tokens, fixed.tokens);
    this.#empty.hidden = true;
    this.#drawing.classList.remove('idle');
    this.#drawing.inert = false;
    for (const [name, hypothesis, marked] of [
      [ATTENTION, attended, left],
      [FIXED, fixed, right],
    ] as const) {
      const side = this.#sides[name]!;
      side.strip.draw(soundsOf(hypothesis, strings, { probabilities: true, marked }));
      side.probability.textContent = `${words.word}: ${numbers.probability(probabilityOf(hypothesis))}`;
    }
    this.#heatmap.draw(heatOf(results[ATTENTION]!, attended, strings), { row: -1, column: -1 });
    this.#verdict.textContent = edits === 0 ? words.same : words.differ(edits);
    this.#context.notice(inputNotice(strings, prepared, results[ATTENTION]!.skipped));
    this.#context.report({
      summary: words.summary(prepared.text, attended.tokens.join(' '), fixed.tokens.join(' ')),
      engineMs: NETWORKS.reduce((sum, name) => sum + results[name]!.ms, 0),
    });
  }
}
