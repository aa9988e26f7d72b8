/** The page's one engine and its models: each is fetched once, whoever asks, and a failure is not remembered. */
import type { Engine, LoadProgress, Model, ModuleName } from '../../../bindings/js/src/client';
import { modelFolder, site } from './paths';

export type { Engine, LoadProgress, Model };
export type {
  Candidate,
  Hypothesis,
  KernelRate,
  MemoryMap,
  Result,
  SkippedText,
  SourceToken,
  Step,
} from '../../../bindings/js/src/protocol';

type Client = typeof import('../../../bindings/js/src/client');
type Listener = (progress: LoadProgress) => void;
interface Loading {
  model: Promise<Model>;
  listeners: Set<Listener>;
  last: LoadProgress | null;
}

const MODULES: readonly ModuleName[] = ['simd128', 'relaxed'];
let connected: Promise<Engine> | null = null;
const loading = new Map<string, Loading>();

/** `?engine=simd128` pins a module, for comparisons and tests. */
function pinnedModule(): ModuleName | undefined {
  const name = new URLSearchParams(location.search).get('engine');
  return MODULES.find((one) => one === name);
}

const client = () => import(/* @vite-ignore */ new URL(site('engine/heed.js'), location.href).href) as Promise<Client>;

/** An engine of this module that can measure, in a worker of its own; the caller closes it. */
export const measuringEngine = async (module: ModuleName): Promise<Engine> =>
  (await client()).connect({ module, measures: true });

/** Starts the engine's worker at the first call. */
export function engine(): Promise<Engine> {
  if (!connected) {
    const starting = client().then(({ connect }) => connect({ module: pinnedModule() }));
    connected = starting;
    starting.catch(() => {
      if (connected === starting) connected = null;
    });
  }
  return connected;
}

/** The model of this name; `onProgress` hears how much of it has arrived. */
export function model(name: string, onProgress?: Listener): Promise<Model> {
  let entry = loading.get(name);
  if (!entry) {
    const listeners = new Set<Listener>();
    const fresh: Loading = {
      listeners,
      last: null,
      model: engine().then((ready) =>
        ready.load(modelFolder(name), {
          onProgress: (progress) => {
            fresh.last = progress;
            for (const listener of listeners) listener(progress);
          },
        }),
      ),
    };
    fresh.model.catch(() => {
      if (loading.get(name) === fresh) loading.delete(name);
    });
    loading.set(name, (entry = fresh));
  }
  if (onProgress) {
    entry.listeners.add(onProgress);
    if (entry.last) onProgress(entry.last);
  }
  return entry.model;
}
