#include "nn/attention/attention.h"

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

heed_attention_result heed_attention_apply(heed_tape *tape, const heed_params *params, const heed_attention *attention,
                                           heed_tensor *queries, heed_tensor *prepared, heed_tensor *values,
                                           const int32_t *lengths)
{
    heed_tensor *scores_of = attention->score->apply(tape, params, attention, queries, prepared);
    heed_attention_result result;
    if (tape->attention_temperature > 0)
        scores_of = heed_scale(tape, scores_of, 1 / tape->attention_temperature, NULL);
    /* [book:softmax] */
    result.weights = heed_masked_softmax(tape, scores_of, lengths);
    result.context = heed_batch_matmul(tape, result.weights, values, false);
    /* [/book] */
    return result;
}
