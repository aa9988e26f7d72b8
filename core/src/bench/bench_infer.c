/* One inference of a benchmark's model at batch 1. */
#include <string.h>

#include "base/error.h"
#include "bench/bench_job.h"

heed_status heed_bench_prepare_inference(heed_bench_job *job, heed_error *error)
{
    int rows, columns;
    const bool labels = job->model.arch->labels;
    if (!heed_bench_input(job, job->plan->input, &rows, &columns, error))
        return HEED_ERROR_FORMAT;
    if (rows != 1)
        return heed_fail(error, HEED_ERROR_FORMAT, "manifest: %s must have one row, not %d", job->plan->input, rows);
    HEED_TRY(heed_tape_init(&job->tape, error));
    const size_t vocabulary = (size_t)job->sizes.target_vocabulary;
    job->tokens = heed_arena_alloc_zero(&job->arena, (size_t)job->sizes.steps * sizeof *job->tokens);
    job->logits = heed_arena_alloc_zero(&job->arena, vocabulary * sizeof *job->logits);
    if (!job->tokens || !job->logits)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a benchmark's results");
    job->outcome.tokens = job->tokens;
    job->outcome.token_count = labels ? 0 : (int)job->sizes.steps;
    job->outcome.logits = job->logits + (labels ? HEED_TOKEN_SPECIALS : 0); /* which are no labels */
    job->outcome.logit_count = (int)vocabulary - (labels ? HEED_TOKEN_SPECIALS : 0);
    return HEED_OK;
}

static int32_t largest(const heed_real *x, int count)
{
    int32_t best = 0;
    for (int32_t i = 1; i < count; i++)
        if (x[i] > x[best])
            best = i;
    return best;
}

heed_status heed_bench_infer(heed_bench_job *job, const int32_t *forced, heed_error *error)
{
    const heed_model *model = &job->model;
    heed_decoding decoding;
    int rows, length;
    const int32_t *source = heed_bench_input(job, job->plan->input, &rows, &length, error);
    const int32_t lengths[] = {length};
    int32_t token = (int32_t)job->sizes.bos;
    heed_tape_reset(&job->tape);
    const heed_source input = {rows, length, source, NULL, lengths};
    HEED_TRY(model->arch->start(model, &job->tape, &input, 1, &decoding, error));
    for (int t = 0; t < job->sizes.steps; t++) {
        HEED_TRY(model->arch->step(model, &job->tape, &decoding, &token, error));
        job->tokens[t] = largest(decoding.logits, decoding.vocabulary);
        token = forced ? forced[t] : job->tokens[t];
    }
    memcpy(job->logits, decoding.logits, (size_t)decoding.vocabulary * sizeof *job->logits);
    return HEED_OK;
}
