/* Beam search. Row r of the decoder holds hypothesis live[r]; a step extends every live hypothesis by every token, and
 * the best `beam` of all extensions live on. One that ends leaves its place. Greedy search is a beam of one. */
#include "models/generation.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/power.h"

static heed_status read_input(heed_generation *g, const char *text, size_t size, heed_error *error)
{
    char *input = heed_arena_string(&g->arena, text, size);
    if (!input)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the input");
    g->input = input;
    g->input_size = size;
    HEED_TRY(heed_tokenizer_encode(g->model->source, input, size, &g->arena, &g->encoding, error));
    if (g->encoding.count == 0)
        return heed_fail(error, HEED_ERROR_EMPTY_INPUT,
                         size ? "the input has no sign that the model reads" : "the input is empty");
    if (g->encoding.count > HEED_INPUT_MAX)
        return heed_fail(error, HEED_ERROR_LONG_INPUT, "the input has %d tokens; the model takes at most %d",
                         g->encoding.count, HEED_INPUT_MAX);
    return HEED_OK;
}

static bool is_in(const char *const *names, const char *name, size_t n)
{
    for (; names && *names; names++)
        if (strlen(*names) == n && memcmp(name, *names, n) == 0)
            return true;
    return false;
}

/* Every name of the comma-separated list is one of `names`, or `more`. */
static heed_status check_names(const char *what, const char *list, const char *const *names, const char *more,
                               const char *wrong, heed_error *error)
{
    const char *const also[] = {more, NULL};
    for (const char *name = list; *name;) {
        const size_t n = strcspn(name, ",");
        if (!is_in(names, name, n) && !is_in(also, name, n))
            return heed_fail(error, HEED_ERROR_UNKNOWN, "%s: \"%.*s\" is not %s", what, (int)(n < 100 ? n : 100), name,
                             wrong);
        name += n + (name[n] == ',');
    }
    return HEED_OK;
}

static heed_status check_options(heed_generation *g, const heed_generate_options *options, heed_error *error)
{
    if (options)
        g->options = *options;
    if (g->options.beam == 0)
        g->options.beam = 1;
    if (g->options.beam < 1 || g->options.beam > HEED_BEAM_MAX)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "beam: %d is not in 1..%d", g->options.beam, HEED_BEAM_MAX);
    if (g->options.max_length < 0 || g->options.max_length > HEED_OUTPUT_MAX)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "max_length: %d is not in 0..%d", g->options.max_length,
                         HEED_OUTPUT_MAX);
    if (!(g->options.length_penalty >= 0 && g->options.length_penalty <= 4))
        return heed_fail(error, HEED_ERROR_ARGUMENT, "length_penalty: %g is not in 0..4", g->options.length_penalty);
    const double temperature = g->options.attention_temperature;
    if (temperature != 0 && !(temperature >= 0.01 && temperature <= 100))
        return heed_fail(error, HEED_ERROR_ARGUMENT, "attention_temperature: %g is not in 0.01..100", temperature);
    g->tape.attention_temperature = temperature;
    if (g->options.trace) {
        HEED_TRY(check_names("trace", g->options.trace, g->model->traces, "attention", "kept by this model", error));
        g->tape.trace = &g->trace;
    }
    if (g->options.mute)
        HEED_TRY(check_names("mute", g->options.mute, g->model->heads, NULL, "an attention head of this model", error));
    return HEED_OK;
}

/* The caller's text need not outlive the call. */
static heed_status keep_text(heed_generation *g, const char **text, heed_error *error)
{
    if (*text && !(*text = heed_arena_string(&g->arena, *text, strlen(*text))))
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: an option's text");
    return HEED_OK;
}

