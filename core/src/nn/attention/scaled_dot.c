/* score(q, k) = q . k / sqrt(size) (Vaswani 2017): the products of long vectors would saturate the softmax. */
#include <math.h>

#include "nn/attention/attention.h"

static int declare(heed_params *params, const char *name, int query_size, int key_size, heed_attention *attention)
{
    (void)params, (void)name, (void)attention;
    return query_size == key_size;
}

static heed_tensor *prepare(heed_tape *tape, const heed_params *params, const heed_attention *attention,
                            heed_tensor *keys)
{
    (void)tape, (void)params, (void)attention;
    return keys;
}

static heed_tensor *apply(heed_tape *tape, const heed_params *params, const heed_attention *attention,
                          heed_tensor *queries, heed_tensor *prepared)
{
    (void)params, (void)attention;
    const double size = heed_tensor_last(queries);
    return heed_scale(tape, heed_batch_matmul(tape, queries, prepared, true), 1 / sqrt(size), NULL);
}

const heed_score heed_score_scaled_dot = {"scaled_dot", declare, prepare, apply,
                                          "query and key must have the same size"};
