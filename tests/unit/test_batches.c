#include "test.h"

#include "base/memory.h"
#include "data/batches.h"

/* Example k: source of 1 + k % 9 tokens, target of 1 + k % 7, the first token tells k. */
static void make(heed_examples *examples, int count) {
    heed_error error = {0};
    for (int k = 0; k < count; k++) {
        int32_t source[9], target[7];
        for (int i = 0; i < 9; i++)
            source[i] = 100 + k;
        for (int i = 0; i < 7; i++)
            target[i] = 10 + i;
        target[0] = 5000 + k;
        CHECK_OK(heed_examples_add(examples, source, 1 + k % 9, target, 1 + k % 7, &error), &error);
    }
}

static void layout(void) {
    heed_examples examples = {0};
    heed_arena arena = {0};
    heed_error error = {0};
    heed_batch b;
    make(&examples, 20);
    static const int32_t indices[] = {2, 13, 0}; /* lengths 3/3, 5/7, 1/1 */
    CHECK_OK(heed_batch_build(&examples, indices, 3, &arena, &b, &error), &error);
    CHECK(b.rows == 3 && b.source_length == 5 && b.target_length == 8);
    static const int32_t source[] = {102, 102, 102, 0, 0, 113, 113, 113, 113, 113, 100, 0, 0, 0, 0};
    static const int32_t in[] = {1, 5002, 11, 12, 0, 0, 0, 0, 1, 5013, 11, 12, 13, 14, 15, 16, 1, 5000, 0, 0, 0, 0, 0,
                                 0};
    static const int32_t out[] = {5002, 11, 12, 2, 0, 0, 0, 0, 5013, 11, 12, 13, 14, 15, 16, 2, 5000, 2, 0, 0, 0, 0, 0,
                                  0};
    static const int32_t source_lengths[] = {3, 5, 1}, target_lengths[] = {4, 8, 2};
    CHECK(memcmp(b.source, source, sizeof source) == 0);
    CHECK(memcmp(b.target_in, in, sizeof in) == 0);
    CHECK(memcmp(b.target_out, out, sizeof out) == 0);
    CHECK(memcmp(b.source_lengths, source_lengths, sizeof source_lengths) == 0);
    CHECK(memcmp(b.target_lengths, target_lengths, sizeof target_lengths) == 0);
    CHECK_INT(b.tokens, 14);
    CHECK_OK(heed_batch_build(&examples, indices, 0, &arena, &b, &error), &error);
    CHECK(b.rows == 0 && b.tokens == 0);
    heed_arena_free(&arena);
    heed_examples_free(&examples);
}

static void plans(void) {
    enum { N = 1003, B = 16 };
    heed_examples examples = {0};
    heed_batch_plan plan = {0}, same = {0}, other = {0};
    heed_error error = {0}, size = {0}, none = {0};
    make(&examples, N);
    CHECK_OK(heed_batch_plan_make(&plan, &examples, B, 5, 3, &error), &error);
    CHECK_OK(heed_batch_plan_make(&same, &examples, B, 9, 1, &error), &error);
    CHECK_OK(heed_batch_plan_make(&other, &examples, B, 5, 4, &error), &error);
    uint64_t before = heed_alloc_count();
    CHECK_OK(heed_batch_plan_make(&same, &examples, B, 5, 3, &error), &error); /* whatever it held before */
    CHECK_INT(heed_alloc_count() - before, 1);                                /* the window only */
    CHECK_INT(plan.batch_count, (N + B - 1) / B);
    CHECK(memcmp(plan.order, same.order, N * sizeof *plan.order) == 0);
    CHECK(memcmp(plan.batches, same.batches, (size_t)plan.batch_count * sizeof *plan.batches) == 0);
    CHECK(memcmp(plan.order, other.order, N * sizeof *plan.order) != 0);
    int seen[N] = {0}, repeated = 0, total = 0, spread = 0, increasing = 0;
    for (int32_t i = 0; i < plan.batch_count; i++) {
        int rows = 0;
        const int32_t *indices = heed_batch_plan_rows(&plan, i, &rows);
        int32_t shortest = 99, longest = 0;
        total += rows;
        for (int r = 0; r < rows; r++) {
            int32_t length = examples.list[indices[r]].source_length;
            repeated += seen[indices[r]]++ > 0;
            shortest = length < shortest ? length : shortest;
            longest = length > longest ? length : longest;
        }
        spread += longest - shortest;
        increasing += i > 0 && plan.batches[i] > plan.batches[i - 1];
    }
    CHECK_INT(total, N);
    CHECK_INT(repeated, 0);
    CHECK(spread < plan.batch_count);                                          /* rows of like length share a batch */
    CHECK(increasing > plan.batch_count / 4 && increasing < plan.batch_count * 3 / 4); /* batches come in no order */
    CHECK_STATUS(heed_batch_plan_make(&plan, &examples, 0, 1, 1, &size), HEED_ERROR_ARGUMENT, &size);
    heed_examples empty = {0};
    CHECK_STATUS(heed_batch_plan_make(&plan, &empty, 4, 1, 1, &none), HEED_ERROR_ARGUMENT, &none);
    heed_batch_plan_free(&plan);
    heed_batch_plan_free(&same);
    heed_batch_plan_free(&other);
    heed_examples_free(&examples);
}

