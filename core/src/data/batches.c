#include "data/batches.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/rng.h"

enum { WINDOW_BATCHES = 50 }; /* sorted together: wide enough for even lengths, narrow enough for mixed batches */

heed_status heed_batch_build(const heed_examples *examples, const int32_t *indices, int rows, heed_arena *arena,
                             heed_batch *out, heed_error *error)
{
    heed_batch batch = {0};
    memset(out, 0, sizeof *out);
    batch.rows = rows;
    for (int r = 0; r < rows; r++) {
        const heed_example *example = &examples->list[indices[r]];
        if (example->source_length > batch.source_length)
            batch.source_length = example->source_length;
        if (heed_examples_tokens(examples, indices[r]) > batch.target_length)
            batch.target_length = heed_examples_tokens(examples, indices[r]);
    }
    size_t n = (size_t)rows, source_count = n * (size_t)batch.source_length,
           target_count = n * (size_t)batch.target_length;
    batch.source = heed_arena_alloc_zero(arena, source_count * sizeof *batch.source);
    batch.target_in = heed_arena_alloc_zero(arena, target_count * sizeof *batch.target_in);
    batch.target_out = heed_arena_alloc_zero(arena, target_count * sizeof *batch.target_out);
    batch.source_lengths = heed_arena_alloc(arena, n * sizeof *batch.source_lengths);
    batch.target_lengths = heed_arena_alloc(arena, n * sizeof *batch.target_lengths);
    if (batch.source == NULL || batch.target_in == NULL || batch.target_out == NULL || batch.source_lengths == NULL ||
        batch.target_lengths == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a batch of %d rows", rows);
    for (int r = 0; r < rows; r++) {
        const heed_example *example = &examples->list[indices[r]];
        int32_t *in = batch.target_in + (size_t)r * (size_t)batch.target_length;
        int32_t *next = batch.target_out + (size_t)r * (size_t)batch.target_length;
        const int32_t tokens = heed_examples_tokens(examples, indices[r]);
        memcpy(batch.source + (size_t)r * (size_t)batch.source_length, example->source,
               (size_t)example->source_length * sizeof *batch.source);
        in[0] = HEED_TOKEN_BOS;
        memcpy(in + 1, example->target, (size_t)(tokens - 1) * sizeof *in);
        memcpy(next, example->target, (size_t)example->target_length * sizeof *next);
        if (tokens > example->target_length)
            next[example->target_length] = HEED_TOKEN_EOS;
        batch.source_lengths[r] = example->source_length;
        batch.target_lengths[r] = tokens;
        batch.tokens += tokens;
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
            entries[i].target_length = examples->list[example].target_length;
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
