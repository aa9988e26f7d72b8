import { LineChart } from '../../charts/chart';
import { inputNotice, WordInput } from '../../charts/word-input';
import { h } from '../../lib/dom';
import type { FigureContext, MountedFigure, Table } from '../../lib/figure';
import { prepare } from '../../lib/fold';
import { networkColour } from '../../lib/networks';
import type { Param } from '../../lib/params';
import type { Picture } from '../../lib/sheet';
import { drawn, FEWEST_DRAWN, shareAt, tableOf, type Network } from './compute';

const EXAMPLES = ['cat', 'sequence', 'communication', 'internationalization'];

/** Letters that the networks know; nothing is run here, so the figure counts for itself. */
const lettersIn = (word: string) => word.replace(/[^a-z']/gi, '').length;

export class LengthAccuracyView implements MountedFigure {
  readonly #context: FigureContext<{ word: Param<string> }>;
  readonly #networks: Network[];
  readonly #word: WordInput;
  readonly #chart: LineChart;
  readonly #readout = h('p', { class: 'readout' });

  constructor(host: HTMLElement, context: FigureContext<{ word: Param<string> }>, networks: Network[]) {
    this.#context = context;
    this.#networks = networks;
    this.#word = new WordInput({
      strings: context.strings,
      id: 'length-accuracy-word',
      examples: EXAMPLES,
      onInput: (word) => context.set({ word }),
    });
    const chart = h('div', { class: 'chart' });
    const { alternative, length, right, few } = context.strings.figures['length-accuracy'];
    host.append(this.#word.element, chart, this.#readout, h('p', { class: 'hint' }, few(FEWEST_DRAWN)));
    this.#chart = new LineChart(chart, {
      label: alternative,
      x: length,
      y: right,
      zero: true,
      formatY: (value) => context.numbers.percent(value),
    });
  }

  update(): void {
    const { strings, numbers, state } = this.#context;
    const { yourWord, summary, none } = strings.figures['length-accuracy'];
    this.#word.show(state.word);
    const prepared = prepare(state.word);
    const length = lettersIn(prepared.text);
    this.#chart.draw(
      this.#networks.map(({ name, label, shares }) => ({
        label,
        colour: networkColour[name]!,
        points: drawn(shares).map((one) => ({ x: one.length, y: one.share })),
        band: drawn(shares),
      })),
      { marker: length > 0 ? { x: length, text: yourWord(prepared.text) } : null },
    );
    const [attended, fixed] = this.#networks.map(({ shares }) => shareAt(shares, length));
    const said =
      length === 0
        ? strings.input.empty
        : attended && fixed
          ? summary(prepared.text, length, numbers.percent(attended.share), numbers.percent(fixed.share))
          : none(length);
    this.#readout.textContent = said;
    this.#context.notice(inputNotice(strings, prepared, []));
    this.#context.report({ summary: said });
  }

  table(): Table {
    return tableOf(this.#networks, this.#context.strings, this.#context.numbers);
  }
  data(): unknown {
    return this.#networks;
  }
  pictures(): Picture[] {
    return [this.#chart];
  }
  destroy(): void {
    this.#chart.destroy();
  }
}
