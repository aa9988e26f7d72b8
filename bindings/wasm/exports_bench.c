/* heed/bench.h as flat calls; see exports.c for what 0, -1 and addresses mean. */
#include <math.h>
#include <stdio.h>

#include "export.h"
#include "heed/bench.h"
#include "heed/isa.h"

const char *EXPORT(heed_wasm_isa)(void) { return heed_isa_name(); }

/* Texts are NUL-terminated; task and dtype "" are the defaults. */
heed_bench_job *EXPORT(heed_wasm_bench_create)(const char *model, const char *task, const char *dtype,
                                               const char *manifest, size_t manifest_size, size_t file_size)
{
    const heed_bench_job_options options = {
        .model = model, .task = task[0] ? task : NULL, .dtype = dtype[0] ? dtype : NULL};
    heed_bench_job *job = NULL;
    return heed_bench_job_create(&options, manifest, manifest_size, file_size, &job, fresh_error()) == HEED_OK ? job
                                                                                                                : NULL;
}

int EXPORT(heed_wasm_bench_feed)(heed_bench_job *job, const void *bytes, size_t size)
{
    return heed_bench_job_feed(job, bytes, size, fresh_error()) == HEED_OK ? 0 : -1;
}

int EXPORT(heed_wasm_bench_run)(heed_bench_job *job)
{
    return heed_bench_job_run(job, fresh_error()) == HEED_OK ? 0 : -1;
}

/* Compares with the expected values: JSON of heed_bench_check and of what the figures are divided by; NULL when it
 * cannot be compared. Numbers that are too far off are given, with near_enough false. The text is valid until the next
 * call. */
const char *EXPORT(heed_wasm_bench_check)(heed_bench_job *job, const char *expected, size_t size)
{
    static char text[256];
    heed_bench_check found;
    const heed_status status = heed_bench_job_check(job, expected, size, &found, fresh_error());
    if (status != HEED_OK && status != HEED_ERROR_NUMERIC)
        return NULL;
    const heed_bench_outcome outcome = heed_bench_job_outcome(job);
    snprintf(text, sizeof text,
             "{\"near_enough\":%s,\"tokens_ok\":%d,\"agreement\":%.5g,\"max_abs_err\":%.5g,\"train_loss_err\":%.5g,"
             "\"tokens\":%d,\"examples\":%d,\"target_tokens\":%d}",
             status == HEED_OK ? "true" : "false", found.tokens_ok, found.agreement, fmin(found.max_abs_err, 1e300),
             fmin(found.train_loss_err, 1e300), /* JSON has no NaN */
             outcome.token_count, outcome.examples, outcome.target_tokens);
    return text;
}

double EXPORT(heed_wasm_bench_allocations)(void) { return (double)heed_bench_allocations(); }

void EXPORT(heed_wasm_bench_free)(heed_bench_job *job) { heed_bench_job_free(job); }

/* heed_bench_kernels_json; the names are NUL-terminated, "" for all. NULL on failure. */
char *EXPORT(heed_wasm_bench_kernels)(const char *isa, const char *kernel, const char *shape, int rounds,
                                      double sample_seconds)
{
    const heed_bench_options options = {.isa = isa[0] ? isa : NULL,
                                        .kernel = kernel[0] ? kernel : NULL,
                                        .shape = shape[0] ? shape : NULL,
                                        .rounds = rounds,
                                        .sample_seconds = sample_seconds};
    char *json = NULL;
    return heed_bench_kernels_json(&options, &json, fresh_error()) == HEED_OK ? json : NULL;
}
