/* GloVe (Pennington, Socher, Manning 2014, https://aclanthology.org/D14-1162/).
 *
 *   J = sum_ij 1/2 f(X_ij) (w_i v_j + b_i + c_j - log X_ij)^2,   f(x) = min(1, (x / x_max)^alpha)
 *
 * over the pairs that occur, in a random order; the vectors of the model are w + v. AdaGrad keeps the sum of squares of
 * every gradient, from 1, at one rate. */
#ifndef HEED_VECTORS_GLOVE_H
#define HEED_VECTORS_GLOVE_H

#include "vectors/vector_method.h"

typedef struct heed_glove_pair {
    int32_t word, context;
    float count; /* X */
} heed_glove_pair;

typedef struct heed_glove {
    heed_glove_pair *pairs; /* [count], shuffled */
    size_t count;
    heed_spool spool;       /* where they are */
    heed_real *w, *v;       /* [V, D + 1]: the vector, then the bias */
    heed_real *sw, *sv;     /* of the same shape: sums of squares */
} heed_glove;

/* The step for one pair, with its J as it was before. */
double heed_glove_step(const heed_vector_training *training, const heed_glove *glove, const heed_glove_pair *pair,
                       double rate);
/* f of a count. */
double heed_glove_weight(const heed_vector_settings *settings, double count);

#endif
