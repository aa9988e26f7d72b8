import type { ErrorCode } from './protocol.js';

/** Every failure of the engine: a code for programs, a message for people, and the stack of the caller. */
export class EngineError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
    this.code = code;
  }
}

/** What was caught, as an EngineError: `code` is for what is not one yet. */
export function asEngineError(caught: unknown, code: ErrorCode): EngineError {
  if (caught instanceof EngineError) return caught;
  return new EngineError(code, caught instanceof Error ? caught.message : String(caught), { cause: caught });
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new EngineError('cancelled', 'the caller asked to stop', { cause: signal.reason });
}

/**
 * Call it first in a public method: it keeps the stack, and the function it returns puts that into what was caught
 * later. A reply from the worker arrives on an empty stack, which would tell the reader of an error nothing. What is no
 * EngineError came from the browser's own checks of what was passed: no URL, an option that cannot be sent.
 */
export function callersStack(): (caught: unknown) => EngineError {
  const { stack = '' } = new Error();
  return (caught) => {
    const error = asEngineError(caught, 'argument');
    const calls = stack.startsWith('Error') ? stack.slice(stack.indexOf('\n') + 1) : stack; // V8 begins with a message
    error.stack = `${error.name}: ${error.message}\n${calls}`;
    return error;
  };
}
