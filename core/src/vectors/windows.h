/* What CBOW and skip-gram share (Mikolov, Chen, Corrado, Dean 2013, https://arxiv.org/abs/1301.3781; Mikolov,
 * Sutskever, Chen, Corrado, Dean 2013, https://arxiv.org/abs/1310.4546): frequent words are dropped at random, a window
 * slides over what is left of a line, and of each example the right word is told from words drawn at random. */
#ifndef HEED_VECTORS_WINDOWS_H
#define HEED_VECTORS_WINDOWS_H

#include "vectors/vector_method.h"

extern const char *const heed_window_fields[];
#define HEED_WINDOW_DEFAULTS                                                                              \
    .batch = 10000, .epochs = 5, .window = 5, .dynamic = true, .negative = 5, .subsample = 1e-3, .power = 0.75

heed_status heed_windows_prepare(heed_vector_training *training, heed_error *error);
void heed_windows_release(heed_vector_training *training);

/* The word at `center` of line[0..n) and the words at first .. last beside it. */
typedef void heed_window_use(const heed_vector_training *training, heed_vector_worker *worker, const int32_t *line,
                             int center, int first, int last);
/* Calls `use` for every word of step `index` that subsampling kept and that has a neighbour. */
void heed_windows_step(const heed_vector_training *training, heed_vector_worker *worker, int64_t index,
                       heed_window_use *use);

/* Copies to out[] what subsampling leaves of line[0..n); returns how much. */
int heed_windows_subsample(const heed_vector_training *training, heed_rng *rng, const int32_t *line, int n, int32_t *out);
/* The chance of each word to stay: min(1, sqrt(t / f) + t / f) with f its share of the text, as in word2vec.c (the
 * paper has sqrt(t / f)). */
double heed_windows_keep_chance(const heed_vector_settings *settings, int64_t count, int64_t tokens);
/* How far the window reaches to either side of a word. */
static inline int heed_windows_radius(const heed_vector_settings *settings, heed_rng *rng)
{
    return settings->dynamic ? 1 + (int)heed_rng_below(rng, (uint32_t)settings->window) : (int)settings->window;
}

/* targets = {right, wrong ones}: drawn by count^power (Walker's alias method); one that is the right word is left
 * out. */
void heed_negative_draw(const heed_vector_training *training, heed_vector_worker *worker, int32_t right);
/* One step down the gradient of J = -log s(u_0 h) - sum_j log s(-u_j h), s the sigmoid, over the worker's targets:
 *     u_j -= rate (s(u_j h) - [j = 0]) h,   change -= rate sum_j (s(u_j h) - [j = 0]) u_j
 * with the vectors as they were before; adds J to the worker's loss. */
void heed_negative_step(const heed_vector_training *training, heed_vector_worker *worker, const heed_real *hidden,
                        heed_real *change);
/* An example of either method; the worker's targets are drawn. */
void heed_cbow_step(const heed_vector_training *training, heed_vector_worker *worker, const int32_t *line, int center,
                    int first, int last);
void heed_skip_gram_step(const heed_vector_training *training, heed_vector_worker *worker, int32_t word);
/* The loss of all examples so far, nats. */
double heed_negative_loss(heed_vector_worker *worker);

#endif
