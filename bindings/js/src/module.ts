/** Fetching and compiling the WebAssembly modules. */
import { compile } from '../../wasm/instantiate.mjs';
import { asEngineError } from './error.js';
import { fetchOk } from './fetch.js';
import type { ModuleName } from './protocol.js';

/** The modules that were built; put in by build.mjs. */
declare const HEED_MODULES: ModuleName[];
export const builtModules = HEED_MODULES;

/**
 * What runs models, what trains them, what does so by methods of regression, what trains word vectors, what measures, what
 * fits lines. Bundlers look for exactly this form of address.
 */
export type Kind = 'heed' | 'train' | 'fit' | 'vectors' | 'bench' | 'regress';
const WASM: Record<Kind, Record<ModuleName, URL>> = {
  heed: {
    simd128: new URL('./heed-simd128.wasm', import.meta.url),
    relaxed: new URL('./heed-relaxed.wasm', import.meta.url),
  },
  train: {
    simd128: new URL('./train-simd128.wasm', import.meta.url),
    relaxed: new URL('./train-relaxed.wasm', import.meta.url),
  },
  fit: {
    simd128: new URL('./fit-simd128.wasm', import.meta.url),
    relaxed: new URL('./fit-relaxed.wasm', import.meta.url),
  },
  vectors: {
    simd128: new URL('./vectors-simd128.wasm', import.meta.url),
    relaxed: new URL('./vectors-relaxed.wasm', import.meta.url),
  },
  bench: {
    simd128: new URL('./bench-simd128.wasm', import.meta.url),
    relaxed: new URL('./bench-relaxed.wasm', import.meta.url),
  },
  regress: {
    simd128: new URL('./regress-simd128.wasm', import.meta.url),
    relaxed: new URL('./regress-relaxed.wasm', import.meta.url),
  },
};

/** Compiled as it arrives: from `folder`, or from beside the script. */
export async function compileModule(kind: Kind, name: ModuleName, folder?: URL): Promise<WebAssembly.Module> {
  const response = await fetchOk(folder ? new URL(`${kind}-${name}.wasm`, folder) : WASM[kind][name]);
  return compile(response).catch((caught: unknown) => {
    throw asModuleError(caught);
  });
}

/** What compiling or instantiating a module has thrown. */
export const asModuleError = (caught: unknown) =>
  asEngineError(caught, caught instanceof RangeError ? 'memory' : 'unsupported');
