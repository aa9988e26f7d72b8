/** The figures' states in the page's address. Writes are gathered: browsers refuse more than a few a second. */
import { readQuery, writeQuery, type ParamSet, type Values } from './params';

const WRITE_AFTER_MS = 250;
const pending = new Map<string, (query: URLSearchParams) => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

function flush(): void {
  clearTimeout(timer);
  const url = new URL(location.href);
  for (const write of pending.values()) write(url.searchParams);
  pending.clear();
  history.replaceState(history.state, '', url);
}

export function remember<P extends ParamSet>(id: string, params: P, values: Values<P>, defaults: Values<P>): void {
  pending.set(id, (query) => writeQuery(id, params, values, defaults, query));
  clearTimeout(timer);
  timer = setTimeout(flush, WRITE_AFTER_MS);
}

export const recall = <P extends ParamSet>(id: string, params: P): Partial<Values<P>> =>
  readQuery(id, params, new URLSearchParams(location.search));

/** The address of this page as it stands, at this figure. */
export function permalink(id: string): string {
  flush();
  const url = new URL(location.href);
  url.hash = `figure-${id}`;
  return url.href;
}

/** The address of the figure alone, for a frame in another page. */
export function embedLink(id: string): string {
  const url = new URL(permalink(id));
  url.searchParams.set('embed', id);
  url.hash = '';
  return url.href;
}
