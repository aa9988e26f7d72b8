import { BarRows } from '../../charts/bar-rows';
import { LineChart } from '../../charts/chart';
import { h } from '../../lib/dom';
import { measuringEngine, type Engine } from '../../lib/engine';
import { explain } from '../../lib/errors';
import type { FigureContext, MountedFigure, Table } from '../../lib/figure';
import { isaColour } from '../../lib/notation';
import type { Param } from '../../lib/params';
import type { Picture } from '../../lib/sheet';
import { curve, Measurements, sentence, SETS, SIDES, SINGLES, tableOf, TASKS, timesScalar, type Isa } from './compute';

export type View = 'rate' | 'percent';
type Context = FigureContext<{ view: Param<View>; rounds: Param<number> }>;

const VIEWS: View[] = ['rate', 'percent'];
const SAMPLE_SECONDS = 0.01; // browsers' clocks tick at 0.1 ms

/** A measurement under way: its engines, by module, and whether the reader has stopped it. */
interface Run {
  engines: Map<string, Engine>;
  stopped: boolean;
}

export class MachineView implements MountedFigure {
  readonly #context: Context;
  readonly #chart: LineChart;
  readonly #bars: BarRows;
  readonly #barsTitle: HTMLElement;
  readonly #choices: HTMLInputElement[];
  readonly #rounds: HTMLInputElement;
  readonly #roundsValue = h('output', {});
  readonly #button: HTMLButtonElement;
  readonly #progress = h('progress', { hidden: true });
  readonly #doing = h('p', { class: 'hint' });
  readonly #readout = h('p', { class: 'readout' });
  #measured = new Measurements();
  #run: Run | null = null;
  #gone = false;

  constructor(host: HTMLElement, context: Context) {
    this.#context = context;
    const words = context.strings.figures.machine;
    this.#button = h(
      'button',
      { type: 'button', class: 'button', onclick: () => void (this.#run ? this.#stop() : this.#measure()) },
      words.measure,
    );
    this.#choices = VIEWS.map((value) =>
      h('input', {
        type: 'radio',
        name: 'machine-view',
        value,
        onchange: () => context.set({ view: value }),
      }),
    );
    this.#rounds = h('input', {
      type: 'range',
      min: 1,
      max: 9,
      step: 1,
      id: 'machine-rounds',
      oninput: () => context.set({ rounds: Number(this.#rounds.value) }),
    });
    const chart = h('div', { class: 'chart' }),
      bars = h('div', {});
    this.#barsTitle = h('p', { class: 'part', hidden: true }, words.others);
    host.append(
      h(
        'div',
        { class: 'measure' },
        this.#button,
        h(
          'p',
          { class: 'slider' },
          h('label', { for: 'machine-rounds' }, words.rounds, ' ', this.#roundsValue),
          this.#rounds,
        ),
      ),
      this.#progress,
      this.#doing,
      h(
        'fieldset',
        { class: 'choices' },
        h('legend', {}, words.show),
        ...this.#choices.map((input, index) => h('label', {}, input, ` ${words.views[VIEWS[index]!]}`)),
      ),
      chart,
      this.#readout,
      this.#barsTitle,
      bars,
    );
    this.#chart = new LineChart(chart, {
      label: words.alternative,
      x: words.side,
      y: words.rate,
      zero: true,
      ticksX: SIDES,
      formatY: (value) => context.numbers.count(value),
    });
    this.#bars = new BarRows(bars, words.others);
    this.#doing.textContent = words.before;
  }