/* The shards of a batch are its rows, in order, whatever their number; each as narrow as its own rows allow. */
static void shards(int count) {
    heed_examples examples = {0};
    heed_batch_plan plan = {0};
    heed_arena arena = {0};
    heed_error error = {0};
    make(&examples, 43);
    CHECK_OK(heed_batch_plan_make(&plan, &examples, 10, 1, 1, &error), &error);
    for (int32_t i = 0; i < plan.batch_count; i++) {
        heed_batch whole, part;
        int row = 0, tokens = 0, wrong = 0;
        CHECK_OK(heed_batch_get(&plan, &examples, i, &arena, &whole, &error), &error);
        for (int k = 0; k < count; k++) {
            int longest = 0;
            CHECK_OK(heed_batch_shard(&plan, &examples, i, k, count, &arena, &part, &error), &error);
            CHECK(part.rows >= whole.rows / count && part.rows <= whole.rows / count + 1);
            for (int r = 0; r < part.rows; r++, row++) {
                wrong += part.source[r * part.source_length] != whole.source[row * whole.source_length];
                wrong += part.target_lengths[r] != whole.target_lengths[row];
                wrong += part.target_out[r * part.target_length] != whole.target_out[row * whole.target_length];
                longest = part.target_lengths[r] > longest ? part.target_lengths[r] : longest;
            }
            CHECK_INT(part.target_length, longest);
            tokens += part.tokens;
        }
        CHECK_INT(row, whole.rows);
        CHECK_INT(tokens, whole.tokens);
        CHECK_INT(wrong, 0);
    }
    heed_arena_free(&arena);
    heed_batch_plan_free(&plan);
    heed_examples_free(&examples);
}

static heed_bytes side_at(void *context, size_t i) {
    const heed_pairs *pairs = context;
    heed_bytes bytes = {(const unsigned char *)pairs->list[i].source, (size_t)pairs->list[i].source_size};
    return bytes;
}

static void encoding_skips_and_counts(void) {
    heed_pairs pairs = {0};
    heed_examples examples = {0};
    heed_tokenizer *t = NULL;
    heed_arena arena = {0};
    heed_error error = {0};
    static const char text[] = "abc\tcab\nabcd\ta\nab\tabcaa\nab\tab!\nab\t!!\na\ta\n",
                      options[] = "{\"type\":\"char\"}";
    CHECK_OK(heed_pairs_parse(&pairs, text, sizeof text - 1, "a.tsv", &error), &error);
    const heed_json *json = heed_json_parse(&arena, options, sizeof options - 1, "options", &error);
    CHECK_OK(heed_tokenizer_train(json, "options", (size_t)pairs.count, side_at, &pairs, &t, &error), &error);
    CHECK_OK(heed_examples_encode(&examples, &pairs, t, t, 3, 4, &error), &error);
    CHECK_INT(examples.count, 2);
    CHECK_INT(examples.skipped_long, 2);
    CHECK_INT(examples.skipped_unknown, 1);
    CHECK_INT(examples.skipped_empty, 1);
    heed_tokenizer_free(t);
    heed_arena_free(&arena);
    heed_examples_free(&examples);
    heed_pairs_free(&pairs);
}

int main(void) {
    layout();
    plans();
    shards(1);
    shards(4);
    shards(13);
    encoding_skips_and_counts();
    return heed_test_finish("batches");
}
