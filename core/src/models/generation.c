/* A generation from its options and input to its end; the search itself is in search.c. */
#include "models/generation.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "models/trace_names.h"

static heed_status read_input(heed_generation *g, const char *text, size_t size, heed_error *error)
{
    char *input = heed_arena_string(&g->arena, text, size);
    if (!input)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the input");
    g->input = input;
    g->input_size = size;
    HEED_TRY(heed_tokenizer_encode(g->model->source, input, size, &g->arena, &g->encoding, error));
    if (g->encoding.count == 0 && !(size == 0 && g->model->arch->starts_empty))
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

/* The first of the comma-separated `list` that is not among `names`; NULL when all are. */
static const char *find_stranger(const char *list, const char *const *names, size_t *n)
{
    for (; *list; list += *n + (list[*n] == ',')) {
        *n = strcspn(list, ",");
        if (!is_in(names, list, *n))
            return list;
    }
    return NULL;
}

static heed_status check_heads(const heed_model *model, const char *list, heed_error *error)
{
    size_t n = 0;
    const char *name = find_stranger(list, model->heads, &n);
    return !name ? HEED_OK
                 : heed_fail(error, HEED_ERROR_UNKNOWN, "mute: \"%.*s\" is not an attention head of this model",
                             (int)(n < 100 ? n : 100), name);
}

static heed_status check_number(const char *name, double value, double min, double max, heed_error *error)
{
    if (value >= min && value <= max)
        return HEED_OK;
    return heed_fail(error, HEED_ERROR_ARGUMENT, "%s: %g is not in %g..%g", name, value, min, max);
}

/* What is 0 when it is not wanted. */
static heed_status check_wish(const char *name, double value, double min, double max, heed_error *error)
{
    return value == 0 ? HEED_OK : check_number(name, value, min, max, error);
}

/* The likeliest, drawn, or given ones: a generation is one of them. */
static heed_status check_way(heed_generation *g, heed_error *error)
{
    heed_generate_options *options = &g->options;
    static const char drawing[] = "temperature, top_k and top_p";
    const char *ways[2] = {options->beam > 1 ? "beam" : NULL, NULL};
    int count = options->beam > 1;
    g->draws = options->temperature > 0 || options->top_k > 0 || options->top_p > 0;
    if (g->draws)
        ways[count++] = drawing;
    if (options->target && count < 2)
        ways[count++] = "target";
    if (count > 1)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "%s and %s contradict each other: an output is searched, drawn or given",
                         ways[0], ways[1]);
    if (options->target && options->max_length > 0)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "max_length and target contradict each other: the target's length holds");
    if (g->draws && options->temperature == 0)
        options->temperature = 1;
    return HEED_OK;
}

static heed_status check_options(heed_generation *g, const heed_generate_options *given, heed_error *error)
{
    heed_generate_options *options = &g->options;
    if (given)
        *options = *given;
    if (options->beam == 0)
        options->beam = 1;
    HEED_TRY(check_number("beam", options->beam, 1, HEED_BEAM_MAX, error));
    HEED_TRY(check_number("max_length", options->max_length, 0, HEED_OUTPUT_MAX, error));
    HEED_TRY(check_number("length_penalty", options->length_penalty, 0, 4, error));
    HEED_TRY(check_wish("attention_temperature", options->attention_temperature, 0.01, 100, error));
    HEED_TRY(check_wish("temperature", options->temperature, 0.01, 100, error));
    HEED_TRY(check_number("top_k", options->top_k, 0, HEED_VOCABULARY_MAX, error));
    HEED_TRY(check_number("top_p", options->top_p, 0, 1, error));
    HEED_TRY(check_way(g, error));
    g->tape.attention_temperature = options->attention_temperature;
    heed_rng_seed(&g->tape.rng, options->seed, 0);
    if (options->trace) {
        HEED_TRY(heed_trace_check(g->model, options->trace, error));
        g->tape.trace = &g->trace;
    }
    if (options->no_cache && !g->model->arch->caches)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "no_cache: model_type \"%s\" keeps no keys and values between steps",
                         g->model->arch->name);
    g->tape.no_cache = options->no_cache;
    if (options->mute)
        HEED_TRY(check_heads(g->model, options->mute, error));
    return HEED_OK;
}

