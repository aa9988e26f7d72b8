#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/batches.h"

heed_status heed_examples_add(heed_examples *examples, const int32_t *source, int32_t source_length,
                              const int32_t *target, int32_t target_length, heed_error *error)
{
    if (source_length < 1 || target_length < 1)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "an example of %d source and %d target tokens; both need one",
                         (int)source_length, (int)target_length);
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
    /* One block for both sides: an arena rounds every allocation up to a cache line. */
    int32_t *ids = heed_arena_alloc(&examples->arena, ((size_t)source_length + (size_t)target_length) * sizeof *ids);
    if (ids == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for more than %d examples", (int)examples->count);
    memcpy(ids, source, (size_t)source_length * sizeof *ids);
    memcpy(ids + source_length, target, (size_t)target_length * sizeof *ids);
    heed_example *example = &examples->list[examples->count++];
    example->source = ids;
    example->source_length = source_length;
    example->target = ids + source_length;
    example->target_length = target_length;
    return HEED_OK;
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
    return heed_examples_add(examples, from.ids, from.count, to.ids, to.count, error);
}

heed_status heed_examples_encode(heed_examples *examples, const heed_pairs *pairs, const heed_tokenizer *source,
                                 const heed_tokenizer *target, int32_t max_source, int32_t max_target,
                                 heed_error *error)
{
    heed_arena scratch = {0};
    heed_status status = HEED_OK;
    for (int32_t i = 0; i < pairs->count && status == HEED_OK; i++) {
        status = encode_pair(examples, &pairs->list[i], source, target, max_source, max_target, &scratch, error);
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
