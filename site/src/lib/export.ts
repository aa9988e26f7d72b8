/** A figure as a file: its picture as SVG or PNG, its values as CSV or JSON. */
import type { Table } from './figure';

/** RFC 4180: fields with a comma, a quote or a line break are quoted; lines end in CR LF. */
export function toCsv(table: Table): string {
  const field = (value: string | number) => {
    const text = String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [table.columns, ...table.rows].map((row) => row.map(field).join(',')).join('\r\n') + '\r\n';
}

// What a picture of ours takes from the style sheet: outside the page it has to carry that itself.
const STYLES = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'opacity', 'font-family', 'font-size', 'font-weight',
  'text-anchor', 'dominant-baseline', 'letter-spacing', 'rx'];

/** A copy of the picture that looks the same without the page: styles written out, background painted. */
export function standalone(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll<SVGElement>('*')];
  const copies = [copy, ...copy.querySelectorAll<SVGElement>('*')];
  for (const [index, original] of originals.entries()) {
    const style = getComputedStyle(original);
    copies[index]!.setAttribute('style', STYLES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(';'));
    copies[index]!.removeAttribute('class');
  }
  const { width, height } = svg.getBoundingClientRect();
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(Math.ceil(width)));
  copy.setAttribute('height', String(Math.ceil(height)));
  const paper = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  paper.setAttribute('width', '100%');
  paper.setAttribute('height', '100%');
  paper.setAttribute('fill', getComputedStyle(document.body).backgroundColor);
  copy.prepend(paper);
  return copy;
}

const svgText = (svg: SVGSVGElement) => new XMLSerializer().serializeToString(standalone(svg));

const pngOf = (canvas: HTMLCanvasElement) => new Promise<Blob>((resolve, reject) => {
  canvas.toBlob((blob) => blob ? resolve(blob) : reject(new Error('the browser made no picture')), 'image/png');
});

/** The picture on the page's background, at twice its size on the screen where it is drawn from an SVG. */
export async function toPng(picture: SVGSVGElement | HTMLCanvasElement): Promise<Blob> {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d')!;
  if (picture instanceof HTMLCanvasElement) {
    canvas.width = picture.width;
    canvas.height = picture.height;
    context.fillStyle = getComputedStyle(document.body).backgroundColor;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(picture, 0, 0);
    return pngOf(canvas);
  }
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(picture))}`;
  await image.decode();
  canvas.width = image.width * 2;
  canvas.height = image.height * 2;
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return pngOf(canvas);
}

export type Format = 'png' | 'svg' | 'csv' | 'json';

export interface Exportable { picture: SVGSVGElement | HTMLCanvasElement | null; table: Table; data: unknown }

export const formatsOf = (picture: Exportable['picture']): Format[] =>
  picture === null ? ['csv', 'json'] : picture instanceof SVGSVGElement ? ['png', 'svg', 'csv', 'json'] : ['png', 'csv', 'json'];

export async function toBlob(format: Format, { picture, table, data }: Exportable): Promise<Blob> {
  switch (format) {
    case 'csv': return new Blob([toCsv(table)], { type: 'text/csv;charset=utf-8' });
    case 'json': return new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' });
    case 'svg': return new Blob([svgText(picture as SVGSVGElement)], { type: 'image/svg+xml' });
    case 'png': return toPng(picture!);
  }
}

export function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // some browsers read it after the click
}
