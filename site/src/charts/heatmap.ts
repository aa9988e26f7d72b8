/** The attention heatmap (D3): one row a query, one column a key, ink by weight. Pointer, touch and keys choose a cell. */
import { select, type Selection } from 'd3-selection';

export interface HeatRow {
  /** Rows with the same key keep their elements between drawings; new ones appear in turn. */
  key: string;
  label: string;
  /** Smaller, after the label. */
  note: string;
  quiet: boolean;
  weights: number[];
}
export interface Heat {
  columns: string[];
  rows: HeatRow[];
}
/** -1: none. */
export interface Cell {
  row: number;
  column: number;
}
export interface HeatmapOptions {
  label: string;
  keyAxis: string;
  queryAxis: string;
  weightAxis: string;
  format: (weight: number) => string;
  /** Height that the drawing tries to keep, so that the page does not jump while the reader types. */
  height: number;
  widestCell: number;
  onPoint: (cell: Cell | null) => void;
  onChoose: (cell: Cell) => void;
}

const TOP = 54,
  RIGHT = 6,
  LEGEND = 40,
  GAP = 2;
const LEFT = { wide: 92, narrow: 74, until: 440 }; // narrow: no room for the notes beside the labels
const CELL = { narrowest: 12, lowest: 14, highest: 42 };
const NUMBERS_FROM = 34; // narrower cells are drawn without their numbers
const SHOWN_FROM = 0.05;
const DARK_FROM = 0.65; // where the paper's colour is easier to read on the ink than ink on it, in both themes

type Group = Selection<SVGGElement, unknown, null, undefined>;

export class Heatmap {
  readonly svg: SVGSVGElement;
  readonly #options: HeatmapOptions;
  readonly #host: HTMLElement;
  readonly #layers: Record<'marks' | 'columns' | 'rows' | 'axes' | 'legend', Group>;
  readonly #resize: ResizeObserver;
  readonly #gradient = `heat-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  #heat: Heat = { columns: [], rows: [] };
  #chosen: Cell = { row: -1, column: -1 };
  #pointed: Cell | null = null;
  #width = 0;
  #left = LEFT.wide;
  #cell = { width: 0, height: 0 };

  constructor(host: HTMLElement, options: HeatmapOptions) {
    this.#host = host;
    this.#options = options;
    host.classList.add('heatmap');
    host.style.minHeight = `${options.height}px`;
    const svg = select(host)
      .append('svg')
      .attr('tabindex', 0)
      .attr('role', 'application')
      .attr('aria-label', options.label);
    this.svg = svg.node()!;
    const layer = (name: string) => svg.append('g').attr('class', name) as Group;
    this.#layers = {
      marks: layer('marks'),
      axes: layer('axes'),
      columns: layer('columns'),
      rows: layer('rows'),
      legend: layer('legend'),
    };
    svg
      .on('pointermove', (event: PointerEvent) => this.#point(this.#cellAt(event)))
      .on('pointerleave', () => this.#point(null))
      .on('click', (event: PointerEvent) => {
        const cell = this.#cellAt(event);
        if (cell) options.onChoose(cell);
      })
      .on('keydown', (event: KeyboardEvent) => this.#key(event));
    this.#resize = new ResizeObserver(() => {
      if (Math.abs(host.clientWidth - this.#width) > 1) this.#drawAll();
    });
    this.#resize.observe(host);
  }

  draw(heat: Heat, chosen: Cell): void {
    this.#heat = heat;
    this.#chosen = chosen;
    this.#pointed = null;
    this.#drawAll();
  }

  /** Lights a row and a column, as when the pointer is there. */
  highlight(cell: Cell | null): void {
    this.#pointed = cell;
    this.#drawMarks();
  }

  choose(cell: Cell): void {
    this.#chosen = cell;
    this.#drawMarks();
  }

  destroy(): void {
    this.#resize.disconnect();
    this.svg.remove();
  }

  // ---- Geometry ----

  #x(column: number): number {
    return this.#left + column * this.#cell.width;
  }
  #y(row: number): number {
    return TOP + row * this.#cell.height;
  }

