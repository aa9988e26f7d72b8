/** Model folders as zip files. A file of its own, loaded when one is wanted. */
import { strToU8, unzipSync, zipSync } from 'fflate';
import type { ModelFiles } from './protocol.js';

const NAMES = { config: 'config.json', tokenizer: 'tokenizer.json', weights: 'model.safetensors' } as const;

/** A zip with the folder `name`: the files of the model, and the recipe that it was trained by. */
export function zipModel(name: string, files: ModelFiles, recipe: string): Blob {
  const folder = name.replace(/[^\p{L}\p{N}_-]+/gu, '-'); // no path that leads elsewhere
  const bytes = zipSync({
    [`${folder}/${NAMES.config}`]: new Uint8Array(files.config),
    [`${folder}/${NAMES.tokenizer}`]: new Uint8Array(files.tokenizer),
    [`${folder}/${NAMES.weights}`]: new Uint8Array(files.weights),
    [`${folder}/recipe.json`]: strToU8(recipe),
  });
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/zip' });
}

/** The files of the model in a zip, whatever folder of it they are in. Fails with a plain Error. */
export async function unzipModel(zip: Blob): Promise<ModelFiles> {
  const wanted: string[] = Object.values(NAMES);
  const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  const bytes = new Uint8Array(await zip.arrayBuffer());
  const entries = unzipSync(bytes, { filter: ({ name }) => wanted.includes(baseName(name)) });
  const file = (name: string) => {
    const found = Object.keys(entries).filter((path) => baseName(path) === name);
    if (found.length !== 1) throw new Error(`it has ${found.length} files ${name}; a model has one`);
    return entries[found[0]!]!.slice().buffer as ArrayBuffer;
  };
  return { config: file(NAMES.config), tokenizer: file(NAMES.tokenizer), weights: file(NAMES.weights) };
}
