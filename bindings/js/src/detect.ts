import { EngineError } from './error.js';
import type { ModuleName } from './protocol.js';

/** A module of one function that runs `body` and returns a vector; valid where the browser knows its opcodes. */
function vectorModule(body: number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array([
    0x00,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0, // "\0asm", version 1
    1,
    5,
    1,
    0x60,
    0,
    1,
    0x7b, // type: () -> v128
    3,
    2,
    1,
    0, // function 0 has type 0
    10,
    body.length + 4,
    1,
    body.length + 2,
    0,
    ...body,
    0x0b, // code
  ]);
}

const ZERO = [0xfd, 0x0c, ...new Array<number>(16).fill(0)]; // v128.const 0

const hasSimd = () => WebAssembly.validate(vectorModule([...ZERO, ...ZERO, 0xfd, 0xe4, 0x01])); // f32x4.add
const hasRelaxed = () =>
  WebAssembly.validate(vectorModule([...ZERO, ...ZERO, ...ZERO, 0xfd, 0x85, 0x02])) && // f32x4.relaxed_madd
  WebAssembly.validate(vectorModule([...ZERO, ...ZERO, ...ZERO, 0xfd, 0x93, 0x02])); // ..._dot_i8x16_i7x16_add_s

/** The fastest module, among those that were built, that this browser can run; or the one asked for. */
export function chooseModule(built: readonly ModuleName[], wanted?: ModuleName): ModuleName {
  if (typeof WebAssembly !== 'object') throw new EngineError('unsupported', 'this browser has no WebAssembly');
  const runs: Record<ModuleName, () => boolean> = { relaxed: hasRelaxed, simd128: hasSimd };
  if (wanted !== undefined && !built.includes(wanted)) {
    throw new EngineError('unsupported', `there is no module "${wanted}" here, only ${built.join(', ')}`);
  }
  const fastestFirst: ModuleName[] = ['relaxed', 'simd128'];
  const candidates = wanted === undefined ? fastestFirst.filter((module) => built.includes(module)) : [wanted];
  const chosen = candidates.find((module) => runs[module]());
  if (chosen === undefined) {
    throw new EngineError(
      'unsupported',
      wanted === 'relaxed'
        ? 'this browser has no relaxed WebAssembly SIMD'
        : 'this browser has no WebAssembly SIMD; a version of 2023 or later has it',
    );
  }
  return chosen;
}
