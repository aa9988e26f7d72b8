/* Beam search. Row r of the decoder holds hypothesis live[r]; a step extends every live hypothesis by every token, and
 * the best `beam` of all extensions live on. One that ends leaves its place. Greedy search is a beam of one, and so are
 * drawn and given outputs, whose token is another than the best. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/power.h"
#include "models/generation.h"

/* An extension of row `row` by `token`. */
typedef struct extension {
    double sum;
    int row;
    int32_t token;
} extension;

/* Inserts into a list kept best first; `count` of at most `limit`. */
static int keep_best(extension *list, int count, int limit, extension candidate)
{
    int at = count;
    while (at > 0 && list[at - 1].sum < candidate.sum)
        at--;
    if (at == limit)
        return count;
    const int last = count < limit ? count : limit - 1;
    memmove(list + at + 1, list + at, (size_t)(last - at) * sizeof *list);
    list[at] = candidate;
    return last + 1;
}

/* The best five of a row's distribution and its attention, shared by all nodes that extend the row. */
static heed_status describe_row(heed_generation *g, int row, double log_sum, heed_generation_step *step,
                                heed_error *error)
{
    const int vocabulary = g->decoding.vocabulary, length = g->decoding.source_length;
    const heed_real *logits = g->decoding.logits + (size_t)row * vocabulary;
    extension best[HEED_CANDIDATES];
    int count = 0;
    for (int32_t v = 0; v < vocabulary; v++)
        if (heed_generation_may_follow(g, v))
            count = keep_best(best, count, HEED_CANDIDATES, (extension){(double)logits[v], row, v});
    step->candidate_count = count;
    for (int i = 0; i < count; i++) {
        step->candidates[i] = best[i].token;
        step->probabilities[i] = exp(best[i].sum - log_sum);
    }
    if (!g->decoding.attention)
        return HEED_OK;
    float *attention = heed_arena_alloc(&g->arena, (size_t)length * sizeof *attention);
    if (!attention)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: attention weights");
    for (int k = 0; k < length; k++)
        attention[k] = (float)g->decoding.attention[(size_t)row * g->decoding.source_length + k];
    step->attention = attention;
    return HEED_OK;
}

static double score_of(const heed_generation *g, const heed_beam_node *node)
{
    return g->options.length_penalty > 0 ? node->sum / heed_power(node->depth, g->options.length_penalty) : node->sum;
}

static int rank_in(heed_beam_hypothesis *list, int count, heed_beam_hypothesis hypothesis)
{
    int at = count;
    for (; at > 0 && list[at - 1].score < hypothesis.score; at--)
        list[at] = list[at - 1];
    list[at] = hypothesis;
    return count + 1;
}

/* Ended and live hypotheses together, the best `beam` of them. */
static void rank(heed_generation *g)
{
    g->ranked_count = 0;
    for (int i = 0; i < g->ended_count; i++)
        g->ranked[g->ranked_count++] = g->ended[i];
    for (int row = 0; row < g->live_count; row++)
        g->ranked_count = rank_in(g->ranked, g->ranked_count,
                                  (heed_beam_hypothesis){g->live[row], score_of(g, g->live[row]), false});
    if (g->ranked_count > g->beam)
        g->ranked_count = g->beam;
}

/* Over when nothing lives, at the length limit, or when enough ended and no live one is ahead of them: a sum of log
 * probabilities only falls, so without a length penalty none could overtake. With one a sum may still rise as it is
 * divided by more; to wait for that would be to run to the limit every time. */
static bool is_over(const heed_generation *g)
{
    if (g->live_count == 0 || g->steps >= g->options.max_length)
        return true;
    if (g->ended_count < g->beam)
        return false;
    double best_live = -INFINITY;
    for (int row = 0; row < g->live_count; row++)
        best_live = fmax(best_live, score_of(g, g->live[row]));
    return best_live <= g->ended[g->beam - 1].score;
}

static int rank_of(const heed_generation *g, int row, int32_t token)
{
    const heed_real *logits = g->decoding.logits + (size_t)row * g->decoding.vocabulary;
    int rank = 1;
    for (int32_t v = 0; v < g->decoding.vocabulary; v++)
        rank += heed_generation_may_follow(g, v) && logits[v] > logits[token];
    return rank;
}