static heed_status start(heed_generation *g, const char *text, size_t size, const heed_generate_options *options,
                         heed_error *error)
{
    HEED_TRY(heed_tape_init(&g->tape, error));
    HEED_TRY(check_options(g, options, error));
    HEED_TRY(read_input(g, text, size, error));
    g->beam = g->options.beam;
    if (g->options.max_length == 0)
        g->options.max_length = 2 * g->encoding.count + 10;
    g->options.max_length = heed_arch_output_limit(g->model->arch, g->options.max_length);
    HEED_TRY(keep_text(g, &g->options.trace, error));
    HEED_TRY(keep_text(g, &g->options.mute, error));
    g->tape.muted = g->options.mute;
    const int32_t length = g->encoding.count;
    HEED_TRY(g->model->arch->start(g->model, &g->tape, g->encoding.ids, &length, 1, length, g->beam, &g->decoding,
                                   error));
    if (g->decoding.max_steps > 0 && g->options.max_length > g->decoding.max_steps)
        g->options.max_length = g->decoding.max_steps;
    g->live_count = 1; /* all rows are equal before the first step: one is enough */
    g->probabilities = heed_arena_alloc(&g->arena, (size_t)g->decoding.vocabulary * sizeof *g->probabilities);
    if (!g->probabilities)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the beam");
    return HEED_OK;
}

heed_status heed_generation_start(const heed_model *model, const char *text, size_t size,
                                  const heed_generate_options *options, heed_generation **out, heed_error *error)
{
    const double begin = heed_clock();
    *out = NULL;
    heed_generation *g = heed_alloc(1, sizeof *g);
    if (!g)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a generation");
    g->model = model;
    heed_status status = start(g, text, size, options, error);
    if (status != HEED_OK) {
        heed_generation_free(g);
        return status;
    }
    g->seconds = heed_clock() - begin;
    *out = g;
    return HEED_OK;
}

void heed_generation_free(heed_generation *g)
{
    if (!g)
        return;
    heed_trace_free(&g->trace);
    heed_tape_free(&g->tape);
    heed_arena_free(&g->arena);
    heed_free(g);
}

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

static bool may_follow(const heed_generation *g, int32_t token)
{
    return token >= HEED_TOKEN_SPECIALS || (token == HEED_TOKEN_EOS && !g->model->arch->labels);
}

/* The best five of a row's distribution and its attention, shared by all nodes that extend the row. */
static heed_status describe_row(heed_generation *g, int row, double log_sum, heed_generation_step *step,
                                heed_error *error)
{
    const int vocabulary = g->decoding.vocabulary, length = g->encoding.count;
    const heed_real *logits = g->decoding.logits + (size_t)row * vocabulary;
    extension best[HEED_CANDIDATES];
    int count = 0;
    for (int32_t v = 0; v < vocabulary; v++)
        if (may_follow(g, v))
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
 * probabilities only falls, so without a length penalty none could overtake. With one a sum may still rise as it is divided
 * by more; to wait for that would be to run to the limit every time. */
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
    *node = (heed_beam_node){.parent = parent, .step = *row, .sum = by->sum, .depth = parent ? parent->depth + 1 : 1};
    node->step.token = by->token;
    node->step.log_probability = by->sum - (parent ? parent->sum : 0);
    return node;
}

/* The best 2 beam extensions of all live rows, and what is common to the extensions of each row. Twice the beam, since
 * as many may end. */
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
        /* [book:beam] */
        for (int32_t v = 0; v < vocabulary; v++)
            if (may_follow(g, v))
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

static heed_status advance(heed_generation *g, heed_error *error)
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

heed_status heed_generation_advance(heed_generation *g, bool *done, heed_error *error)
{
    const double begin = heed_clock();
    if (g->done)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "the generation has ended");
    HEED_TRY(advance(g, error));
    if (g->done)
        HEED_TRY(heed_generation_trace_gradients(g, error));
    g->seconds += heed_clock() - begin;
    *done = g->done;
    return HEED_OK;
}

int heed_generation_count(const heed_generation *g)
{
    return g->ranked_count;
}

int heed_generation_length(const heed_generation *g, int k)
{
    return g->ranked[k].last->depth - g->ranked[k].ended;
}

double heed_generation_score(const heed_generation *g, int k)
{
    return g->ranked[k].score;
}

bool heed_generation_ended(const heed_generation *g, int k)
{
    return g->ranked[k].ended;
}

heed_generation_step heed_generation_get(const heed_generation *g, int k, int i)
{
    const heed_beam_node *node = g->ranked[k].last;
    while (node->depth > i + 1)
        node = node->parent;
    return node->step;
}