  update(): void {
    const {
      strings,
      numbers,
      state: { view, rounds },
    } = this.#context;
    const words = strings.figures.machine;
    for (const input of this.#choices) input.checked = input.value === view;
    this.#rounds.value = this.#roundsValue.textContent = String(rounds);
    const measured = this.#measured;
    const lines = SETS.flatMap(({ isa }) => {
      const points = curve(measured, isa, view);
      const peak = measured.peak(isa),
        label = words.sets[isa] ?? isa,
        colour = isaColour[isa];
      if (points.length === 0) return [];
      const limit =
        view === 'rate' && peak
          ? [
              {
                label: words.peakOf(label),
                colour,
                dashed: true,
                bare: true,
                points: [SIDES[0]!, SIDES.at(-1)!].map((x) => ({ x, y: peak.rate })),
              },
            ]
          : [];
      return [{ label, colour, points }, ...limit];
    });
    const format = (value: number) => (view === 'percent' ? numbers.percent(value) : numbers.count(value));
    this.#chart.draw(lines, {
      y: view === 'rate' ? words.gflops : words.ofPeak,
      formatY: measured.empty ? () => '' : format,
    });
    this.#drawBars();
    const said = sentence(measured, strings, numbers);
    this.#readout.textContent = said;
    this.#context.report({ summary: said });
  }

  #drawBars(): void {
    const { strings, numbers } = this.#context;
    const words = strings.figures.machine;
    const measured = this.#measured;
    this.#barsTitle.hidden = measured.empty;
    this.#bars.draw(
      SINGLES.flatMap(({ kernel, shape }) => {
        const rows = SETS.flatMap(({ isa }) => measured.of(isa, kernel, shape) ?? []);
        const most = Math.max(...rows.map(({ rate }) => rate));
        return rows.length === 0
          ? []
          : [
              {
                heading: `${words.kernels[kernel]}, ${shape.replaceAll('x', ' × ')}`,
                rows: rows.map((row) => {
                  const times = timesScalar(measured, row);
                  const value = `${numbers.decimal(row.rate, row.rate < 10 ? 2 : 1)} ${words.units[row.unit] ?? row.unit}`;
                  return {
                    label: words.sets[row.isa] ?? row.isa,
                    share: row.rate / most,
                    colour: isaColour[row.isa as Isa],
                    text: times === null ? value : `${value}  ×${numbers.decimal(times, 1)}`,
                  };
                }),
              },
            ];
      }),
    );
  }

  // ---- Measuring ----

  async #measure(): Promise<void> {
    const {
      strings,
      state: { rounds },
    } = this.#context;
    const words = strings.figures.machine;
    const run: Run = (this.#run = { engines: new Map(), stopped: false });
    this.#measured = new Measurements();
    this.#button.textContent = words.stop;
    this.#context.notice(null);
    try {
      const sets = await this.#connect(run);
      // The first round is not counted: browsers begin with code that they compile better while it runs.
      const round = TASKS.flatMap((task) => sets.map((set) => ({ ...task, ...set })));
      const all = Array.from({ length: rounds + 1 }, () => round).flat();
      this.#progress.max = all.length;
      this.#progress.hidden = false;
      for (const [index, { kernel, shape, isa, module }] of all.entries()) {
        if (run.stopped) break;
        this.#progress.value = index;
        this.#doing.textContent = words.doing(
          words.kernels[kernel] ?? kernel,
          shape.replaceAll('x', ' × '),
          words.sets[isa] ?? isa,
          index + 1,
          all.length,
        );
        const rows = await run.engines
          .get(module)!
          .benchmark({ isa, kernel, shape, rounds: 1, sampleSeconds: SAMPLE_SECONDS });
        if (index < round.length) continue;
        this.#measured.add(rows);
        if (isa === sets.at(-1)!.isa) this.#context.set({}); // all sets have this task
      }
    } catch (error) {
      if (!run.stopped) this.#context.notice(explain(error, strings).text);
    }
    this.#end(run, run.stopped ? words.stopped : words.done(rounds));
  }

  /** The sets that this browser runs; the reader is told of the others. */
  async #connect(run: Run): Promise<(typeof SETS)[number][]> {
    const { strings } = this.#context;
    for (const module of new Set(SETS.map((set) => set.module))) {
      try {
        run.engines.set(module, await measuringEngine(module));
      } catch (error) {
        if (module !== 'relaxed') throw error;
        this.#context.notice(`${strings.figures.machine.noRelaxed} ${explain(error, strings).detail}`);
      }
    }
    return SETS.filter(({ module }) => run.engines.has(module));
  }

  /** What is being measured cannot be interrupted: its worker is ended. */
  #stop(): void {
    if (!this.#run) return;
    this.#run.stopped = true;
    for (const engine of this.#run.engines.values()) engine.close();
  }

  #end(run: Run, said: string): void {
    for (const engine of run.engines.values()) engine.close();
    this.#run = null;
    this.#progress.hidden = true;
    this.#button.textContent = this.#context.strings.figures.machine.again;
    this.#doing.textContent = said;
    if (!this.#gone) this.#context.set({});
  }

  table(): Table {
    return tableOf(this.#measured, this.#context.strings, this.#context.numbers);
  }
  data(): unknown {
    return { browser: navigator.userAgent, threads: navigator.hardwareConcurrency, measured: this.#measured.all() };
  }
  pictures(): Picture[] {
    return [this.#chart, this.#bars.svg];
  }

  destroy(): void {
    this.#gone = true;
    this.#stop();
    this.#chart.destroy();
    this.#bars.destroy();
  }
}