/* A hypothesis one token longer. */
static const heed_beam_node *new_node(heed_generation *g, const extension *by, const heed_generation_step *row,
                                      heed_error *error)
{
    heed_beam_node *node = heed_arena_alloc(&g->arena, sizeof *node);
    if (!node) {
        heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a hypothesis");
        return NULL;
    }
    const heed_beam_node *parent = g->live[by->row];
    *node = (heed_beam_node){.parent = parent, .before = g->newest, .number = g->newest ? g->newest->number + 1 : 0,
                             .step = *row, .sum = by->sum, .depth = parent ? parent->depth + 1 : 1};
    node->step.token = by->token;
    node->step.log_probability = by->sum - (parent ? parent->sum : 0);
    node->step.rank = rank_of(g, by->row, by->token);
    g->newest = node;
    return node;
}

/* The best 2 beam extensions of all live rows, and what is common to the extensions of each row. Twice the beam, since
 * as many may end. Where tokens are drawn or given there is one row and one extension. */
static heed_status find_extensions(heed_generation *g, heed_generation_step *rows, extension *best, int *count,
                                   heed_error *error)
{
    const int vocabulary = g->decoding.vocabulary;
    *count = 0;
    for (int row = 0; row < g->live_count; row++) {
        const heed_real *logits = g->decoding.logits + (size_t)row * vocabulary;
        const double log_sum = (double)g->tape.kernels->softmax((size_t)vocabulary, logits, g->probabilities);
        const double sum = g->live[row] ? g->live[row]->sum : 0;
        if (!isfinite(log_sum))
            return heed_fail(error, HEED_ERROR_NUMERIC, "step %d: the model's output is not a number", g->steps + 1);
        HEED_TRY(describe_row(g, row, log_sum, &rows[row], error));
        int32_t only = g->forced ? g->forced[g->steps] : -1;
        if (g->draws)
            heed_generation_draw(g, logits, &rows[row], &only);
        if (only >= 0) {
            best[(*count)++] = (extension){sum + ((double)logits[only] - log_sum), row, only};
            continue;
        }
        /* [book:beam] */
        for (int32_t v = 0; v < vocabulary; v++)
            if (heed_generation_may_follow(g, v))
                *count = keep_best(best, *count, 2 * g->beam,
                                   (extension){sum + ((double)logits[v] - log_sum), row, v});
        /* [/book] */
    }
    return HEED_OK;
}

static heed_status extend(heed_generation *g, heed_error *error)
{
    heed_generation_step rows[HEED_BEAM_MAX];
    extension best[2 * HEED_BEAM_MAX];
    const heed_beam_node *live[HEED_BEAM_MAX];
    int32_t parents[HEED_BEAM_MAX] = {0};
    int count, live_count = 0;
    memset(rows, 0, sizeof rows);
    HEED_TRY(find_extensions(g, rows, best, &count, error));
    for (int i = 0; i < count && live_count < g->beam; i++) {
        const bool ends = best[i].token == HEED_TOKEN_EOS;
        if (ends && i >= g->beam)
            continue; /* a greedy-like end must be among the best, or short outputs would always win */
        const heed_beam_node *node = new_node(g, &best[i], &rows[best[i].row], error);
        if (!node)
            return error ? error->status : HEED_ERROR_MEMORY;
        if (ends) {
            g->ended_count = rank_in(g->ended, g->ended_count, (heed_beam_hypothesis){node, score_of(g, node), true});
            if (g->ended_count > g->beam)
                g->ended_count = g->beam;
        } else {
            parents[live_count] = best[i].row;
            live[live_count++] = node;
        }
    }
    memcpy(g->live, live, (size_t)live_count * sizeof *live);
    g->live_count = live_count;
    g->model->arch->reorder(g->model, &g->decoding, parents);
    return HEED_OK;
}

heed_status heed_generation_search(heed_generation *g, heed_error *error)
{
    int32_t previous[HEED_BEAM_MAX];
    for (int row = 0; row < g->beam; row++)
        previous[row] = row < g->live_count && g->live[row] ? g->live[row]->step.token : HEED_TOKEN_BOS;
    HEED_TRY(g->model->arch->step(g->model, &g->tape, &g->decoding, previous, error));
    HEED_TRY(extend(g, error));
    g->steps++;
    g->done = is_over(g);
    rank(g);
    return HEED_OK;
}
