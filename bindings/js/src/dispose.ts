/** Symbol.dispose where the runtime has it, else a symbol in its place that `using`, once compiled, asks for too. */
export const dispose: typeof Symbol.dispose = Symbol.dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);
