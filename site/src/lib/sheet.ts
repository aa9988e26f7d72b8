/** A figure's pictures as one that can leave the page: light paper, title, styles and font within it. */
import { FONT, resolved } from './notation';

/** A picture that a canvas shows and that can be drawn once more on a context of this size. */
export interface Redrawable {
  width: number;
  height: number;
  drawOn(context: CanvasRenderingContext2D): void;
}
export type Picture = SVGSVGElement | Redrawable;
/** `pictures`: from top to bottom. */
export interface Sheet {
  title: string;
  pictures: Picture[];
}

// What a picture of ours takes from the style sheet: outside the page it has to carry that itself.
const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
  'letter-spacing',
  'rx',
  'stop-color',
  'stop-opacity',
];
const MARGIN = 16,
  TITLE = { size: 17, weight: 650, height: 34 },
  WORDS = { size: 13, height: 22 };

const element = (
  name: string,
  attributes: Record<string, string | number>,
  ...children: (Node | string)[]
): SVGElement => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
};

/** A copy of the picture with its styles written out, as it is when nothing moves any more. */
function styled(svg: SVGSVGElement): SVGSVGElement {
  for (const animation of svg.getAnimations({ subtree: true })) animation.finish();
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll<SVGElement>('*')];
  const copies = [copy, ...copy.querySelectorAll<SVGElement>('*')];
  for (const [index, original] of originals.entries()) {
    const style = getComputedStyle(original);
    copies[index]!.setAttribute('style', STYLES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(';'));
    copies[index]!.removeAttribute('class');
  }
  return copy;
}

/** The book's font as a style sheet that needs no page. A part of it that does not come is left out. */
async function fontSheet(): Promise<string> {
  const faces = [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules].map((rule) => ({ rule, base: sheet.href ?? location.href })))
    .filter(({ rule }) => rule instanceof CSSFontFaceRule && rule.style.getPropertyValue('font-family').includes(FONT));
  const inlined = await Promise.all(
    faces.map(async ({ rule, base }) => {
      const [address, url] = /url\("?([^")]+)"?\)/.exec(rule.cssText)!;
      const response = await fetch(new URL(url!, base)).catch(() => null);
      if (!response?.ok) return '';
      const bytes = new Uint8Array(await response.arrayBuffer());
      return rule.cssText.replace(
        address,
        `url(data:font/woff2;base64,${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))})`,
      );
    }),
  );
  return inlined.join('');
}

/** Runs `draw` as if the page were light. Nothing is painted meanwhile. */
function inLight<T>(draw: () => T): T {
  const { dataset } = document.documentElement;
  const theme = dataset.theme;
  dataset.theme = 'light';
  try {
    return draw();
  } finally {
    dataset.theme = theme;
  }
}

function widthOf(text: string, size: number, weight: number): number {
  const context = document.createElement('canvas').getContext('2d')!;
  context.font = `${weight} ${size}px "${FONT}"`;
  return Math.ceil(context.measureText(text).width);
}

/** Words that belong to the picture, line by line. */
export const textLines = (lines: string[]): Redrawable => ({
  width: Math.max(...lines.map((line) => widthOf(line, WORDS.size, 400))),
  height: lines.length * WORDS.height,
  drawOn(context) {
    context.font = `${WORDS.size}px "${FONT}", system-ui, sans-serif`;
    context.fillStyle = resolved('--ink');
    lines.forEach((line, index) => context.fillText(line, 0, (index + 0.7) * WORDS.height));
  },
});

/** The pictures one below the other under their title, on light paper, as one that looks the same without the page. */
export async function sheetOf({ title, pictures }: Sheet): Promise<SVGSVGElement> {
  const [{ Context }, fonts] = await Promise.all([import('svgcanvas'), fontSheet()]);
  return inLight(() => {
    const parts = pictures.map((picture) => {
      if (picture instanceof SVGSVGElement) {
        const { width, height } = picture.getBoundingClientRect();
        return { svg: styled(picture), width: Math.ceil(width), height: Math.ceil(height) };
      }
      const { width, height } = picture;
      const context = new Context({ width, height });
      picture.drawOn(context);
      return { svg: context.getSvg(), width, height };
    });
    const width = Math.max(widthOf(title, TITLE.size, TITLE.weight), ...parts.map((part) => part.width)) + 2 * MARGIN;
    let height = MARGIN + TITLE.height;
    for (const part of parts) {
      for (const [key, value] of Object.entries({ x: MARGIN, y: height, width: part.width, height: part.height }))
        part.svg.setAttribute(key, String(value));
      height += part.height + MARGIN;
    }
    return element(
      'svg',
      { width, height, viewBox: `0 0 ${width} ${height}` },
      element('style', {}, fonts),
      element('rect', { width, height, fill: resolved('--card') }),
      element(
        'text',
        {
          x: MARGIN,
          y: MARGIN + TITLE.size,
          fill: resolved('--ink'),
          'font-family': resolved('--font'),
          'font-size': TITLE.size,
          'font-weight': TITLE.weight,
        },
        title,
      ),
      ...parts.map(({ svg }) => svg),
    ) as SVGSVGElement;
  });
}

const FONTS_TAKE_MS = 150;

/** The sheet at twice its size. */
export async function toPng(sheet: SVGSVGElement): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(sheet))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width * 2;
  canvas.height = image.height * 2;
  const context = canvas.getContext('2d')!;
  const draw = () => context.drawImage(image, 0, 0, canvas.width, canvas.height);
  draw(); // a picture's own fonts are read when it is drawn for the first time, and no event tells when they are there
  await new Promise((done) => setTimeout(done, FONTS_TAKE_MS));
  draw();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the browser made no picture'))), 'image/png');
  });
}
