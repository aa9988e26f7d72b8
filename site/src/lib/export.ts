/** A figure as a file: its picture as SVG or PNG, its values as CSV or JSON. */
import type { Table } from './figure';
import { sheetOf, toPng, type Sheet } from './sheet';

/** RFC 4180: fields with a comma, a quote or a line break are quoted; lines end in CR LF. */
export function toCsv(table: Table): string {
  const field = (value: string | number) => {
    const text = String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [table.columns, ...table.rows].map((row) => row.map(field).join(',')).join('\r\n') + '\r\n';
}

export const FORMATS = ['png', 'svg', 'csv', 'json'] as const;
export type Format = (typeof FORMATS)[number];

export interface Exportable extends Sheet {
  table: Table;
  data: unknown;
}

export async function toBlob(format: Format, what: Exportable): Promise<Blob> {
  switch (format) {
    case 'csv':
      return new Blob([toCsv(what.table)], { type: 'text/csv;charset=utf-8' });
    case 'json':
      return new Blob([JSON.stringify(what.data, null, 2)], { type: 'application/json' });
    case 'svg':
      return new Blob([new XMLSerializer().serializeToString(await sheetOf(what))], { type: 'image/svg+xml' });
    case 'png':
      return toPng(await sheetOf(what));
  }
}

export function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // some browsers read it after the click
}
