#include "nn/attention/attention.h"

#include <stdio.h>

#include "base/registry.h"

static const heed_score *const scores[] = {
#define HEED_SCORE(name) &heed_score_##name,
#include "nn/attention/scores.def"
#undef HEED_SCORE
};

const char heed_score_names[] =
#define HEED_SCORE(name) #name " "
#include "nn/attention/scores.def"
#undef HEED_SCORE
    ;

HEED_FIND_BY_NAME(heed_score, heed_score_find, scores)

void heed_attention_make_local(heed_params *params, const char *name, int query_size, heed_locality locality, int reach,
                               heed_attention *attention)
{
    char full[96];
    attention->locality = locality;
    attention->reach = reach;
    if (locality != HEED_LOCAL_PREDICTIVE)
        return;
    snprintf(full, sizeof full, "%s.place", name);
    attention->place = heed_linear_declare(params, full, query_size, query_size, false);
    snprintf(full, sizeof full, "%s.place_v", name);
    attention->place_v = heed_linear_declare(params, full, query_size, 1, false);
}

/* (length - 1) sigmoid(z), for looking at. */
static heed_tensor *place_of(heed_tape *tape, const heed_tensor *z, const int32_t *lengths, int keys)
{
    if (!heed_tensor_ok(z))
        return &tape->invalid;
    heed_tensor *place = heed_sigmoid(tape, heed_tensor_view(tape, z->data, NULL, z->rank, z->dims));
    for (int i = 0; heed_tensor_ok(place) && i < z->dims[0] * z->dims[1]; i++)
        place->data[i] *= (heed_real)((lengths ? lengths[i / z->dims[1]] : keys) - 1);
    return place;
}

static void attend_locally(heed_tape *tape, const heed_params *params, const heed_attention *attention,
                           heed_tensor *queries, const int32_t *lengths, int first, heed_attention_result *result)
{
    heed_tensor *z = NULL;
    if (attention->locality == HEED_LOCAL_PREDICTIVE) {
        heed_tensor *hidden = heed_tanh(tape, heed_linear_apply(tape, params, &attention->place, queries));
        z = heed_linear_apply(tape, params, &attention->place_v, hidden);
    }
    result->weights = heed_local_softmax(tape, result->scores, z, lengths, first, attention->reach);
    if (z && tape->trace && heed_tensor_ok(result->weights))
        result->place = place_of(tape, z, lengths, result->weights->dims[2]);
}

/* Local, hard, or both. */
static heed_attention_result look_at_few(heed_tape *tape, const heed_params *params, const heed_attention *attention,
                                         heed_tensor *queries, heed_tensor *scores_of, heed_tensor *values,
                                         const int32_t *lengths, int first)
{
    heed_attention_result result = {.scores = scores_of};
    if (attention->locality != HEED_GLOBAL)
        attend_locally(tape, params, attention, queries, lengths, first, &result);
    else
        result.weights = heed_masked_softmax(tape, scores_of, lengths);
    if (attention->hard && heed_tensor_ok(result.weights)) {
        result.distribution = result.weights;
        result.weights = heed_choose(tape, result.distribution, &result.choices);
    }
    result.context = heed_batch_matmul(tape, result.weights, values, false);
    return result;
}

heed_attention_result heed_attention_apply(heed_tape *tape, const heed_params *params, const heed_attention *attention,
                                           heed_tensor *queries, heed_tensor *prepared, heed_tensor *values,
                                           const int32_t *lengths, int first)
{
    heed_tensor *scores_of = attention->score->apply(tape, params, attention, queries, prepared);
    heed_attention_result result = {0};
    if (tape->attention_temperature > 0)
        scores_of = heed_scale(tape, scores_of, 1 / tape->attention_temperature, NULL);
    if (attention->locality != HEED_GLOBAL || attention->hard)
        return look_at_few(tape, params, attention, queries, scores_of, values, lengths, first);
    result.scores = scores_of;
    /* [book:softmax] */
    result.weights = heed_masked_softmax(tape, scores_of, lengths);
    result.context = heed_batch_matmul(tape, result.weights, values, false);
    /* [/book] */
    return result;
}
