/* The kernels' benchmark as a module of its own: readers of pages do not download it. It has the same kernels. */
#include <stdio.h>
#include <stdlib.h>

#include "export.h"
#include "heed/bench.h"
#include "heed/isa.h"

enum { ROW_BYTES = 256, TEXT_BYTES = 128 * ROW_BYTES };

typedef struct bench_text {
    char text[TEXT_BYTES];
    size_t length;
} bench_text;

static void write_row(void *context, const heed_bench_row *row)
{
    bench_text *out = context;
    if (TEXT_BYTES - out->length < 2 * ROW_BYTES) /* the last ones are for the end of the list */
        return;
    out->length += (size_t)snprintf(
        out->text + out->length, ROW_BYTES,
        "%c{\"kernel\":\"%s\",\"shape\":\"%s\",\"unit\":\"%s\",\"rate\":%.5g,\"best\":%.5g,\"percent\":%.4g,"
        "\"against\":\"%s\",\"ratio\":%.4g}",
        out->length ? ',' : '[', row->kernel, row->shape, row->unit, row->rate, row->best, row->percent,
        row->against ? row->against : "", row->ratio);
}

const char *EXPORT(heed_wasm_isa)(void) { return heed_isa_name(); }

/* Memory for the name that the caller wants to pass in. */
void *EXPORT(heed_wasm_alloc)(size_t size) { return malloc(size); }

/* heed_bench_kernels on the set in use; `kernel` is NUL-terminated, "" for all. JSON: [{kernel, shape, unit, rate,
 * best, percent, against, ratio}], owned by this file until the next call; "" when memory is out or the arguments make no sense. */
const char *EXPORT(heed_wasm_bench)(const char *kernel, int rounds, double sample_seconds)
{
    static bench_text out;
    heed_bench_options options = {.isa = heed_isa_name(),
                                  .kernel = kernel[0] ? kernel : NULL,
                                  .rounds = rounds,
                                  .sample_seconds = sample_seconds};
    out.length = 0;
    if (heed_bench_kernels(&options, write_row, &out, NULL) != HEED_OK || out.length == 0)
        return "";
    out.text[out.length++] = ']';
    out.text[out.length] = '\0';
    return out.text;
}
