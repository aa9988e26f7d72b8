/* Hard attention (Xu 2015): one key instead of a mixture. The choice has no gradient, so the weights learn by
 * reinforcement (Williams 1992): a choice that cost less than expected becomes more likely. */
#include <stdio.h>

#include "nn/attention/attention.h"

void heed_attention_make_hard(heed_params *params, const char *name, int query_size, heed_attention *attention)
{
    char full[96];
    snprintf(full, sizeof full, "%s.baseline", name);
    attention->hard = true;
    attention->baseline = heed_linear_declare(params, full, query_size, 1, true);
}

static int32_t most_likely(const heed_real *weights, int keys)
{
    int32_t best = 0;
    for (int32_t k = 1; k < keys; k++)
        if (weights[k] > weights[best])
            best = k;
    return best;
}

/* Rounding may leave the sum short of the draw: then the last key that can be chosen at all. */
static int32_t draw(heed_rng *rng, const heed_real *weights, int keys)
{
    double left = 0;
    int32_t last = 0;
    for (int32_t k = 0; k < keys; k++)
        left += (double)weights[k];
    left *= heed_rng_uniform(rng);
    for (int32_t k = 0; k < keys; k++) {
        if (weights[k] > 0)
            last = k;
        left -= (double)weights[k];
        if (left < 0 && weights[k] > 0)
            return k;
    }
    return last;
}

heed_tensor *heed_choose(heed_tape *tape, const heed_tensor *weights, int32_t **choices)
{
    const int n = (int)heed_tensor_rows(weights), keys = heed_tensor_last(weights);
    heed_tensor *one = heed_tensor_new(tape, false, weights->rank, weights->dims);
    *choices = heed_tape_alloc(tape, (size_t)n, sizeof **choices);
    if (!heed_tensor_ok(one) || !*choices)
        return &tape->invalid;
    for (int i = 0; i < n && keys > 0; i++) {
        const heed_real *row = weights->data + (size_t)i * keys;
        (*choices)[i] = tape->training ? draw(&tape->rng, row, keys) : most_likely(row, keys);
        one->data[(size_t)i * keys + (*choices)[i]] = row[(*choices)[i]] > 0; /* a row without keys has no choice */
    }
    return one;
}

/* -log p of the target at every step [B, T], as a constant. */
static heed_tensor *costs_of(heed_tape *tape, const heed_tensor *logits, const int32_t *targets)
{
    const int n = (int)heed_tensor_rows(logits), vocabulary = heed_tensor_last(logits);
    heed_tensor *costs = heed_tensor_new_dirty(tape, false, 1, &n);
    heed_real *scratch = heed_tape_alloc(tape, (size_t)vocabulary, sizeof *scratch);
    if (!heed_tensor_ok(costs) || !scratch)
        return &tape->invalid;
    for (int i = 0; i < n; i++) {
        const heed_real *row = logits->data + (size_t)i * vocabulary;
        costs->data[i] = tape->kernels->softmax((size_t)vocabulary, row, scratch) - row[targets[i]];
    }
    return costs;
}

heed_tensor *heed_reinforce_attention(heed_tape *tape, const heed_params *params, const heed_attention *attention,
                                      const heed_attention_result *chosen, const heed_tensor *queries,
                                      const heed_tensor *logits, const int32_t *targets, const int32_t *lengths)
{
    if (!heed_tensor_ok(queries) || !heed_tensor_ok(logits) || !heed_tensor_ok(chosen->distribution))
        return &tape->invalid;
    heed_tensor *states = heed_tensor_view(tape, queries->data, NULL, queries->rank, queries->dims);
    heed_tensor *baseline = heed_linear_apply(tape, params, &attention->baseline, states);
    heed_tensor *costs = costs_of(tape, logits, targets);
    if (!heed_tensor_ok(baseline) || !heed_tensor_ok(costs))
        return &tape->invalid;
    const int n = costs->dims[0];
    heed_tensor *advantage = heed_tensor_new_dirty(tape, false, 1, &n);
    for (int i = 0; heed_tensor_ok(advantage) && i < n; i++)
        advantage->data[i] = costs->data[i] - baseline->data[i];
    heed_tensor *y = heed_reinforce(tape, chosen->distribution, advantage, baseline, costs, chosen->choices, lengths);
    if (heed_tensor_ok(y))
        y->data[0] = 0; /* its gradient is wanted, its value is no part of the loss */
    return y;
}
