/** A figure's parameters: typed values that go into the page's address and come back from it. Pure, no DOM. */

export interface Param<T> {
  initial: T;
  /** The value that an address holds, or undefined when it is none of this parameter's. */
  read(text: string): T | undefined;
  write(value: T): string;
}
export type ParamSet = Record<string, Param<any>>;
export type Values<P extends ParamSet> = { [K in keyof P]: P[K] extends Param<infer T> ? T : never };

/** A text whose first `maxLength` characters go into the address: a figure may hold more, pasted by its reader. */
export const text = (initial: string, maxLength: number): Param<string> => {
  const cut = (value: string) =>
    Array.from(value.slice(0, 2 * maxLength))
      .slice(0, maxLength)
      .join('');
  return { initial, read: cut, write: cut };
};

export const integer = (initial: number, min: number, max: number): Param<number> => ({
  initial,
  read: (value) => {
    const number = Number(value);
    return value !== '' && Number.isInteger(number) ? Math.min(max, Math.max(min, number)) : undefined;
  },
  write: String,
});

export const choice = <T extends string>(initial: T, values: readonly T[]): Param<T> => ({
  initial,
  read: (value) => values.find((one) => one === value),
  write: (value) => value,
});

export const initialValues = <P extends ParamSet>(params: P): Values<P> =>
  Object.fromEntries(Object.entries(params).map(([name, param]) => [name, param.initial])) as Values<P>;

/** What the query says of the figure `id`: keys are `id.parameter`, and what cannot be read is left out. */
export function readQuery<P extends ParamSet>(id: string, params: P, query: URLSearchParams): Partial<Values<P>> {
  const found: Record<string, unknown> = {};
  for (const [name, param] of Object.entries(params)) {
    const value = query.get(`${id}.${name}`);
    const read = value === null ? undefined : param.read(value);
    if (read !== undefined) found[name] = read;
  }
  return found as Partial<Values<P>>;
}

/** Writes the values that differ from `defaults` into the query, and takes out the others. */
export function writeQuery<P extends ParamSet>(
  id: string,
  params: P,
  values: Values<P>,
  defaults: Values<P>,
  query: URLSearchParams,
): void {
  for (const [name, param] of Object.entries(params)) {
    const key = `${id}.${name}`;
    const value = param.write(values[name]);
    if (value === param.write(defaults[name])) query.delete(key);
    else query.set(key, value);
  }
}
