export function compile(source: BufferSource | Response): Promise<WebAssembly.Module>;
export function instantiate(source: WebAssembly.Module | BufferSource | Response): Promise<WebAssembly.Exports>;
