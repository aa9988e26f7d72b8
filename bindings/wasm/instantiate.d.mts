export function instantiate(source: BufferSource | Response): Promise<WebAssembly.Exports>;
