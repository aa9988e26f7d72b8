/* Continuous bag of words (Mikolov, Chen, Corrado, Dean 2013): the mean of the vectors around a word predicts it.
 *
 *   h    = 1/C sum_c w_c              over the C words of the window but the one in the middle   [D]
 *   J    = that of heed_negative_step
 *   dw_c = dh / C
 *
 * word2vec.c leaves out the 1/C of the gradient; with it CBOW is as good as skip-gram (Irsoy, Benton, Stratos 2021,
 * https://arxiv.org/abs/2012.15332), at a rate that is higher accordingly. */
#include <string.h>

#include "vectors/windows.h"

void heed_cbow_step(const heed_vector_training *training, heed_vector_worker *worker, const int32_t *line, int center,
                    int first, int last)
{
    const heed_kernels *kernels = training->kernels;
    const size_t dim = (size_t)training->dim;
    const heed_real share = (heed_real)1 / (heed_real)(last - first);
    memset(worker->hidden, 0, dim * sizeof *worker->hidden);
    memset(worker->change, 0, dim * sizeof *worker->change);
    /* [book:cbow] */
    for (int c = first; c <= last; c++)
        if (c != center)
            kernels->axpy(dim, share, training->input + (size_t)line[c] * dim, worker->hidden);
    heed_negative_step(training, worker, worker->hidden, worker->change);
    for (int c = first; c <= last; c++)
        if (c != center)
            kernels->axpy(dim, share, worker->change, training->input + (size_t)line[c] * dim);
    /* [/book] */
    worker->examples++;
}

static void learn(const heed_vector_training *training, heed_vector_worker *worker, const int32_t *line, int center,
                  int first, int last)
{
    heed_negative_draw(training, worker, line[center]);
    heed_cbow_step(training, worker, line, center, first, last);
}

static void step(const heed_vector_training *training, heed_vector_worker *worker, int64_t index)
{
    heed_windows_step(training, worker, index, learn);
}

const heed_vector_method heed_vectors_cbow = {
    .name = "cbow",
    .fields = heed_window_fields,
    .defaults = {.rate = 0.075, HEED_WINDOW_DEFAULTS},
    .prepare = heed_windows_prepare,
    .step = step,
    .release = heed_windows_release,
};
