// Puts the engine together as a folder of files: build/js (or $HEED_BUILD/js) with heed.js, worker.js, engine.js, zip.js,
// the modules that were built, and the types. That folder is all a page needs.
import { build } from 'esbuild';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const here = fileURLToPath(new URL('.', import.meta.url));
const buildFolder = process.env.HEED_BUILD ?? join(here, '../../build');
const out = join(buildFolder, 'js');
const wasm = join(buildFolder, 'wasm');

const modules = ['simd128', 'relaxed'].filter((name) => existsSync(join(wasm, `heed-${name}.wasm`)));
if (!modules.includes('simd128')) {
  console.error(`${join(wasm, 'heed-simd128.wasm')} is missing: build the WebAssembly modules first (./book build)`);
  process.exit(1);
}
try {
  const tsc = join(here, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '--outDir', out], { cwd: here, stdio: 'inherit' });
} catch {
  process.exit(1); // tsc has said why
}
// Made smaller by today's Binaryen: the one of an older Emscripten does not know relaxed SIMD and is kept away from it.
const optimizer = join(dirname(createRequire(import.meta.url).resolve('binaryen')), 'bin/wasm-opt');
const features = ['simd', 'relaxed-simd', 'bulk-memory', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals'];
const optimize = (file) =>
  promisify(execFile)(process.execPath, [
    optimizer,
    '-Oz',
    '--dae-optimizing', // and once more, of what that has made simpler
    '-Oz',
    '--strip-target-features',
    ...features.map((feature) => `--enable-${feature}`),
    join(wasm, file),
    '-o',
    join(out, file),
  ]);
for (const kind of ['heed', 'train', 'fit', 'vectors', 'bench', 'regress']) {
  rmSync(join(out, `${kind}-relaxed.wasm`), { force: true });
  await Promise.all(modules.map((name) => optimize(`${kind}-${name}.wasm`)));
}

await build({
  absWorkingDir: here,
  entryPoints: { heed: 'src/client.ts', worker: 'src/worker.ts', engine: 'src/engine.ts', zip: 'src/zip.ts' },
  outdir: out,
  bundle: true,
  external: ['./zip.js'], // loaded when a zip is wanted
  minify: true,
  format: 'esm',
  target: 'es2022',
  define: { HEED_MODULES: JSON.stringify(modules) },
  logLevel: 'warning',
});

const { name, version, license } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
writeFileSync(join(out, 'heed.d.ts'), "export * from './client.js';\n");
writeFileSync(
  join(out, 'package.json'),
  `${JSON.stringify(
    {
      name,
      version,
      license,
      private: true,
      type: 'module',
      main: './heed.js',
      types: './heed.d.ts',
    },
    null,
    2,
  )}\n`,
);
