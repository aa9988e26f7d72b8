/* The steps of word vectors: loss and gradients (a step at rate 1 subtracts them), and GloVe's steps of AdaGrad. */
#include "golden_parts.h"

#include "vectors/glove.h"
#include "vectors/windows.h"

static void check_glove(const golden_case *test, heed_vector_training *training, size_t size) {
    const size_t pairs = golden_find(test, "words")->count;
    const int32_t *words = golden_ints(test, "words", pairs), *contexts = golden_ints(test, "contexts", pairs);
    const heed_real *counts = golden_reals(test, "counts", pairs);
    heed_real *sums = heed_arena_alloc(&test->file->arena, 2 * size * sizeof *sums);
    heed_real *losses = heed_arena_alloc(&test->file->arena, pairs * sizeof *losses);
    if (!CHECK(sums && losses))
        return;
    training->dim--; /* the last column is the bias */
    for (size_t i = 0; i < 2 * size; i++)
        sums[i] = 1;
    const heed_glove glove = {.w = training->input, .v = training->output, .sw = sums, .sv = sums + size};
    for (size_t i = 0; i < pairs; i++) {
        const heed_glove_pair pair = {words[i], contexts[i], (float)counts[i]};
        losses[i] = (heed_real)heed_glove_step(training, &glove, &pair, 0.05);
    }
    golden_compare(test, "losses", losses, pairs);
    golden_compare(test, "after.input", training->input, size);
    golden_compare(test, "after.output", training->output, size);
    golden_compare(test, "sums.input", sums, size);
    golden_compare(test, "sums.output", sums + size, size);
}

/* before - after, in place */
static void compare_change(const golden_case *test, const char *name, const char *before, heed_real *values, size_t size) {
    const heed_real *old = golden_reals(test, before, size);
    for (size_t i = 0; i < size; i++)
        values[i] = old[i] - values[i];
    golden_compare(test, name, values, size);
}

static void check_windows(const golden_case *test, heed_vector_training *training, size_t size) {
    const heed_safetensor *line = golden_find(test, "line"), *targets = golden_find(test, "targets");
    const size_t dim = (size_t)training->dim;
    heed_vector_worker worker = {.rate = 1, .chance = 1, .target_count = (int)targets->count};
    worker.targets = golden_ints(test, "targets", targets->count);
    worker.hidden = heed_arena_alloc(&test->file->arena, dim * sizeof *worker.hidden);
    worker.change = heed_arena_alloc(&test->file->arena, dim * sizeof *worker.change);
    worker.scores = heed_arena_alloc(&test->file->arena, targets->count * sizeof *worker.scores);
    const int32_t *words = golden_ints(test, "line", line->count);
    if (!CHECK(worker.targets && worker.hidden && worker.change && worker.scores))
        return;
    if (strcmp(test->file->name, "cbow") == 0)
        heed_cbow_step(training, &worker, words, golden_int(test, "center", 0), 0, (int)line->count - 1);
    else
        heed_skip_gram_step(training, &worker, words[0]);
    const heed_real loss = (heed_real)heed_negative_loss(&worker);
    golden_compare(test, "loss", &loss, 1);
    compare_change(test, "grad.input", "input", training->input, size);
    compare_change(test, "grad.output", "output", training->output, size);
}

void golden_check_vectors(const golden_case *test) {
    const heed_safetensor *input = golden_find(test, "input");
    if (!CHECK(input != NULL && input->rank == 2))
        return;
    heed_vector_training training = {.dim = (int)input->dims[1], .words = (int)input->dims[0],
                                     .kernels = heed_kernels_active(),
                                     .input = golden_reals(test, "input", input->count),
                                     .output = golden_reals(test, "output", input->count)};
    training.recipe.settings = (heed_vector_settings){.x_max = 100, .alpha = 0.75};
    (strcmp(test->file->name, "glove") == 0 ? check_glove : check_windows)(test, &training, input->count);
}
