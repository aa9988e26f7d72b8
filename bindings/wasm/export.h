#ifndef HEED_WASM_EXPORT_H
#define HEED_WASM_EXPORT_H

/* Exports a function under its own name: there is no list for the linker to keep in step. */
#define EXPORT(name) __attribute__((export_name(#name))) name

#endif
