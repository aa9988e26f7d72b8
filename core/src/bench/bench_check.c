/* A job's results beside the expected ones. */
#include <math.h>

#include "base/error.h"
#include "bench/bench_job.h"

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

static heed_status compare(const heed_bench_job *job, const heed_json *expected, heed_bench_check *out,
                           heed_error *error)
{
    const heed_bench_outcome *seen = &job->outcome;
    const heed_json *list;
    if (job->training) {
        if (seen->loss_count < HEED_BENCH_LOSSES)
            return heed_fail(error, HEED_ERROR_ARGUMENT, "bench: %d training steps are checked, %d were run",
                             HEED_BENCH_LOSSES, seen->loss_count);
        if (!(list = numbers(expected, "losses", HEED_BENCH_LOSSES, error)))
            return HEED_ERROR_FORMAT;
        out->allowed = job->plan->loss_tolerance;
        out->train_loss_err = largest_difference(list, HEED_BENCH_LOSSES, loss, job);
    } else {
        if (!(list = numbers(expected, "logits", 1, error)))
            return HEED_ERROR_FORMAT;
        out->allowed = 1e-3;
        out->max_abs_err = largest_difference(list, seen->logit_count, logit, job);
        if (seen->token_count > 0) {
            if (!(list = numbers(expected, "tokens", seen->token_count, error)))
                return HEED_ERROR_FORMAT;
            out->tokens_ok = largest_difference(list, seen->token_count, token, job) == 0;
        }
    }
    return HEED_OK;
}

heed_status heed_bench_job_check(const heed_bench_job *job, const char *expected, size_t expected_size,
                                 heed_bench_check *out, heed_error *error)
{
    *out = (heed_bench_check){-1, -1, -1, 0};
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
    if (out->tokens_ok == 0)
        return heed_fail(error, HEED_ERROR_NUMERIC, "%s: the tokens are not the expected ones", name);
    const double worst = job->training ? out->train_loss_err : out->max_abs_err;
    if (!(worst <= out->allowed))
        return heed_fail(error, HEED_ERROR_NUMERIC, "%s: the %s differ by %g from the expected ones; %g is allowed",
                         name, job->training ? "losses" : "logits", worst, out->allowed);
    return HEED_OK;
}