/* The target's tokens, which set the output's length. */
static heed_status read_target(heed_generation *g, heed_error *error)
{
    const char *text = g->options.target;
    const bool label = g->model->arch->labels;
    heed_encoding encoding;
    if (!text)
        return HEED_OK;
    HEED_TRY(heed_tokenizer_encode(g->model->target, text, strlen(text), &g->arena, &encoding, error));
    if (encoding.skipped_count > 0)
        return heed_fail(error, HEED_ERROR_UNKNOWN, "target: the model has no token for \"%.*s\"",
                         (int)(encoding.skipped[0].length < 100 ? encoding.skipped[0].length : 100),
                         text + encoding.skipped[0].start);
    if (label && encoding.count != 1)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "target: \"%.100s\" has %d tokens; it must be one label", text,
                         encoding.count);
    const int count = encoding.count + !label;
    if (count > HEED_OUTPUT_MAX)
        return heed_fail(error, HEED_ERROR_LONG_INPUT, "target: it has %d tokens; the most is %d", encoding.count,
                         HEED_OUTPUT_MAX - 1);
    int32_t *forced = heed_arena_alloc(&g->arena, (size_t)count * sizeof *forced);
    if (!forced)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the target");
    for (int i = 0; i < count; i++)
        forced[i] = i < encoding.count ? encoding.ids[i] : HEED_TOKEN_EOS;
    g->forced = forced;
    g->options.max_length = count;
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
    if (g->model->values_out.channels > 0)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "the model gives numbers, not text: heed_predict");
    HEED_TRY(heed_tape_init(&g->tape, error));
    HEED_TRY(check_options(g, options, error));
    HEED_TRY(read_input(g, text, size, error));
    HEED_TRY(read_target(g, error));
    g->beam = g->options.beam;
    if (g->options.max_length == 0)
        g->options.max_length = 2 * g->encoding.count + 10;
    g->options.max_length = heed_arch_output_limit(g->model->arch, g->options.max_length);
    HEED_TRY(keep_text(g, &g->options.trace, error));
    HEED_TRY(keep_text(g, &g->options.mute, error));
    g->tape.muted = g->options.mute;
    const int32_t length = g->encoding.count;
    const heed_source source = {1, length, g->encoding.ids, g->encoding.values, &length};
    HEED_TRY(g->model->arch->start(g->model, &g->tape, &source, g->beam, &g->decoding, error));
    const int limit = g->decoding.max_steps;
    if (g->forced && limit > 0 && g->options.max_length > limit)
        return heed_fail(error, HEED_ERROR_LONG_INPUT, "target: %d steps; the model can take %d", g->options.max_length,
                         limit);
    if (limit > 0 && g->options.max_length > limit)
        g->options.max_length = limit;
    g->live_count = 1; /* all rows are equal before the first step: one is enough */
    const size_t vocabulary = (size_t)g->decoding.vocabulary;
    g->probabilities = heed_arena_alloc(&g->arena, vocabulary * sizeof *g->probabilities);
    if (g->draws)
        g->order = heed_arena_alloc(&g->arena, vocabulary * sizeof *g->order);
    if (!g->probabilities || (g->draws && !g->order))
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

heed_status heed_generation_advance(heed_generation *g, bool *done, heed_error *error)
{
    const double begin = heed_clock();
    if (g->done)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "the generation has ended");
    HEED_TRY(heed_generation_search(g, error));
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

double heed_generation_log_probability(const heed_generation *g, int k)
{
    return g->ranked[k].last->sum;
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
