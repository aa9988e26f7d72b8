/* After warm-up a training step and a decode allocate nothing, and a step of another, smaller size does not either; a
 * long decode holds no more memory than a short one, unless the model looks back at all steps. */
#include "small_model.h"

enum { MODELS = 12, ROWS = 4, MAX_OUTPUT = 10, WARM_UP = 2, MEASURED = 3, STEPS = 1000 };

static void train_step(const heed_model *model, heed_tape *tape, const heed_batch *batch, heed_real *grads) {
    tape->training = true;
    small_loss(model, tape, batch, 0.1, grads);
    tape->training = false;
}

static void decode(const heed_model *model, heed_tape *tape, const heed_batch *batch) {
    heed_error error = {0};
    int32_t out[ROWS * MAX_OUTPUT], lengths[ROWS];
    tape->recording = false;
    CHECK_OK(heed_greedy_decode(model, tape,
                                &(heed_source){batch->rows, batch->source_length, batch->source, NULL, batch->source_lengths},
                                MAX_OUTPUT, out, lengths, &error),
             &error);
}

/* A step of decoding gives back what it took: the arena stays as large as the first steps made it. */
static void long_decode_stays_flat(const heed_model *model, heed_tape *tape, const heed_batch *batch) {
    heed_error error = {0};
    heed_decoding decoding;
    int32_t previous[ROWS] = {HEED_TOKEN_BOS, HEED_TOKEN_BOS, HEED_TOKEN_BOS, HEED_TOKEN_BOS};
    size_t held = 0;
    heed_tape_reset(tape);
    tape->recording = false;
    CHECK_OK(model->arch->start(model, tape,
                                &(heed_source){ROWS, batch->source_length, batch->source, NULL, batch->source_lengths},
                                1, &decoding, &error),
             &error);
    if (decoding.max_steps > 0)
        return; /* it keeps something of every step */
    for (int t = 0; t < STEPS; t++) {
        if (!CHECK_OK(model->arch->step(model, tape, &decoding, previous, &error), &error))
            return;
        if (t == 0)
            held = heed_arena_bytes(&tape->arena);
    }
    CHECK_INT(heed_arena_bytes(&tape->arena), held);
}

int main(void) {
    heed_rng rng;
    heed_rng_seed(&rng, 4, 4);
    for (int i = 0; i < MODELS; i++) {
        small_setting set;
        heed_error error = {0};
        if (!small_open_model(&set, small_model_any(&rng, i, 0.2)))
            break;
        const heed_batch batch = small_batch(&set.arena, &rng, ROWS, 8, 7);
        const heed_batch smaller = small_batch_part(&set.arena, &batch, 1, 2, 8, 7);
        heed_real *grads = heed_alloc(set.model->params.size, sizeof *grads);

        uint64_t before = heed_alloc_count();
        train_step(set.model, &set.tape, &batch, grads);
        CHECK(heed_alloc_count() > before); /* the count counts */
        for (int k = 1; k < WARM_UP; k++)
            train_step(set.model, &set.tape, &batch, grads);
        before = heed_alloc_count();
        for (int k = 0; k < MEASURED; k++) {
            train_step(set.model, &set.tape, &batch, grads);
            train_step(set.model, &set.tape, &smaller, grads);
        }
        CHECK_INT(heed_alloc_count() - before, 0);

        heed_tape_free(&set.tape);
        CHECK_OK(heed_tape_init(&set.tape, &error), &error);
        for (int k = 0; k < WARM_UP; k++)
            decode(set.model, &set.tape, &batch);
        before = heed_alloc_count();
        for (int k = 0; k < MEASURED; k++) {
            decode(set.model, &set.tape, &batch);
            decode(set.model, &set.tape, &smaller);
        }
        CHECK_INT(heed_alloc_count() - before, 0);
        long_decode_stays_flat(set.model, &set.tape, &batch);

        CHECK_OK(heed_params_settle(&set.model->params, true, &error), &error); /* the same with int8 */
        for (int k = 0; k < WARM_UP; k++)
            decode(set.model, &set.tape, &batch);
        before = heed_alloc_count();
        for (int k = 0; k < MEASURED; k++) {
            decode(set.model, &set.tape, &batch);
            decode(set.model, &set.tape, &smaller);
        }
        CHECK_INT(heed_alloc_count() - before, 0);
        long_decode_stays_flat(set.model, &set.tape, &batch);
        heed_free(grads);
        small_close_setting(&set);
    }
    return heed_test_finish("allocation_property");
}
