/* Parallel data: what is accepted is clean text, and survives tokenizer training, hold-out and batching. */
#include <string.h>

#include "base/utf8.h"
#include "data/batches.h"
#include "fuzz.h"

static heed_bytes source_at(void *context, size_t i)
{
    const heed_pair *pair = &((const heed_pairs *)context)->list[i];
    heed_bytes bytes = {(const unsigned char *)pair->source, (size_t)pair->source_size};
    return bytes;
}

static heed_bytes target_at(void *context, size_t i)
{
    const heed_pair *pair = &((const heed_pairs *)context)->list[i];
    heed_bytes bytes = {(const unsigned char *)pair->target, (size_t)pair->target_size};
    return bytes;
}

static heed_tokenizer *train(const char *options, heed_text_at *text, heed_pairs *pairs)
{
    heed_arena arena = {0};
    heed_error error = {0};
    heed_tokenizer *tokenizer = NULL;
    const heed_json *json = heed_json_parse(&arena, options, strlen(options), "options", &error);
    heed_status status = heed_tokenizer_train(json, "fuzz", (size_t)pairs->count, text, pairs, &tokenizer, &error);
    if (status != HEED_OK) /* a symbol that is too long or reserved */
        FUZZ_CHECK_REFUSED(status, error);
    heed_arena_free(&arena);
    return tokenizer;
}

static void check_batches(const heed_examples *examples)
{
    heed_batch_plan plan = {0};
    heed_arena arena = {0};
    heed_error error = {0};
    int64_t rows = 0;
    FUZZ_CHECK(heed_batch_plan_make(&plan, examples, 3, 1, 1, &error) == HEED_OK);
    for (int32_t i = 0; i < plan.batch_count; i++) {
        for (int k = 0; k < 2; k++) {
            heed_batch batch;
            FUZZ_CHECK(heed_batch_shard(&plan, examples, i, k, 2, &arena, &batch, &error) == HEED_OK);
            for (int r = 0; r < batch.rows; r++)
                FUZZ_CHECK(batch.source_lengths[r] <= batch.source_length &&
                           batch.target_out[r * batch.target_length + batch.target_lengths[r] - 1] == HEED_TOKEN_EOS);
            rows += batch.rows;
        }
        heed_arena_reset(&arena);
    }
    FUZZ_CHECK(rows == examples->count);
    heed_batch_plan_free(&plan);
    heed_arena_free(&arena);
}

static void use(heed_pairs *pairs)
{
    heed_error error = {0};
    heed_tokenizer *source = train("{\"type\":\"char\",\"case\":\"lower\"}", source_at, pairs);
    heed_tokenizer *target = train("{\"type\":\"symbol\"}", target_at, pairs);
    heed_examples examples = {0};
    if (source != NULL && target != NULL) {
        FUZZ_CHECK(heed_examples_encode(&examples, pairs, source, target, 20, 20, &error) == HEED_OK);
        FUZZ_CHECK(examples.count + examples.skipped_long + examples.skipped_empty + examples.skipped_unknown ==
                   pairs->count);
        if (examples.count > 0)
            check_batches(&examples);
    }
    heed_examples_free(&examples);
    heed_tokenizer_free(source);
    heed_tokenizer_free(target);
    heed_pairs held_out;
    int32_t before = pairs->count;
    if (heed_pairs_hold_out(pairs, 1, 7, &held_out, &error) == HEED_OK)
        FUZZ_CHECK(held_out.count > 0 && pairs->count > 0 && held_out.count + pairs->count == before);
    heed_pairs_free(&held_out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    heed_pairs pairs = {0};
    heed_error error = {0};
    heed_status status = heed_pairs_parse(&pairs, (const char *)data, size, "fuzz.tsv", &error);
    if (status != HEED_OK) {
        FUZZ_CHECK_REFUSED(status, error);
        FUZZ_CHECK(pairs.count == 0);
    }
    for (int32_t i = 0; i < pairs.count; i++) {
        const heed_pair *pair = &pairs.list[i];
        FUZZ_CHECK(pair->source_size > 0 && strlen(pair->source) == (size_t)pair->source_size);
        FUZZ_CHECK(pair->target_size > 0 && strlen(pair->target) == (size_t)pair->target_size);
        FUZZ_CHECK(strpbrk(pair->source, "\t\n") == NULL && strpbrk(pair->target, "\t\n") == NULL);
        FUZZ_CHECK(heed_utf8_valid(pair->source, (size_t)pair->source_size));
    }
    fuzz_accepted += status == HEED_OK;
    if (pairs.count > 0)
        use(&pairs);
    heed_pairs_free(&pairs);
    return 0;
}
