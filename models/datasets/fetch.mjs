#!/usr/bin/env node
// Fetches a data set from its public source and checks it.
//
//   node models/datasets/fetch.mjs NAME --data DIR
//
// models/datasets/NAME/DATASET.md names the source (a line "Files: URL", the folder that the files lie in) and, in a
// table, the files with their sha256. Files that are there and right are left alone; nothing wrong is ever put in place.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));

/** What DATASET.md says: where the files are, and each one's name and checksum. */
export function parseDataset(text) {
  const source = /^Files: <?(https?:\/\/[^\s>]+?)\/?>?$/m.exec(text)?.[1];
  const files = [...text.matchAll(/^\| `([\w.-]+)` \|.*`([0-9a-f]{64})` \|$/gm)].map(([, name, sha256]) => ({
    name,
    sha256,
  }));
  if (!source || files.length === 0)
    throw new Error('DATASET.md has no line "Files: URL" or no table of files with sha256');
  return { source, files };
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Brings the files of a data set into `folder`; `get` is fetch. Throws with what is wrong and what to do. */
export async function fetchDataset({ source, files }, folder, get = fetch, say = console.log) {
  mkdirSync(folder, { recursive: true });
  for (const { name, sha256: wanted } of files) {
    const path = join(folder, name);
    if (existsSync(path)) {
      if (sha256(readFileSync(path)) !== wanted)
        throw new Error(`${path} is not the file that is wanted (its sha256 is another); move it away and try again`);
      say(`${path}: is there, checksum right`);
      continue;
    }
    const url = `${source}/${name}`;
    let bytes;
    try {
      const response = await get(url);
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      bytes = Buffer.from(await response.arrayBuffer());
    } catch (error) {
      throw new Error(
        `${url} could not be fetched (${error.cause?.code ?? error.message}); put the file into ${folder} by hand`,
      );
    }
    if (sha256(bytes) !== wanted)
      throw new Error(`${url}: what came has another sha256 than ${wanted}; nothing was kept`);
    writeFileSync(`${path}.part`, bytes);
    renameSync(`${path}.part`, path);
    say(`${path}: fetched, checksum right`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({ options: { data: { type: 'string' } }, allowPositionals: true });
  const [name] = positionals;
  const description = join(here, name ?? '', 'DATASET.md');
  if (!name || !values.data || !existsSync(description)) {
    const names = readdirSync(here, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    console.error(`usage: node models/datasets/fetch.mjs NAME --data DIR; NAME is one of: ${names.join(', ')}`);
    process.exit(2);
  }
  try {
    await fetchDataset(parseDataset(readFileSync(description, 'utf8')), join(values.data, name));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
