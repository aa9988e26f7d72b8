/* The kernel benchmark: complete rows with sane figures, and refusals. How fast is for `heed bench` to say. */
#include <math.h>
#include <stdlib.h>

#include "heed/bench.h"
#include "heed/isa.h"
#include "heed/model.h"
#include "test.h"

typedef struct seen {
    int rows, peaks, products;
    const char *set;
} seen;

static void look(void *context, const heed_bench_row *row) {
    seen *s = context;
    s->rows++;
    CHECK(row->rate > 0 && isfinite(row->rate));
    CHECK(row->best >= row->rate);
    CHECK(row->seconds > 0 && row->seconds < 60);
    bool flops = strcmp(row->unit, "GFLOP/s") == 0;
    CHECK(flops ? row->percent > 0 : row->percent == 0);
    CHECK(row->against ? row->ratio > 0 && isfinite(row->ratio) : row->ratio == 0);
    if (strcmp(row->kernel, "exp") == 0)
        CHECK_STRING(row->against, "libm_exp");
    if (strcmp(row->kernel, "peak") == 0) {
        s->peaks++;
        CHECK(fabs(row->percent - 100) < 1e-9);
        CHECK_STRING(row->shape, "");
    }
    s->products += strcmp(row->kernel, "gemm_packed") == 0 && strcmp(row->shape, "64x1024x256") == 0;
    if (s->set != NULL)
        CHECK_STRING(row->isa, s->set);
}

int main(void) {
    int sets = 0;
    for (const char *const *name = heed_isa_list(); *name != NULL; name++)
        sets += heed_isa_available(*name);
    heed_error error = {0};
    heed_bench_options options = {.rounds = 1, .sample_seconds = 1e-5};
#ifdef __SANITIZE_ADDRESS__
    options.kernel = "gemm_packed"; /* the largest products take minutes under the sanitizers */
#endif
    seen all = {0};
    CHECK_OK(heed_bench_kernels(&options, look, &all, &error), &error);
    CHECK_INT(all.peaks, sets);
    CHECK_INT(all.products, sets);

    seen one = {.set = "scalar"};
    options.isa = "scalar";
    CHECK_OK(heed_bench_kernels(&options, look, &one, &error), &error);
    CHECK_INT(one.rows * sets, all.rows);
    seen few = {.set = "scalar"};
    options.kernel = "exp";
    options.rounds = 4;
    CHECK_OK(heed_bench_kernels(&options, look, &few, &error), &error);
    CHECK_INT(few.rows, 3); /* the peak, the C library, and what was asked for */

    seen shaped = {.set = "scalar"};
    options.kernel = "gemm";
    options.shape = "64x64x64";
    CHECK_OK(heed_bench_kernels(&options, look, &shaped, &error), &error);
    CHECK_INT(shaped.rows, 2);
    options.shape = "64x64x63";
    heed_error absent = {0};
    CHECK_STATUS(heed_bench_kernels(&options, look, &shaped, &absent), HEED_ERROR_UNKNOWN, &absent);
    CHECK_CONTAINS(absent.message, "64x64x63");

    options.shape = NULL;
    char *json = NULL;
    options.kernel = "tanh";
    CHECK_OK(heed_bench_kernels_json(&options, &json, &error), &error);
    CHECK_CONTAINS(json, "{\"isa\":\"scalar\",\"kernel\":\"libm_tanh\",\"shape\":\"4096\",\"unit\":\"Gvalue/s\",\"rate\":");
    CHECK_CONTAINS(json, "\"against\":\"libm_tanh\",\"ratio\":");
    heed_text_free(json);
    json = "left";
    options.kernel = "exq";
    heed_error none = {0};
    CHECK_STATUS(heed_bench_kernels_json(&options, &json, &none), HEED_ERROR_UNKNOWN, &none);
    CHECK(json == NULL);

    heed_error unknown = {0}, set = {0}, rounds = {0}, seconds = {0};
    CHECK_STATUS(heed_bench_kernels(&options, look, &few, &unknown), HEED_ERROR_UNKNOWN, &unknown);
    CHECK_CONTAINS(unknown.message, "exq");
    options = (heed_bench_options){.isa = "sse9"};
    CHECK_STATUS(heed_bench_kernels(&options, look, &few, &set), HEED_ERROR_UNKNOWN, &set);
    CHECK_CONTAINS(set.message, "sse9");
    options = (heed_bench_options){.rounds = 102};
    CHECK_STATUS(heed_bench_kernels(&options, look, &few, &rounds), HEED_ERROR_ARGUMENT, &rounds);
    options = (heed_bench_options){.sample_seconds = NAN};
    CHECK_STATUS(heed_bench_kernels(&options, look, &few, &seconds), HEED_ERROR_ARGUMENT, &seconds);
    CHECK_INT(few.rows, 3);
    return heed_test_finish("kernels_bench");
}
