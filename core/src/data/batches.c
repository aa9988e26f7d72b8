#include "data/batches.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/rng.h"

enum { WINDOW_BATCHES = 50 }; /* sorted together: wide enough for even lengths, narrow enough for mixed batches */

/* A side of a batch, zeroed: `channels` numbers a step, or ids where that is 0. */
static bool side(heed_arena *arena, int rows, int length, int channels, int32_t **ids, heed_real **values)
{
    const size_t steps = (size_t)rows * (size_t)length;
    if (channels > 0)
        *values = heed_arena_alloc_zero(arena, steps * (size_t)channels * sizeof **values);
    else
        *ids = heed_arena_alloc_zero(arena, steps * sizeof **ids);
    return *ids != NULL || *values != NULL;
}

static void fill_target(const heed_examples *examples, const heed_example *example, size_t r, heed_batch *batch)
{
    const size_t at = r * (size_t)batch->target_length, channels = (size_t)examples->answer_channels;
    const size_t n = (size_t)example->target_length;
    if (channels > 0) {
        memcpy(batch->answers + at * channels, example->answers, n * channels * sizeof *batch->answers);
        return;
    }
    int32_t *in = batch->target_in + at, *next = batch->target_out + at;
    in[0] = HEED_TOKEN_BOS;
    memcpy(in + 1, example->target, (n - examples->labels) * sizeof *in);
    memcpy(next, example->target, n * sizeof *next);
    if (!examples->labels)
        next[n] = HEED_TOKEN_EOS;
}

