/* score(q, position) = w_position . q (Luong 2015, "location"): the query alone says where to look, whatever stands
 * there. There is a row of W for every position up to HEED_LOCATIONS. */
#include "nn/attention/attention.h"

static int declare(heed_params *params, const char *name, int query_size, int key_size, heed_attention *attention)
{
    (void)key_size;
    attention->params[0] = heed_linear_declare(params, name, query_size, HEED_LOCATIONS, false).weight;
    return 1;
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
    if (!heed_tensor_ok(prepared) || !heed_tensor_ok(queries))
        return &tape->invalid;
    const int keys = prepared->dims[1];
    if (keys > HEED_LOCATIONS)
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "location: %d positions; the score knows %d", keys, HEED_LOCATIONS);
    heed_tensor *all = heed_params_tensor(tape, params, attention->params[0]);
    return heed_linear(tape, queries, heed_tensor_first(tape, all, keys), NULL);
}

const heed_score heed_score_location = {"location", declare, prepare, apply, "any sizes"};
