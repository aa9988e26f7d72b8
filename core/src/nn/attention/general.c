/* score(q, k) = q . (W k) (Luong 2015, "general"; also called multiplicative). W [query, key] is applied to the keys,
 * so it is one product per source and not one per step. */
#include "nn/attention/attention.h"

static int declare(heed_params *params, const char *name, int query_size, int key_size, heed_attention *attention)
{
    attention->params[0] = heed_linear_declare(params, name, key_size, query_size, false).weight;
    return 1;
}

static heed_tensor *prepare(heed_tape *tape, const heed_params *params, const heed_attention *attention,
                            heed_tensor *keys)
{
    /* [book:keys] */
    return heed_linear(tape, keys, heed_params_tensor(tape, params, attention->params[0]), NULL);
    /* [/book] */
}

static heed_tensor *apply(heed_tape *tape, const heed_params *params, const heed_attention *attention,
                          heed_tensor *queries, heed_tensor *prepared)
{
    (void)params, (void)attention;
    /* [book:scores] */
    return heed_batch_matmul(tape, queries, prepared, true);
    /* [/book] */
}

const heed_score heed_score_general = {"general", declare, prepare, apply, "any sizes"};
