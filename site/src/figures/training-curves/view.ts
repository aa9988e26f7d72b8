import { LineChart } from '../../charts/chart';
import { h } from '../../lib/dom';
import type { FigureContext, MountedFigure, Table } from '../../lib/figure';
import { networkColour } from '../../lib/networks';
import type { Param } from '../../lib/params';
import type { Picture } from '../../lib/sheet';
import { best, errorCurve, lossCurve, tableOf, type Measure, type Network } from './compute';

const MEASURES: Measure[] = ['wer', 'per'];

export class TrainingCurvesView implements MountedFigure {
  readonly #context: FigureContext<{ measure: Param<Measure> }>;
  readonly #networks: Network[];
  readonly #error: LineChart;
  readonly #loss: LineChart;
  readonly #choices: HTMLInputElement[];

  constructor(host: HTMLElement, context: FigureContext<{ measure: Param<Measure> }>, networks: Network[]) {
    this.#context = context;
    this.#networks = networks;
    const strings = context.strings.figures['training-curves'];
    this.#choices = MEASURES.map((value) =>
      h('input', {
        type: 'radio',
        name: 'training-curves-measure',
        value,
        onchange: () => context.set({ measure: value }),
      }),
    );
    const charts = [h('div', { class: 'chart' }), h('div', { class: 'chart' })] as const;
    host.append(
      h(
        'fieldset',
        { class: 'choices' },
        h('legend', {}, strings.measure),
        ...this.#choices.map((input, index) => h('label', {}, input, ` ${strings[MEASURES[index]!]}`)),
      ),
      h('div', { class: 'chart-pair' }, ...charts),
    );
    host.append(h('p', { class: 'hint' }, strings.dashed));
    const look = { x: strings.epoch, zero: true };
    this.#error = new LineChart(charts[0], {
      ...look,
      label: `${strings.title}: ${strings.error}`,
      y: strings.error,
      formatY: (value) => context.numbers.percent(value),
    });
    this.#loss = new LineChart(charts[1], {
      ...look,
      label: `${strings.title}: ${strings.loss}`,
      y: strings.loss,
      formatY: (value) => context.numbers.weight(value),
    });
  }

  update(): void {
    const {
      strings,
      numbers,
      state: { measure },
    } = this.#context;
    const words = strings.figures['training-curves'];
    for (const input of this.#choices) input.checked = input.value === measure;
    this.#error.draw(
      this.#networks.map(({ name, label, epochs }) => ({
        label,
        colour: networkColour[name]!,
        points: errorCurve(epochs, measure),
      })),
      { y: words[measure] },
    );
    this.#loss.draw(
      this.#networks.flatMap(({ name, label, epochs }) => [
        { label: `${label}, ${words.heldOut}`, colour: networkColour[name]!, points: lossCurve(epochs, 'dev_loss') },
        {
          label: `${label}, ${words.training}`,
          colour: networkColour[name]!,
          points: lossCurve(epochs, 'loss'),
          dashed: true,
        },
      ]),
    );
    const [attended, fixed] = this.#networks.map(({ epochs }) => numbers.percent(best(epochs, measure), 1));
    this.#context.report({ summary: words.summary(words[measure], attended!, fixed!) });
  }

  table(): Table {
    return tableOf(this.#networks, this.#context.strings);
  }
  data(): unknown {
    return this.#networks;
  }
  pictures(): Picture[] {
    return [this.#error, this.#loss];
  }

  destroy(): void {
    this.#error.destroy();
    this.#loss.destroy();
  }
}
