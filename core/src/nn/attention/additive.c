/* score(q, k) = v . tanh(Wq q + Wk k) (Bahdanau, Cho and Bengio 2015; also called concat, since it is a one-layer
 * network on [q; k]). It works in a space of the query's size. */
#include <math.h>
#include <stdio.h>

#include "nn/attention/attention.h"

enum { QUERY, KEY, V };

static int declare(heed_params *params, const char *name, int query_size, int key_size, heed_attention *attention)
{
    char full[96];
    snprintf(full, sizeof full, "%s.query", name);
    attention->params[QUERY] = heed_linear_declare(params, full, query_size, query_size, false).weight;
    snprintf(full, sizeof full, "%s.key", name);
    attention->params[KEY] = heed_linear_declare(params, full, key_size, query_size, false).weight;
    snprintf(full, sizeof full, "%s.v", name);
    attention->params[V] = heed_params_declare(params, full, HEED_INIT_UNIFORM,
                                               query_size > 0 ? 1 / sqrt((double)query_size) : 0, false, 1, &query_size);
    return 1;
}

static heed_tensor *prepare(heed_tape *tape, const heed_params *params, const heed_attention *attention,
                            heed_tensor *keys)
{
    return heed_linear(tape, keys, heed_params_tensor(tape, params, attention->params[KEY]), NULL);
}

static heed_tensor *apply(heed_tape *tape, const heed_params *params, const heed_attention *attention,
                          heed_tensor *queries, heed_tensor *prepared)
{
    heed_tensor *query = heed_linear(tape, queries, heed_params_tensor(tape, params, attention->params[QUERY]), NULL);
    return heed_additive_score(tape, query, prepared, heed_params_tensor(tape, params, attention->params[V]));
}

const heed_score heed_score_additive = {"additive", declare, prepare, apply, "any sizes"};
