/* Skip-gram (Mikolov, Sutskever, Chen, Corrado, Dean 2013): the vector of a word predicts each of the words around it.
 *
 *   h    = w_center                  [D]
 *   J    = that of heed_negative_step, for every word of the window by itself
 *   dw   = dh */
#include <string.h>

#include "vectors/windows.h"

static void learn(const heed_vector_training *training, heed_vector_worker *worker, const int32_t *line, int center,
                  int first, int last)
{
    const size_t dim = (size_t)training->dim;
    /* [book:skip-gram] */
    heed_real *word = training->input + (size_t)line[center] * dim;
    for (int c = first; c <= last; c++) {
        if (c == center)
            continue;
        memset(worker->change, 0, dim * sizeof *worker->change);
        heed_negative_draw(training, worker, line[c]);
        heed_negative_step(training, worker, word, worker->change);
        training->kernels->axpy(dim, 1, worker->change, word);
        worker->examples++;
    }
    /* [/book] */
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