  #measure(): void {
    const { columns, rows } = this.#heat;
    this.#width = this.#host.clientWidth;
    this.#left = this.#width < LEFT.until && columns.length > 10 ? LEFT.narrow : LEFT.wide;
    const room = this.#width - this.#left - RIGHT;
    const width = Math.max(CELL.narrowest, Math.min(this.#options.widestCell, room / Math.max(1, columns.length)));
    const tall = (this.#options.height - TOP - LEGEND) / Math.max(1, rows.length);
    this.#cell = { width, height: Math.max(CELL.lowest, Math.min(CELL.highest, tall)) };
  }

  #cellAt(event: PointerEvent): Cell | null {
    const box = this.svg.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left - this.#left) / this.#cell.width);
    const row = Math.floor((event.clientY - box.top - TOP) / this.#cell.height);
    const { columns, rows } = this.#heat;
    const cell = {
      row: row >= 0 && row < rows.length ? row : -1,
      column: column >= 0 && column < columns.length ? column : -1,
    };
    // The heads of rows and columns count as well; the empty corners do not.
    if (column >= columns.length || row >= rows.length) return null;
    return cell.row < 0 && cell.column < 0 ? null : cell;
  }

  #point(cell: Cell | null): void {
    if (cell?.row === this.#pointed?.row && cell?.column === this.#pointed?.column) return;
    this.highlight(cell);
    this.#options.onPoint(cell);
  }

  #key(event: KeyboardEvent): void {
    const { columns, rows } = this.#heat;
    const lastRow = rows.length - 1,
      lastColumn = columns.length - 1;
    if (lastRow < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const { row, column } = this.#chosen;
    const moves: Record<string, Cell> = {
      ArrowDown: { row: Math.min(lastRow, row + 1), column: Math.max(0, column) },
      ArrowUp: { row: Math.max(0, row - 1), column: Math.max(0, column) },
      ArrowRight: { row: Math.max(0, row), column: Math.min(lastColumn, column + 1) },
      ArrowLeft: { row: Math.max(0, row), column: Math.max(0, column - 1) },
      Home: { row: Math.max(0, row), column: 0 },
      End: { row: Math.max(0, row), column: lastColumn },
      Escape: { row: -1, column: -1 },
    };
    const next = moves[event.key];
    if (!next) return;
    event.preventDefault();
    this.#options.onChoose(next);
  }

  // ---- Drawing ----

  #drawAll(): void {
    this.#measure();
    const { columns, rows } = this.#heat;
    const { width, height } = this.#cell;
    const right = this.#x(columns.length),
      bottom = this.#y(rows.length);
    select(this.svg)
      .attr('width', Math.max(right + RIGHT, this.#left + 200))
      .attr('height', bottom + LEGEND);
    this.#drawColumns();
    this.#drawRows();
    this.#drawMarks();
    const { keyAxis, queryAxis } = this.#options;
    this.#layers.axes
      .selectAll('text')
      .data([
        { text: keyAxis, class: 'axis key', x: this.#left + 2, y: 14, anchor: 'start', turn: '' },
        {
          text: queryAxis,
          class: 'axis query',
          x: 0,
          y: 0,
          anchor: 'end',
          turn: `translate(11,${TOP + 2}) rotate(-90)`,
        },
      ])
      .join('text')
      .attr('class', (d) => d.class)
      .attr('x', (d) => d.x)
      .attr('y', (d) => d.y)
      .attr('text-anchor', (d) => d.anchor)
      .attr('transform', (d) => d.turn || null)
      .text((d) => d.text);
    this.#drawLegend(bottom);
    this.svg.style.setProperty('--cell', `${Math.min(width, height)}px`);
  }

  #drawColumns(): void {
    const size = Math.max(11, Math.min(21, this.#cell.width * 0.7));
    this.#layers.columns
      .selectAll<SVGTextElement, string>('text')
      .data(this.#heat.columns)
      .join('text')
      .attr('class', 'letter')
      .attr('x', (_, i) => this.#x(i) + this.#cell.width / 2)
      .attr('y', TOP - 12)
      .attr('text-anchor', 'middle')
      .attr('font-size', size)
      .text((d) => d);
  }

  #drawRows(): void {
    const { width, height } = this.#cell;
    const groups = this.#layers.rows
      .selectAll<SVGGElement, HeatRow>('g.row')
      .data(this.#heat.rows, (d) => d.key)
      .join(
        (enter) => {
          const group = enter.append('g').attr('class', 'row fresh');
          group.append('text').attr('class', 'phoneme');
          group.append('text').attr('class', 'note');
          return group;
        },
        (update) => update.classed('fresh', false),
      );
    // Those that are new appear one after another, from the first new one on.
    let fresh = 0;
    groups.each(function reveal() {
      if (this.classList.contains('fresh')) this.style.setProperty('--turn', String(fresh++));
    });
    groups
      .order()
      .classed('quiet', (d) => d.quiet)
      .attr('transform', (_, i) => `translate(0,${this.#y(i)})`);
    const size = Math.max(10, Math.min(15, height * 0.62));
    groups
      .select('text.phoneme')
      .attr('x', 24)
      .attr('y', height / 2)
      .attr('dy', '0.35em')
      .attr('font-size', size)
      .text((d) => d.label);
    groups
      .select('text.note')
      .attr('x', this.#left - 12)
      .attr('y', height / 2)
      .attr('dy', '0.35em')
      .attr('text-anchor', 'end')
      .attr('font-size', size)
      .text((d) => (this.#left === LEFT.wide ? d.note : ''));
    const numbers = width >= NUMBERS_FROM && height >= 18;
    groups
      .selectAll<SVGRectElement, number>('rect')
      .data((d) => d.weights)
      .join('rect')
      .attr('x', (_, i) => this.#x(i) + GAP / 2)
      .attr('y', GAP / 2)
      .attr('rx', Math.min(5, width / 6))
      .attr('width', width - GAP)
      .attr('height', height - GAP)
      .attr('class', 'cell')
      .attr('fill-opacity', (weight) => Math.max(0.035, weight).toFixed(3));
    groups
      .selectAll<SVGTextElement, number>('text.weight')
      .data((d) => (numbers ? d.weights : []))
      .join('text')
      .attr('class', (weight) => `weight ${weight > DARK_FROM ? 'on-ink' : ''}`)
      .attr('x', (_, i) => this.#x(i) + width / 2)
      .attr('y', height / 2)
      .attr('dy', '0.35em')
      .attr('text-anchor', 'middle')
      .text((weight) => (weight >= SHOWN_FROM ? this.#options.format(weight).replace(/^0/, '') : ''));
  }

  #drawMarks(): void {
    const { row, column } = this.#pointed ?? this.#chosen;
    const { columns, rows } = this.#heat;
    const { width, height } = this.#cell;
    const marks: { kind: string; x: number; y: number; width: number; height: number }[] = [];
    if (row >= 0 && row < rows.length) {
      marks.push({ kind: 'row-mark', x: 18, y: this.#y(row), width: this.#x(columns.length) - 18, height });
    }
    if (column >= 0 && column < columns.length) {
      marks.push({ kind: 'column-mark', x: this.#x(column), y: TOP - 32, width, height: rows.length * height + 32 });
    }
    this.#layers.marks
      .selectAll('rect')
      .data(marks)
      .join('rect')
      .attr('class', (d) => d.kind)
      .attr('rx', 6)
      .attr('x', (d) => d.x)
      .attr('y', (d) => d.y)
      .attr('width', (d) => d.width)
      .attr('height', (d) => d.height);
    this.#layers.rows.selectAll('g.row').classed('lit', (_, i) => i === row);
    this.#layers.columns.selectAll('text').classed('lit', (_, i) => i === column);
  }

  #drawLegend(bottom: number): void {
    const length = 96;
    const legend = this.#layers.legend.attr('transform', `translate(${this.#left},${bottom + 14})`);
    const ramp = legend.selectAll('linearGradient').data([0]).join('linearGradient').attr('id', this.#gradient);
    ramp
      .selectAll('stop')
      .data([0.035, 1])
      .join('stop')
      .attr('offset', (_, i) => i)
      .attr('class', 'ramp')
      .attr('stop-opacity', (d) => d);
    legend
      .selectAll('rect')
      .data([0])
      .join('rect')
      .attr('width', length)
      .attr('height', 7)
      .attr('rx', 3.5)
      .attr('fill', `url(#${this.#gradient})`);
    legend
      .selectAll('text')
      .data([
        { at: 0, text: '0', anchor: 'start' },
        { at: 1, text: '1', anchor: 'end' },
        { at: 1.1, text: this.#options.weightAxis, anchor: 'start' },
      ])
      .join('text')
      .attr('x', (d) => d.at * length)
      .attr('y', (d) => (d.at > 1 ? 8 : 21))
      .attr('text-anchor', (d) => d.anchor)
      .attr('class', 'axis')
      .text((d) => d.text);
  }
}
