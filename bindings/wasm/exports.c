/* The engine as flat calls that JavaScript can make: numbers in, numbers and pointers out. The only caller is
 * bindings/js/src/raw.ts (and what else a page's author writes against it); it owns the rule that a text is freed with
 * heed_wasm_text_free and everything else with the call of its own name. One thread, one error at a time.
 *
 * A call that can fail returns 0 (a pointer), or -1 (a number), and heed_wasm_error_name and _message say why until the
 * next call that can fail. Sizes are bytes. */
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>

#include "export.h"
#include "heed/model.h"

static heed_error last_error;

heed_error *fresh_error(void)
{
    last_error = (heed_error){0};
    return &last_error;
}

/* Memory for what the caller wants to pass in. NULL when there is none left. */
void *EXPORT(heed_wasm_alloc)(size_t size) { return malloc(size ? size : 1); }
void EXPORT(heed_wasm_free)(void *block) { free(block); }
void EXPORT(heed_wasm_text_free)(char *text) { heed_text_free(text); }

const char *EXPORT(heed_wasm_error_name)(void) { return heed_status_name(last_error.status); }
const char *EXPORT(heed_wasm_error_message)(void) { return last_error.message; }

/* Where the heap begins, above constants and stack, and what of it is in use. */
extern unsigned char __heap_base;
size_t EXPORT(heed_wasm_heap_base)(void) { return (size_t)&__heap_base; }
size_t EXPORT(heed_wasm_heap_used)(void) { return (size_t)mallinfo().uordblks; }

const char *EXPORT(heed_wasm_version)(void) { return HEED_VERSION; }
