/** The one place that imports Chart.js: registers what the book's charts use, and gives them the book's look. */
import {
  BasicPlatform,
  CategoryScale,
  Chart,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
  type ChartConfiguration,
  type ChartDataset,
  type Plugin,
} from 'chart.js';
import { color } from 'chart.js/helpers';
import { FONT, resolved } from '../lib/notation';
import type { Redrawable } from '../lib/sheet';

Chart.register(
  CategoryScale,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
);

export interface Line {
  label: string;
  colour: string; // a custom property, as in notation.ts
  points: { x: number; y: number }[];
  /** Dashed lines are not in the legend: they go with a solid one of the same colour. */
  dashed?: boolean;
  /** Without marks at its points: it is not made of measurements. */
  bare?: boolean;
  /** A band around the line: lower and upper edges, point by point. */
  band?: { low: number; high: number }[];
}
export interface LineChartOptions {
  label: string;
  x: string;
  y: string;
  formatY: (value: number) => string;
  zero: boolean;
  /** A logarithmic axis with ticks at these values. */
  ticksX?: number[];
  /** A vertical line at this x, with its words. */
  marker?: { x: number; text: string } | null;
}

type Config = ChartConfiguration<'line', { x: number; y: number }[]>;

const font = { family: `"${FONT}", system-ui, sans-serif`, size: 12 };
const SHEET = { width: 720, height: 400 }; // of a chart that is saved, whatever the reader's screen

const marker = (at: () => LineChartOptions['marker']): Plugin<'line'> => ({
  id: 'marker',
  afterDatasetsDraw({ ctx, chartArea, scales }) {
    const wanted = at();
    if (!wanted) return;
    const x = scales.x!.getPixelForValue(wanted.x);
    if (x < chartArea.left - 1 || x > chartArea.right + 1) return;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = resolved('--key');
    ctx.lineWidth = 1.5;
    ctx.setLineDash([3, 3]);
    ctx.beginPath();
    ctx.moveTo(x, chartArea.top);
    ctx.lineTo(x, chartArea.bottom);
    ctx.stroke();
    ctx.font = `600 12px ${font.family}`;
    ctx.textAlign = x > (chartArea.left + chartArea.right) / 2 ? 'right' : 'left';
    ctx.fillText(wanted.text, x + (ctx.textAlign === 'right' ? -6 : 6), chartArea.bottom - 8);
    ctx.restore();
  },
});

/** `straight`: between points that are far apart a curve would say what was not measured. */
function datasets(lines: Line[], straight: boolean): ChartDataset<'line', { x: number; y: number }[]>[] {
  return lines.flatMap(({ label, colour, points, dashed, bare, band }, index) => {
    const ink = resolved(colour);
    const line: ChartDataset<'line', { x: number; y: number }[]> = {
      label,
      data: points,
      borderColor: ink,
      backgroundColor: ink,
      borderWidth: 2,
      pointRadius: bare || points.length > 40 ? 0 : 2.5,
      pointHoverRadius: 5,
      borderDash: dashed ? [5, 4] : [],
      tension: straight ? 0 : 0.15,
      order: index,
    };
    if (!band) return [line];
    const edge = { label: '', borderWidth: 0, pointRadius: 0, pointHoverRadius: 0, tension: 0.15, order: 10 + index };
    return [
      line,
      {
        ...edge,
        data: band.map(({ high }, i) => ({ x: points[i]!.x, y: high })),
        fill: '+1',
        backgroundColor: color(ink).alpha(0.15).rgbString(),
      },
      { ...edge, data: band.map(({ low }, i) => ({ x: points[i]!.x, y: low })), fill: false },
    ];
  });
}

export class LineChart implements Redrawable {
  readonly width = SHEET.width;
  readonly height = SHEET.height;
  readonly #canvas: HTMLCanvasElement;
  readonly #chart: Chart<'line', { x: number; y: number }[]>;
  readonly #plugins: Plugin<'line'>[];
  #options: LineChartOptions;
  #lines: Line[] = [];

  constructor(host: HTMLElement, options: LineChartOptions) {
    this.#options = options;
    this.#canvas = host.appendChild(document.createElement('canvas'));
    this.#canvas.setAttribute('role', 'img');
    this.#canvas.setAttribute('aria-label', options.label);
    this.#plugins = [marker(() => this.#options.marker)];
    this.#chart = new Chart(this.#canvas, this.#config());
  }

  draw(lines: Line[], options: Partial<LineChartOptions> = {}): void {
    this.#lines = lines;
    this.#options = { ...this.#options, ...options };
    const { data, options: look } = this.#config();
    this.#chart.data = data;
    this.#chart.options = look!;
    this.#chart.update();
  }

  /** Draws it once more, in the colours of now, without what only a screen has. All lines are in the legend. */
  drawOn(context: CanvasRenderingContext2D): void {
    const { width, height } = this;
    const surface = { width, height, style: {}, getContext: () => context };
    const config = this.#config();
    Object.assign(config, { platform: BasicPlatform });
    Object.assign(config.options!, { responsive: false, devicePixelRatio: 1, events: [] });
    config.options!.plugins!.legend!.labels!.filter = ({ text }) => text !== '';
    for (const dataset of config.data.datasets) dataset.segment = {}; // draws path by path: contexts that record know no Path2D
    const { id } = new Chart(surface as unknown as HTMLCanvasElement, config);
    delete Chart.instances[id]; // destroy() would clear what was drawn
  }

  destroy(): void {
    this.#chart.destroy();
    this.#canvas.remove();
  }

  /** Made anew at each drawing: the theme may have changed. */
  #config(): Config {
    return {
      type: 'line',
      data: { datasets: datasets(this.#lines, this.#options.ticksX !== undefined) },
      options: this.#look(),
      plugins: this.#plugins,
    };
  }

  #look(): NonNullable<Config['options']> {
    const { x, y, zero, ticksX } = this.#options;
    const ink = resolved('--ink'),
      muted = resolved('--muted'),
      hairline = resolved('--hairline');
    const axis = (title: string) => ({
      type: 'linear' as const,
      title: { display: true, text: title, color: muted, font },
      ticks: { color: muted, font },
      grid: { color: hairline, drawTicks: false },
      border: { color: hairline },
    });
    return {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: ticksX
          ? {
              ...axis(x),
              type: 'logarithmic',
              min: ticksX[0],
              max: ticksX.at(-1),
              afterBuildTicks: (scale) => {
                scale.ticks = ticksX.map((value) => ({ value }));
              },
              ticks: { color: muted, font, callback: (value) => String(value) },
            }
          : { ...axis(x), ticks: { color: muted, font, precision: 0 } },
        y: {
          ...axis(y),
          beginAtZero: zero,
          ticks: { color: muted, font, callback: (value) => this.#options.formatY(Number(value)) },
        },
      },
      plugins: {
        legend: {
          align: 'start',
          labels: {
            color: ink,
            font,
            boxWidth: 22,
            boxHeight: 0,
            filter: (item) => item.text !== '' && !item.lineDash?.length,
          },
          onClick: () => {}, // the figure's state is in the address; a hidden line would not be
        },
        tooltip: {
          filter: (item) => item.dataset.label !== '',
          titleFont: font,
          bodyFont: font,
          callbacks: {
            title: (items) => `${x}: ${items[0]?.parsed.x ?? ''}`,
            label: (item) => `${item.dataset.label}: ${this.#options.formatY(item.parsed.y ?? 0)}`,
          },
        },
      },
    };
  }
}
