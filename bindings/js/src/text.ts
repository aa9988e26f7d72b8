/** The engine reads UTF-8 and counts bytes; pages count UTF-16 units. */

const encoder = new TextEncoder();

/** UTF-8; a lone surrogate becomes U+FFFD, as everywhere on the web. */
export const encode = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text);

/** An image: numbers row after row, `width` in a row; those of the task "digits" are from 0, paper, to 1, ink. */
export interface Picture {
  pixels: ArrayLike<number>;
  width: number;
}

/** What the engine reads: the text, or the image's rows as numbers. */
export function textOf(input: string | Picture): string {
  if (typeof input === 'string') return input;
  const { pixels } = input;
  const step = Math.max(1, input.width); // the engine refuses rows that are not as wide as its own
  const rows: string[] = [];
  for (let at = 0; at < pixels.length; at += step)
    rows.push(Array.prototype.slice.call(pixels, at, at + step).join(' '));
  return rows.join(';');
}

/** The UTF-16 offset for a byte offset in encode(text); within a sign's bytes, the offset of the sign. */
export function unitOffsets(text: string): (byte: number) => number {
  const bytes = encode(text).length;
  if (bytes === text.length) return (byte) => byte; // ASCII
  const units = new Uint32Array(bytes + 1);
  let byte = 0;
  let unit = 0;
  for (const sign of text) {
    const code = sign.codePointAt(0)!;
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4; // a lone surrogate is 3, as U+FFFD is
    units.fill(unit, byte, byte + size);
    byte += size;
    unit += sign.length;
  }
  units[byte] = unit;
  return (offset) => units[offset] ?? text.length;
}
