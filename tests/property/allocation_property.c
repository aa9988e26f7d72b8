/* After warm-up a training step and a decode allocate nothing, and a step of another, smaller size does not either. */
#include "small_model.h"

enum { MODELS = 12, ROWS = 4, MAX_OUTPUT = 10, WARM_UP = 2, MEASURED = 3 };

static void train_step(const heed_model *model, heed_tape *tape, const heed_batch *batch, heed_real *grads) {
    tape->training = true;
    small_loss(model, tape, batch, 0.1, grads);
    tape->training = false;
}

static void decode(const heed_model *model, heed_tape *tape, const heed_batch *batch) {
    heed_error error = {0};
    int32_t out[ROWS * MAX_OUTPUT], lengths[ROWS];
    tape->recording = false;
    CHECK_OK(heed_greedy_decode(model, tape, batch->source, batch->source_lengths, batch->rows, batch->source_length,
                                MAX_OUTPUT, out, lengths, &error),
             &error);
}

int main(void) {
    heed_rng rng;
    heed_rng_seed(&rng, 4, 4);
    for (int i = 0; i < MODELS; i++) {
        small_config config = small_config_random(&rng);
        config.dropout = 0.2;
        heed_model *model = small_model(&config, (uint64_t)i, 0.7);
        heed_arena arena = {0};
        heed_tape tape;
        heed_error error = {0};
        if (!model || !CHECK_OK(heed_tape_init(&tape, &error), &error))
            break;
        const heed_batch batch = small_batch(&arena, &rng, ROWS, 8, 7);
        const heed_batch smaller = small_batch_part(&arena, &batch, 1, 2, 8, 7);
        heed_real *grads = heed_alloc(model->params.size, sizeof *grads);

        uint64_t before = heed_alloc_count();
        train_step(model, &tape, &batch, grads);
        CHECK(heed_alloc_count() > before); /* the count counts */
        for (int k = 1; k < WARM_UP; k++)
            train_step(model, &tape, &batch, grads);
        before = heed_alloc_count();
        for (int k = 0; k < MEASURED; k++) {
            train_step(model, &tape, &batch, grads);
            train_step(model, &tape, &smaller, grads);
        }
        CHECK_INT(heed_alloc_count() - before, 0);

        heed_tape_free(&tape);
        CHECK_OK(heed_tape_init(&tape, &error), &error);
        for (int k = 0; k < WARM_UP; k++)
            decode(model, &tape, &batch);
        before = heed_alloc_count();
        for (int k = 0; k < MEASURED; k++) {
            decode(model, &tape, &batch);
            decode(model, &tape, &smaller);
        }
        CHECK_INT(heed_alloc_count() - before, 0);
        heed_free(grads);
        heed_tape_free(&tape);
        heed_arena_free(&arena);
        heed_model_free(model);
    }
    return heed_test_finish("allocation_property");
}
