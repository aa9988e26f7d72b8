/* A classifier's row depends on that row only: padding and other rows change nothing; no row is no loss. */
#include "small_model.h"

enum { MODELS = 36, ROWS = 5, EXTRA = 4 };

static void check(const heed_model *model, heed_tape *tape, const heed_batch *batch) {
    heed_arena arena = {0};
    const size_t size = model->params.size;
    heed_real *grads = heed_alloc(size, sizeof *grads), *other = heed_alloc(size, sizeof *other);
    const double loss = small_loss(model, tape, batch, 0.1, grads);
    const heed_batch padded = small_batch_part(&arena, batch, 0, ROWS, batch->source_length + EXTRA, 1);
    heed_compare_one("loss with padding", 0, small_loss(model, tape, &padded, 0.1, other), loss, 1e-6);
    small_close("gradient with padding", size, other, grads, 1e-5);
    double sum = 0;
    memset(other, 0, size * sizeof *other);
    for (int row = 0; row < ROWS; row++) {
        const heed_batch one = small_batch_part(&arena, batch, row, 1, batch->source_lengths[row], 1);
        sum += small_loss(model, tape, &one, 0.1, other);
    }
    heed_compare_one("loss of single rows", 0, sum, loss, 1e-6);
    small_close("gradient of single rows", size, other, grads, 1e-5);
    const heed_batch empty = small_batch_part(&arena, batch, 0, 0, 0, 0);
    memcpy(other, grads, size * sizeof *other);
    CHECK(small_loss(model, tape, &empty, 0.1, other) == 0);
    CHECK(memcmp(other, grads, size * sizeof *other) == 0);
    heed_free(grads);
    heed_free(other);
    heed_arena_free(&arena);
}

int main(void) {
    heed_rng rng;
    heed_rng_seed(&rng, 3, 1);
    for (int i = 0; i < MODELS; i++) {
        heed_model *model = small_classifier(&rng, (uint64_t)i);
        heed_arena arena = {0};
        heed_tape tape;
        heed_error error = {0};
        if (!model || !CHECK_OK(heed_tape_init(&tape, &error), &error))
            break;
        heed_batch batch = small_batch(&arena, &rng, ROWS, 1 + (int)heed_rng_below(&rng, 9), 1);
        for (int b = 0; b < ROWS; b++)
            batch.target_out[b] = HEED_TOKEN_SPECIALS + (int32_t)heed_rng_below(&rng, SMALL_TARGET_LETTERS);
        check(model, &tape, &batch);
        heed_tape_free(&tape);
        heed_arena_free(&arena);
        heed_model_free(model);
    }
    return heed_test_finish("label_property");
}
