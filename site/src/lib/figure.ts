/** What a figure is. A folder figures/<name>/ gives a FigureDefinition; lib/shell.ts gives it everything else: lazy start,
 * progress, errors, state in the address, reset, table, export, timing, spoken summary. */
import type { Engine, Model } from './engine';
import type { FigureName, Strings } from './i18n';
import type { Numbers } from './notation';
import type { ParamSet, Values } from './params';
import type { Picture } from './sheet';

export interface Table {
  caption: string;
  columns: string[];
  rows: (string | number)[][];
}

/** What a redraw reports. */
export interface Report {
  /** One sentence for those who listen; spoken when the reader stops changing things. */
  summary: string;
  /** Milliseconds in the engine, where it ran. */
  engineMs?: number;
}

export interface FigureContext<P extends ParamSet> {
  readonly strings: Strings;
  readonly numbers: Numbers;
  readonly language: string;
  readonly state: Readonly<Values<P>>;
  readonly models: Readonly<Record<string, Model>>;
  /** Absent in figures without a model. */
  readonly engine: Engine | null;
  /** Changes parameters and redraws. */
  set(patch: Partial<Values<P>>): void;
  /** After a redraw: what it shows, and how long it took since the change. */
  report(report: Report): void;
  /** Something the reader should know of their input (null takes it away). The figure goes on. */
  notice(message: string | null): void;
  /** The figure cannot go on: shows the reason and a button that starts it again. */
  fail(reason: unknown): void;
}

export interface MountedFigure {
  /** Draws the context's state. Called after mounting and after every change. */
  update(): void;
  table(): Table;
  /** The figure's values, for the JSON export. */
  data(): unknown;
  /** The pictures to export, from top to bottom. */
  pictures(): Picture[];
  destroy(): void;
}

export interface FigureDefinition<P extends ParamSet = ParamSet> {
  id: FigureName;
  params: P;
  /** Folders below models/ that must be loaded before it can be mounted. */
  models: string[];
  mount(host: HTMLElement, context: FigureContext<P>): MountedFigure | Promise<MountedFigure>;
}

/** Keeps the parameters' types while the registry sees one type. */
export const defineFigure = <P extends ParamSet>(definition: FigureDefinition<P>): FigureDefinition<any> => definition;
