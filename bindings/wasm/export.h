#ifndef HEED_WASM_EXPORT_H
#define HEED_WASM_EXPORT_H

#include "heed/status.h"

/* Where a call that can fail says why; empties what the one before left. In exports.c. */
heed_error *fresh_error(void);

/* Exports a function under its own name: there is no list for the linker to keep in step. */
#define EXPORT(name) __attribute__((export_name(#name))) name

#endif
