/** Amounts as rows: a label, its value, a bar below them. Rows of one group stand under its heading. */
import { select } from 'd3-selection';

export interface BarRow {
  label: string;
  text: string;
  share: number;
  colour: string;
}
export interface BarGroup {
  heading: string;
  rows: BarRow[];
}

const ROW = 34,
  HEADING = 30,
  BAR = 8;

export class BarRows {
  readonly svg: SVGSVGElement;
  readonly #host: HTMLElement;
  readonly #resize: ResizeObserver;
  #groups: BarGroup[] = [];
  #width = 0;

  constructor(host: HTMLElement, label: string) {
    this.#host = host;
    host.classList.add('bar-rows');
    this.svg = select(host).append('svg').attr('role', 'img').attr('aria-label', label).node()!;
    this.#resize = new ResizeObserver(() => {
      if (Math.abs(host.clientWidth - this.#width) > 1) this.draw(this.#groups);
    });
    this.#resize.observe(host);
  }

  draw(groups: BarGroup[]): void {
    this.#groups = groups;
    const width = (this.#width = this.#host.clientWidth);
    let y = 0;
    const marks = groups.flatMap(({ heading, rows }) => {
      const top = y;
      y += (heading ? HEADING : 0) + rows.length * ROW;
      return [
        ...(heading ? [{ kind: 'heading', y: top + 18, text: heading, share: 0, colour: '', right: '' }] : []),
        ...rows.map(({ label, text, share, colour }, i) => ({
          kind: 'row',
          y: top + (heading ? HEADING : 0) + i * ROW + 13,
          text: label,
          right: text,
          share,
          colour,
        })),
      ];
    });
    const svg = select(this.svg).attr('width', width).attr('height', Math.max(1, y));
    const parts = svg
      .selectAll<SVGGElement, (typeof marks)[number]>('g')
      .data(marks)
      .join('g')
      .attr('class', (d) => d.kind)
      .attr('transform', (d) => `translate(0,${d.y})`);
    parts
      .selectAll('text')
      .data((d) => [
        { text: d.text, x: 0, anchor: 'start' },
        { text: d.right, x: width, anchor: 'end' },
      ])
      .join('text')
      .attr('x', (d) => d.x)
      .attr('text-anchor', (d) => d.anchor)
      .attr('class', (d) => d.anchor)
      .text((d) => d.text);
    parts
      .selectAll<SVGRectElement, unknown>('rect')
      .data((d) =>
        d.kind === 'row'
          ? [
              { of: 1, d },
              { of: d.share, d },
            ]
          : [],
      )
      .join('rect')
      .attr('class', ({ of }, i) => (i === 0 && of === 1 ? 'track' : 'amount'))
      .attr('y', 6)
      .attr('rx', BAR / 2)
      .attr('height', BAR)
      .attr('width', ({ of }) => (of > 0 ? Math.max(1, of * width) : 0))
      .style('fill', ({ d }) => d.colour);
  }

  destroy(): void {
    this.#resize.disconnect();
    this.svg.remove();
  }
}