heed_status heed_batch_build(const heed_examples *examples, const int32_t *indices, int rows, heed_arena *arena,
                             heed_batch *out, heed_error *error)
{
    const int extra = examples->labels || examples->answer_channels > 0 ? 0 : 1; /* <eos> */
    const size_t channels = (size_t)examples->channels;
    heed_batch batch = {0};
    memset(out, 0, sizeof *out);
    batch.rows = rows;
    for (int r = 0; r < rows; r++) {
        const heed_example *example = &examples->list[indices[r]];
        if (example->source_length > batch.source_length)
            batch.source_length = example->source_length;
        if (example->target_length + extra > batch.target_length)
            batch.target_length = example->target_length + extra;
    }
    batch.source_lengths = heed_arena_alloc(arena, (size_t)rows * sizeof *batch.source_lengths);
    batch.target_lengths = heed_arena_alloc(arena, (size_t)rows * sizeof *batch.target_lengths);
    if (!side(arena, rows, batch.source_length, examples->channels, &batch.source, &batch.values) ||
        !side(arena, rows, batch.target_length, examples->answer_channels, &batch.target_out, &batch.answers) ||
        (batch.target_out != NULL &&
         !side(arena, rows, batch.target_length, 0, &batch.target_in, &batch.answers)) ||
        batch.source_lengths == NULL || batch.target_lengths == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a batch of %d rows", rows);
    for (int r = 0; r < rows; r++) {
        const heed_example *example = &examples->list[indices[r]];
        const size_t at = (size_t)r * (size_t)batch.source_length, n = (size_t)example->source_length;
        if (channels > 0)
            memcpy(batch.values + at * channels, example->values, n * channels * sizeof *batch.values);
        else
            memcpy(batch.source + at, example->source, n * sizeof *batch.source);
        fill_target(examples, example, (size_t)r, &batch);
        batch.source_lengths[r] = example->source_length;
        batch.target_lengths[r] = example->target_length + extra;
        batch.tokens += heed_examples_tokens(examples, indices[r]);
    }
    *out = batch;
    return HEED_OK;
}

typedef struct length_entry {
    int32_t source_length, target_length;
    int32_t place; /* in the shuffled order: ties keep it, so the sort is stable whatever qsort does */
    int32_t example;
} length_entry;

static int compare_lengths(const void *a, const void *b)
{
    const length_entry *x = a, *y = b;
    if (x->source_length != y->source_length)
        return x->source_length < y->source_length ? -1 : 1;
    if (x->target_length != y->target_length)
        return x->target_length < y->target_length ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static heed_status sort_windows(heed_batch_plan *plan, const heed_examples *examples, heed_error *error)
{
    int64_t window = (int64_t)plan->batch_size * WINDOW_BATCHES;
    int32_t width = window < plan->example_count ? (int32_t)window : plan->example_count;
    length_entry *entries = heed_alloc((size_t)width, sizeof *entries);
    if (entries == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a window of %d examples", (int)width);
    for (int32_t start = 0; start < plan->example_count; start += width) {
        int32_t n = plan->example_count - start < width ? plan->example_count - start : width;
        for (int32_t i = 0; i < n; i++) {
            int32_t example = plan->order[start + i];
            entries[i].source_length = examples->list[example].source_length;
            entries[i].target_length = examples->channels > 0 ? 0 : examples->list[example].target_length;
            entries[i].place = i;
            entries[i].example = example;
        }
        qsort(entries, (size_t)n, sizeof *entries, compare_lengths);
        for (int32_t i = 0; i < n; i++)
            plan->order[start + i] = entries[i].example;
        if (n < width)
            break; /* the last window; start + width could overflow */
    }
    heed_free(entries);
    return HEED_OK;
}

/* Room for `count` ids in *ids, keeping what is large enough. */
static int reserve(int32_t **ids, size_t *bytes, int32_t count)
{
    size_t needed = (size_t)count * sizeof **ids;
    if (*ids != NULL && *bytes >= needed)
        return 1;
    int32_t *grown = heed_alloc((size_t)count, sizeof *grown);
    if (grown == NULL)
        return 0;
    heed_free(*ids);
    *ids = grown;
    *bytes = needed;
    return 1;
}

heed_status heed_batch_plan_make(heed_batch_plan *plan, const heed_examples *examples, int batch_size, uint64_t seed,
                                 int epoch, heed_error *error)
{
    if (batch_size < 1 || examples->count < 1)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "batches of %d from %d examples; both must be at least 1",
                         batch_size, (int)examples->count);
    int32_t batch_count = (examples->count - 1) / batch_size + 1;
    if (!reserve(&plan->order, &plan->order_bytes, examples->count) ||
        !reserve(&plan->batches, &plan->batches_bytes, batch_count))
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the order of %d examples", (int)examples->count);
    plan->example_count = examples->count;
    plan->batch_count = batch_count;
    plan->batch_size = batch_size;
    for (int32_t i = 0; i < examples->count; i++)
        plan->order[i] = i;
    for (int32_t i = 0; i < batch_count; i++)
        plan->batches[i] = i * batch_size;
    heed_rng rng;
    heed_rng_seed(&rng, seed, (uint64_t)(int64_t)epoch);
    heed_rng_shuffle(&rng, plan->order, examples->count);
    HEED_TRY(sort_windows(plan, examples, error));
    heed_rng_shuffle(&rng, plan->batches, batch_count);
    return HEED_OK;
}

void heed_batch_plan_free(heed_batch_plan *plan)
{
    heed_free(plan->order);
    heed_free(plan->batches);
    memset(plan, 0, sizeof *plan);
}

const int32_t *heed_batch_plan_rows(const heed_batch_plan *plan, int32_t i, int *rows)
{
    int32_t start = plan->batches[i], left = plan->example_count - start;
    *rows = left < plan->batch_size ? left : plan->batch_size;
    return plan->order + start;
}

heed_status heed_batch_get(const heed_batch_plan *plan, const heed_examples *examples, int32_t i, heed_arena *arena,
                           heed_batch *out, heed_error *error)
{
    int rows = 0;
    const int32_t *indices = heed_batch_plan_rows(plan, i, &rows);
    return heed_batch_build(examples, indices, rows, arena, out, error);
}

heed_status heed_batch_shard(const heed_batch_plan *plan, const heed_examples *examples, int32_t i, int shard,
                             int shards, heed_arena *arena, heed_batch *out, heed_error *error)
{
    int rows = 0;
    const int32_t *indices = heed_batch_plan_rows(plan, i, &rows);
    int first = (int)((int64_t)rows * shard / shards), end = (int)((int64_t)rows * (shard + 1) / shards);
    return heed_batch_build(examples, indices + first, end - first, arena, out, error);
}
