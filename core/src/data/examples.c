#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/batches.h"

/* Bytes of a side of so many steps. */
static size_t side_bytes(int32_t length, int channels)
{
    return (size_t)length * (channels > 0 ? (size_t)channels * sizeof(heed_real) : sizeof(int32_t));
}

/* Copies a side to `to`, where *ids or *values then points. */
static void copy_side(void *to, size_t bytes, const int32_t **ids, const heed_real **values)
{
    memcpy(to, *ids != NULL ? (const void *)*ids : *values, bytes);
    if (*ids != NULL)
        *ids = to;
    else
        *values = to;
}

heed_status heed_examples_append(heed_examples *examples, const heed_example *example, heed_error *error)
{
    if (example->source_length < 1 || example->target_length < 1)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "an example of %d source and %d target tokens; both need one",
                         (int)example->source_length, (int)example->target_length);
    if (examples->count == examples->capacity) {
        int32_t capacity = examples->capacity == 0 ? 1024 : examples->capacity > INT32_MAX / 2 ? 0 :
                           examples->capacity * 2;
        heed_example *list = capacity == 0 ? NULL : heed_realloc(examples->list, (size_t)examples->count * sizeof *list,
                                                                 (size_t)capacity, sizeof *list);
        if (list == NULL)
            return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for more than %d examples", (int)examples->count);
        examples->list = list;
        examples->capacity = capacity;
    }
    /* One block for both sides: an arena rounds every allocation up to a cache line. Reals are as wide as ids or twice
     * as wide, and the side whose elements are wider comes first. */
    const size_t source = side_bytes(example->source_length, examples->channels);
    const size_t target = side_bytes(example->target_length, examples->answer_channels);
    char *block = heed_arena_alloc(&examples->arena, source + target);
    if (block == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for more than %d examples", (int)examples->count);
    const bool source_first = examples->channels > 0;
    heed_example *kept = &examples->list[examples->count++];
    *kept = *example;
    copy_side(block + (source_first ? 0 : target), source, &kept->source, &kept->values);
    copy_side(block + (source_first ? source : 0), target, &kept->target, &kept->answers);
    return HEED_OK;
}

heed_status heed_examples_add(heed_examples *examples, const int32_t *source, int32_t source_length,
                              const int32_t *target, int32_t target_length, heed_error *error)
{
    return heed_examples_append(examples, &(heed_example){.source = source, .target = target,
                                                          .source_length = source_length,
                                                          .target_length = target_length}, error);
}

static heed_status encode_pair(heed_examples *examples, const heed_pair *pair, const heed_tokenizer *source,
                               const heed_tokenizer *target, int32_t max_source, int32_t max_target,
                               heed_arena *scratch, heed_error *error)
{
    heed_encoding from, to;
    HEED_TRY(heed_tokenizer_encode(source, pair->source, (size_t)pair->source_size, scratch, &from, error));
    HEED_TRY(heed_tokenizer_encode(target, pair->target, (size_t)pair->target_size, scratch, &to, error));
    if (from.count == 0 || to.count == 0) {
        examples->skipped_empty++;
        return HEED_OK;
    }
    if (to.skipped_count > 0) {
        examples->skipped_unknown++;
        return HEED_OK;
    }
    if (from.count > max_source || to.count > max_target) {
        examples->skipped_long++;
        return HEED_OK;
    }
    const heed_example example = {.source = from.ids, .target = to.ids, .values = from.values, .answers = to.values,
                                  .source_length = from.count, .target_length = to.count};
    return heed_examples_append(examples, &example, error);
}

heed_status heed_examples_encode(heed_examples *examples, const heed_pairs *pairs, const heed_tokenizer *source,
                                 const heed_tokenizer *target, int32_t max_source, int32_t max_target,
                                 heed_error *error)
{
    heed_arena scratch = {0};
    heed_status status = HEED_OK;
    const heed_values *values = heed_values_of(source), *answers = heed_values_of(target);
    examples->channels = values != NULL ? values->channels : 0;
    examples->answer_channels = answers != NULL ? answers->channels : 0;
    for (int32_t i = 0; i < pairs->count && status == HEED_OK; i++) {
        heed_error local = {0};
        status = encode_pair(examples, &pairs->list[i], source, target, max_source, max_target, &scratch, &local);
        if (status != HEED_OK)
            heed_fail(error, status, "example %d: %s", (int)i + 1, local.message);
        heed_arena_reset(&scratch);
    }
    heed_arena_free(&scratch);
    return status;
}

void heed_examples_clear(heed_examples *examples)
{
    heed_arena_reset(&examples->arena);
    examples->count = 0;
    examples->skipped_long = examples->skipped_empty = examples->skipped_unknown = 0;
}

void heed_examples_free(heed_examples *examples)
{
    heed_free(examples->list);
    heed_arena_free(&examples->arena);
    memset(examples, 0, sizeof *examples);
}
