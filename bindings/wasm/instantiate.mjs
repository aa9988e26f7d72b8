// Gives a module of the engine what it imports. The build puts this text at the top of heed-simd128.mjs and
// heed-relaxed.mjs, whose default export calls it; the worker has it in its bundle.

const NO_SUCH_CALL = 52; // ENOSYS of WASI and of Emscripten: the engine reads no file and prints nothing here

const ascii = new TextDecoder('ascii');
const toAscii = new TextEncoder();

/** A clock, a reader and a writer of decimal numbers, and refusals for whatever else the C library links. */
function importsFor(module, memory) {
  const known = {
    clock_time_get(_clock, _precision, out) {
      new DataView(memory().buffer).setBigUint64(out, BigInt(Math.round(performance.now() * 1e6)), true);
      return 0;
    },
    emscripten_notify_memory_growth() {},
    heed_host_number(address, size) {
      return Number(ascii.decode(new Uint8Array(memory().buffer, address >>> 0, size)));
    },
    heed_host_decimal(value, digits, address, size) {
      // as few digits as say the same
      const text = String(Number(value.toPrecision(digits)));
      return toAscii.encodeInto(text, new Uint8Array(memory().buffer, address >>> 0, size)).written;
    },
    proc_exit(code) {
      throw new WebAssembly.RuntimeError(`the engine exited with ${code}`);
    },
  };
  const imports = {};
  for (const { module: space, name } of WebAssembly.Module.imports(module)) {
    const refusal = space === 'wasi_snapshot_preview1' ? NO_SUCH_CALL : -NO_SUCH_CALL;
    (imports[space] ??= {})[name] = known[name] ?? (() => refusal);
  }
  return imports;
}

/** The module that these bytes are, or that this response brings. */
export async function compile(source) {
  if (!(source instanceof Response)) return WebAssembly.compile(source);
  if (source.headers.get('content-type')?.startsWith('application/wasm')) return WebAssembly.compileStreaming(source);
  return WebAssembly.compile(await source.arrayBuffer()); // a server that does not know the type
}

/** The exports of a module, compiled or as `compile` takes it. */
export async function instantiate(source) {
  const module = source instanceof WebAssembly.Module ? source : await compile(source);
  let exports;
  ({ exports } = await WebAssembly.instantiate(
    module,
    importsFor(module, () => exports.memory),
  ));
  exports._initialize?.();
  return exports;
}
