/* A job's results beside the expected ones. */
#include <math.h>

#include "base/error.h"
#include "bench/bench_job.h"

static const double F32_LOGITS = 1e-3;

static double largest_difference(const heed_json *list, int count, double (*value)(const heed_bench_job *, int),
                                 const heed_bench_job *job)
{
    double most = 0;
    int i = 0;
    for (const heed_json *x = list->first; x && i < count; x = x->next, i++) {
        double difference = fabs(value(job, i) - x->number);
        if (!(difference <= most)) /* a NaN is the largest difference there is */
            most = difference;
    }
    return most;
}

static double token(const heed_bench_job *job, int i) { return job->outcome.tokens[i]; }
static double logit(const heed_bench_job *job, int i) { return job->outcome.logits[i]; }
static double loss(const heed_bench_job *job, int i) { return job->outcome.losses[i]; }

/* The list of this name, of at least `least` numbers; NULL and an error when it is not there. */
static const heed_json *numbers(const heed_json *expected, const char *name, int least, heed_error *error)
{
    const heed_json *list = heed_json_get(expected, name);
    bool good = list && list->type == HEED_JSON_ARRAY && list->count >= least;
    for (const heed_json *x = good ? list->first : NULL; x; x = x->next)
        good = good && x->type == HEED_JSON_NUMBER;
    if (!good)
        heed_fail(error, HEED_ERROR_FORMAT, "expected values: \"%s\" must be a list of at least %d numbers", name,
                  least);
    return good ? list : NULL;
}

static heed_status compare_losses(const heed_bench_job *job, const heed_json *expected, heed_bench_check *out,
                                  heed_error *error)
{
    const heed_bench_outcome *seen = &job->outcome;
    if (seen->loss_count < HEED_BENCH_LOSSES)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "bench: %d training steps are checked, %d were run",
                         HEED_BENCH_LOSSES, seen->loss_count);
    const heed_json *list = numbers(expected, "losses", HEED_BENCH_LOSSES, error);
    if (!list)
        return HEED_ERROR_FORMAT;
    out->allowed = job->plan->loss_tolerance;
    out->train_loss_err = largest_difference(list, HEED_BENCH_LOSSES, loss, job);
    return HEED_OK;
}

/* Tokens found in a run, then, with int8, those of a run that is given the expected ones. */
static heed_status compare_tokens(heed_bench_job *job, const heed_json *list, heed_bench_check *out, heed_error *error)
{
    const int count = job->outcome.token_count;
    heed_arena_mark mark = heed_arena_save(&job->arena);
    int32_t *expected = heed_arena_alloc(&job->arena, (size_t)count * sizeof *expected);
    if (!expected)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: %d tokens", count);
    int i = 0, same = 0;
    for (const heed_json *x = list->first; x && i < count; x = x->next)
        expected[i++] = fabs(x->number) < 1e9 ? (int32_t)x->number : -1;
    out->tokens_ok = largest_difference(list, count, token, job) == 0;
    heed_status status = job->int8 ? heed_bench_infer(job, expected, error) : HEED_OK;
    for (i = 0; i < count; i++)
        same += job->tokens[i] == expected[i];
    out->agreement = (double)same / count;
    heed_arena_restore(&job->arena, mark);
    return status;
}

static heed_status compare(heed_bench_job *job, const heed_json *expected, heed_bench_check *out, heed_error *error)
{
    const heed_bench_outcome *seen = &job->outcome;
    if (job->training)
        return compare_losses(job, expected, out, error);
    const heed_json *logits = numbers(expected, "logits", 1, error);
    if (!logits)
        return HEED_ERROR_FORMAT;
    out->allowed = job->int8 ? job->plan->int8_tolerance : F32_LOGITS;
    if (seen->token_count > 0) {
        const heed_json *tokens = numbers(expected, "tokens", seen->token_count, error);
        if (!tokens)
            return HEED_ERROR_FORMAT;
        HEED_TRY(compare_tokens(job, tokens, out, error));
    }
    out->max_abs_err = largest_difference(logits, seen->logit_count, logit, job);
    return HEED_OK;
}

heed_status heed_bench_job_check(heed_bench_job *job, const char *expected, size_t expected_size,
                                 heed_bench_check *out, heed_error *error)
{
    *out = (heed_bench_check){-1, -1, -1, -1, 0};
    heed_arena arena = {0};
    heed_error failure = {0};
    const heed_json *json = heed_json_parse(&arena, expected, expected_size, "expected values", &failure);
    heed_status status = failure.status;
    if (json)
        status = compare(job, heed_json_get(json, job->plan->model.name), out, &failure);
    heed_arena_free(&arena);
    const char *name = job->plan->model.name;
    if (status != HEED_OK)
        return heed_fail(error, status, "%s: %s", name, failure.message);
    if (out->tokens_ok == 0 && !job->int8)
        return heed_fail(error, HEED_ERROR_NUMERIC, "%s: the tokens are not the expected ones", name);
    const double worst = job->training ? out->train_loss_err : out->max_abs_err;
    if (!(worst <= out->allowed))
        return heed_fail(error, HEED_ERROR_NUMERIC, "%s: the %s differ by %g from the expected ones; %g is allowed",
                         name, job->training ? "losses" : "logits", worst, out->allowed);
    return HEED_OK;
}
