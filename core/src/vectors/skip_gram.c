/* Skip-gram (Mikolov, Sutskever, Chen, Corrado, Dean 2013): the vector of a word predicts each of the words around it.
 *
 *   h    = w_center                  [D]
 *   J    = that of heed_negative_step, for every word of the window by itself
 *   dw   = dh */
#include <string.h>

#include "vectors/windows.h"

void heed_skip_gram_step(const heed_vector_training *training, heed_vector_worker *worker, int32_t word)
{
    const size_t dim = (size_t)training->dim;
    /* [book:skip-gram] */
    heed_real *vector = training->input + (size_t)word * dim;
    memset(worker->change, 0, dim * sizeof *worker->change);
    heed_negative_step(training, worker, vector, worker->change);
    training->kernels->axpy(dim, 1, worker->change, vector);
    /* [/book] */
    worker->examples++;
}

static void learn(const heed_vector_training *training, heed_vector_worker *worker, const int32_t *line, int center,
                  int first, int last)
{
    for (int c = first; c <= last; c++) {
        if (c == center)
            continue;
        heed_negative_draw(training, worker, line[c]);
        heed_skip_gram_step(training, worker, line[center]);
    }
}

static void step(const heed_vector_training *training, heed_vector_worker *worker, int64_t index)
{
    heed_windows_step(training, worker, index, learn);
}

const heed_vector_method heed_vectors_skip_gram = {
    .name = "skip_gram",
    .fields = heed_window_fields,
    .defaults = {.rate = 0.025, HEED_WINDOW_DEFAULTS},
    .prepare = heed_windows_prepare,
    .step = step,
    .release = heed_windows_release,
};
