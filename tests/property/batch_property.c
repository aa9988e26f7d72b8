/* What a row gives depends on that row only: more padding, and other rows beside it, change nothing. */
#include "small_model.h"

enum { MODELS = 60, ROWS = 5, MAX_OUTPUT = 12, EXTRA = 7 };

/* Loss and gradient of the batch with EXTRA columns of padding on both sides of the model. */
static void padding_changes_nothing(const heed_model *model, heed_tape *tape, const heed_batch *batch, double loss,
                                    const heed_real *grads, heed_real *other) {
    heed_arena arena = {0};
    const heed_batch padded = small_batch_part(&arena, batch, 0, batch->rows, batch->source_length + EXTRA,
                                               batch->target_length + EXTRA);
    memset(other, 0, model->params.size * sizeof *other);
    const double again = small_loss(model, tape, &padded, 0.1, other);
    heed_compare_one("loss with padding", 0, again, loss, 1e-6);
    small_close("gradient with padding", model->params.size, other, grads, 1e-5);
    heed_arena_free(&arena);
}

/* Gradients that are written where nothing is yet, in place of cleared and added to: the same numbers, and what was in
 * the memory before is not seen. */
static void unset_is_the_same(const heed_model *model, heed_tape *tape, const heed_batch *batch,
                              const heed_real *grads, heed_real *other) {
    heed_error error = {0};
    const size_t n = model->params.size;
    for (size_t i = 0; i < n; i++)
        other[i] = (heed_real)NAN;
    tape->unset_grads = heed_alloc((size_t)model->params.count, sizeof *tape->unset_grads);
    tape->recording = true;
    tape->parameter_grads = other;
    heed_params_begin_gradients(&model->params, tape);
    for (int time = 0; time < 2; time++) { /* the second adds */
        heed_tape_reset(tape);
        heed_tensor *loss = model->arch->loss(model, tape, batch, 0.1);
        CHECK_OK(heed_tape_backward(tape, loss, 0.5, &error), &error);
    }
    heed_params_end_gradients(&model->params, tape);
    small_close("gradient written first", n, other, grads, 1e-6);
    heed_free(tape->unset_grads);
    tape->unset_grads = NULL;
}

/* The sum over batches of one row. */
static void rows_add_up(const heed_model *model, heed_tape *tape, const heed_batch *batch, double loss,
                        const heed_real *grads, heed_real *other) {
    heed_arena arena = {0};
    double sum = 0;
    memset(other, 0, model->params.size * sizeof *other);
    for (int row = 0; row < batch->rows; row++) {
        const heed_batch one = small_batch_part(&arena, batch, row, 1, batch->source_lengths[row],
                                                batch->target_lengths[row]);
        sum += small_loss(model, tape, &one, 0.1, other);
    }
    heed_compare_one("loss of single rows", 0, sum, loss, 1e-6);
    small_close("gradient of single rows", model->params.size, other, grads, 1e-5);
    heed_arena_free(&arena);
}

/* A shard may have no rows: its loss is zero and it changes no gradient. */
static void nothing_of_nothing(const heed_model *model, heed_tape *tape, const heed_batch *batch,
                               const heed_real *grads, heed_real *other) {
    heed_arena arena = {0};
    const heed_batch empty = small_batch_part(&arena, batch, 0, 0, 0, 0);
    memcpy(other, grads, model->params.size * sizeof *other);
    CHECK(small_loss(model, tape, &empty, 0.1, other) == 0);
    CHECK(memcmp(other, grads, model->params.size * sizeof *other) == 0);
    heed_arena_free(&arena);
}

static void same_output(const char *what, const int32_t *got, int got_length, const int32_t *want, int want_length) {
    if (heed_test_int(got_length, want_length, __FILE__, __LINE__, what))
        heed_test_report(memcmp(got, want, (size_t)want_length * sizeof *want) == 0, __FILE__, __LINE__, what);
}

static int greedy_output_is_the_same(const heed_model *model, heed_tape *tape, const heed_batch *batch) {
    heed_error error = {0};
    heed_arena arena = {0};
    int32_t whole[ROWS][MAX_OUTPUT], part[ROWS][MAX_OUTPUT], lengths[ROWS], part_lengths[ROWS];
    small_poison(tape);
    CHECK_OK(heed_greedy_decode(model, tape,
                                &(heed_source){batch->rows, batch->source_length, batch->source, NULL, batch->source_lengths},
                                MAX_OUTPUT, whole[0], lengths, &error),
             &error);
    const heed_batch padded =
        small_batch_part(&arena, batch, 0, batch->rows, batch->source_length + EXTRA, batch->target_length);
    small_poison(tape);
    CHECK_OK(heed_greedy_decode(model, tape,
                                &(heed_source){padded.rows, padded.source_length, padded.source, NULL, padded.source_lengths},
                                MAX_OUTPUT, part[0], part_lengths, &error),
             &error);
    int tokens = 0;
    for (int row = 0; row < batch->rows; row++) {
        same_output("greedy with padding", part[row], part_lengths[row], whole[row], lengths[row]);
        tokens += lengths[row];
    }
    for (int row = 0; row < batch->rows; row++) {
        const heed_batch one = small_batch_part(&arena, batch, row, 1, batch->source_lengths[row],
                                                batch->target_lengths[row]);
        small_poison(tape);
        CHECK_OK(heed_greedy_decode(model, tape,
                                    &(heed_source){1, one.source_length, one.source, NULL, one.source_lengths},
                                    MAX_OUTPUT, part[0], part_lengths, &error),
                 &error);
        same_output("greedy of one row", part[0], part_lengths[0], whole[row], lengths[row]);
    }
    heed_arena_free(&arena);
    return tokens;
}

int main(void) {
    heed_rng rng;
    heed_rng_seed(&rng, 1, 1);
    int tokens = 0;
    for (int i = 0; i < MODELS; i++) {
        small_setting set;
        heed_error error = {0};
        if (!small_open_model(&set, small_model_any(&rng, i, 0)))
            break;
        const heed_batch batch =
            small_batch(&set.arena, &rng, ROWS, 1 + (int)heed_rng_below(&rng, 9), 1 + (int)heed_rng_below(&rng, 9));
        heed_real *grads = heed_alloc(set.model->params.size, sizeof *grads);
        heed_real *other = heed_alloc(set.model->params.size, sizeof *other);
        const double loss = small_loss(set.model, &set.tape, &batch, 0.1, grads);
        padding_changes_nothing(set.model, &set.tape, &batch, loss, grads, other);
        unset_is_the_same(set.model, &set.tape, &batch, grads, other);
        rows_add_up(set.model, &set.tape, &batch, loss, grads, other);
        nothing_of_nothing(set.model, &set.tape, &batch, grads, other);
        set.tape.recording = false;
        if (i % 2) /* as a loaded model is */
            CHECK_OK(heed_params_pack(&set.model->params, &error), &error);
        tokens += greedy_output_is_the_same(set.model, &set.tape, &batch);
        heed_free(grads);
        heed_free(other);
        small_close_setting(&set);
    }
    CHECK(tokens > 200); /* the outputs compared were not all empty */
    return heed_test_finish("batch_property");
}
