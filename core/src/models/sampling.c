/* Drawing a token: the temperature makes the distribution sharper or flatter, top-k (Fan, Lewis and Dauphin 2018) keeps
 * the k likeliest tokens, top-p, the nucleus (Holtzman et al. 2020), the fewest likeliest that together have the
 * probability p. What is kept is drawn in proportion. */
#include <math.h>

#include "models/generation.h"

/* Whether a comes before b: the likelier first, of equals the one with the lower id. */
static bool before(const heed_real *logits, int32_t a, int32_t b)
{
    return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
}

/* Restores the heap order[0..n), whose first is before all others, below its place `at`. */
static void sink(const heed_real *logits, int32_t *order, int n, int at)
{
    for (int child; (child = 2 * at + 1) < n; at = child) {
        child += child + 1 < n && before(logits, order[child + 1], order[child]);
        if (!before(logits, order[child], order[at]))
            return;
        const int32_t token = order[at];
        order[at] = order[child];
        order[child] = token;
    }
}

/* Moves the likeliest tokens of order[0..n) to its end, the likeliest last, until `top_k` are there or their weights
 * reach `enough`; how many. */
static int take_best(const heed_real *logits, const heed_real *weights, int32_t *order, int n, int top_k, double enough)
{
    int taken = 0;
    double sum = 0;
    for (int at = n / 2 - 1; at >= 0; at--)
        sink(logits, order, n, at);
    while (taken < top_k && taken < n && (taken == 0 || sum < enough)) {
        const int last = n - 1 - taken++;
        const int32_t best = order[0];
        order[0] = order[last];
        order[last] = best;
        sum += (double)weights[best];
        sink(logits, order, last, 0);
    }
    return taken;
}

static double sum_of(const heed_real *weights, const int32_t *tokens, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += (double)weights[tokens[i]];
    return sum;
}

static double chance_of(const heed_real *weights, const int32_t *kept, int n, double sum, int32_t token)
{
    for (int i = 0; i < n; i++)
        if (kept[i] == token)
            return (double)weights[token] / sum;
    return 0;
}

void heed_generation_draw(heed_generation *g, const heed_real *logits, heed_generation_step *step, int32_t *token)
{
    const heed_generate_options *options = &g->options;
    heed_real *weights = g->probabilities;
    int32_t *kept = g->order;
    int n = 0;
    for (int32_t v = 0; v < g->decoding.vocabulary; v++)
        if (heed_generation_may_follow(g, v))
            kept[n++] = v;
    /* [book:sampling] */
    const double highest = (double)logits[step->candidates[0]];
    for (int i = 0; i < n; i++)
        weights[kept[i]] = (heed_real)exp(((double)logits[kept[i]] - highest) / options->temperature);
    if (options->top_k > 0 && options->top_k < n) {
        const int taken = take_best(logits, weights, kept, n, options->top_k, INFINITY);
        kept += n - taken;
        n = taken;
    }
    if (options->top_p > 0 && options->top_p < 1) {
        const int taken = take_best(logits, weights, kept, n, n, options->top_p * sum_of(weights, kept, n));
        kept += n - taken;
        n = taken;
    }
    const double sum = sum_of(weights, kept, n);
    double left = heed_rng_uniform(&g->tape.rng) * sum;
    *token = step->candidates[0]; /* where rounding leaves nothing */
    for (int i = 0; i < n && left >= 0; i++) {
        left -= (double)weights[kept[i]];
        if (left < 0)
            *token = kept[i];
    }
    /* [/book] */
    for (int i = 0; i < step->candidate_count; i++)
        step->chances[i] = chance_of(weights, kept, n, sum, step->candidates[i]);
    step->chance = chance_of(weights, kept, n, sum, *token);
}
