/* score(q, k) = b cos(q, k), b learned (content-based addressing of Graves, Wayne and Danihelka 2014). Cosines lie in
 * -1..1, so that b says how sharp the softmax can be; it begins at 10 (Gidaris and Komodakis 2018). */
#include <stdio.h>

#include "nn/attention/attention.h"

static int declare(heed_params *params, const char *name, int query_size, int key_size, heed_attention *attention)
{
    char full[96];
    snprintf(full, sizeof full, "%s.sharpness", name);
    attention->params[0] = heed_params_declare(params, full, HEED_INIT_CONSTANT, 10, false, 1, (int[]){1});
    return query_size == key_size;
}

static heed_tensor *prepare(heed_tape *tape, const heed_params *params, const heed_attention *attention,
                            heed_tensor *keys)
{
    (void)params, (void)attention;
    return heed_unit(tape, keys);
}

static heed_tensor *apply(heed_tape *tape, const heed_params *params, const heed_attention *attention,
                          heed_tensor *queries, heed_tensor *prepared)
{
    heed_tensor *cosines = heed_batch_matmul(tape, heed_unit(tape, queries), prepared, true);
    return heed_scale(tape, cosines, 1, heed_params_tensor(tape, params, attention->params[0]));
}

const heed_score heed_score_cosine = {"cosine", declare, prepare, apply, "query and key must have the same size"};
