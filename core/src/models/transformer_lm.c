/* A language model: a decoder only (Radford et al. 2018). The source is the beginning of a text and the target goes on:
 *
 *   x      = s1 .. sm <bos> y1 .. yn                               one sequence, one vocabulary
 *   h      = decoder(sqrt(C) embed(x) + positions)                 [B, S + T, C], seeing earlier steps
 *   logits = Wo h (+ b)                                            [B, S + T, V]
 *
 * "predict": "target" learns y1 .. yn <eos>, "all" the tokens of the source as well. "tied": "all" has Wo be the table
 * of embeddings, "none" a matrix of its own. */
#include <string.h>

#include "base/error.h"
#include "models/token_rows.h"
#include "models/transformer.h"

typedef struct network {
    heed_transformer_stack decoder;
    int output_weight, output_bias; /* output_bias -1: none */
    bool predict_all;
    int vocabulary;
} network;

/* One sequence has one vocabulary. Tests have no tokenizers. */
static heed_status check_vocabulary(const heed_model *model, int source, int target, heed_error *error)
{
    bool same = source == target;
    for (int32_t id = 0; model->source && model->target && same && id < source; id++)
        same = strcmp(heed_tokenizer_token(model->source, id), heed_tokenizer_token(model->target, id)) == 0;
    return same ? HEED_OK
                : heed_fail(error, HEED_ERROR_ARGUMENT,
                            "config: transformer_lm has one vocabulary; the source's %d and the target's %d tokens differ",
                            source, target);
}

static heed_status configure(heed_model *model, const heed_json *config, int source_vocabulary, int target_vocabulary,
                             heed_error *error)
{
    static const char *const fields[] = {"model_type", "layers", "tied", "output_bias", "predict", HEED_STACK_FIELDS, NULL};
    static const char *const ties[] = {"all", "none", NULL}, *const predictions[] = {"target", "all", NULL};
    static const char *const more[] = {"decoder.logits", NULL};
    heed_stack_options options;
    int tied = 0, predict = 0;
    bool bias = false;
    HEED_TRY(heed_json_only(config, "config", fields, error));
    HEED_TRY(heed_stack_options_read(config, "layers", &options, error));
    HEED_TRY(heed_config_choice(config, "tied", ties, &tied, error));
    HEED_TRY(heed_config_choice(config, "predict", predictions, &predict, error));
    HEED_TRY(heed_json_bool(config, "config", "output_bias", &bias, error));
    HEED_TRY(check_vocabulary(model, source_vocabulary, target_vocabulary, error));
    options.causal = true;
    network *net = heed_arena_alloc_zero(&model->arena, sizeof *net);
    if (!net)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a Transformer");
    heed_params *params = &model->params;
    const int table = heed_table_declare(params, "embedding", target_vocabulary, options.size, tied == 0);
    *net = (network){.output_weight = table, .output_bias = -1, .predict_all = predict == 1,
                     .vocabulary = target_vocabulary};
    if (tied == 1)
        net->output_weight = heed_table_declare(params, "decoder.output", target_vocabulary, options.size, true);
    if (bias)
        net->output_bias =
            heed_params_declare(params, "decoder.output.bias", HEED_INIT_ZERO, 0, false, 1, &target_vocabulary);
    HEED_TRY(heed_stack_declare(params, &model->arena, "decoder", &options, table, &net->decoder, error));
    model->network = net;
    const heed_transformer_stack *const stack = &net->decoder;
    return heed_transformer_names(model, &stack, 1, more, error);
}

static heed_tensor *bias_of(const heed_model *model, heed_tape *tape)
{
    const network *net = model->network;
    return net->output_bias < 0 ? NULL : heed_params_tensor(tape, &model->params, net->output_bias);
}

static heed_tensor *logits_of(const heed_model *model, heed_tape *tape, heed_tensor *h)
{
    const network *net = model->network;
    heed_tensor *weight = heed_params_tensor(tape, &model->params, net->output_weight);
    heed_tensor *logits = heed_linear(tape, h, weight, bias_of(model, tape));
    heed_trace_keep(tape, "decoder.logits", logits);
    return logits;
}

/* Source and target as one sequence per row, with what is to be predicted at each step. */
typedef struct joined {
    int length;
    int32_t *ids, *targets; /* [B, length] */
    int32_t *lengths;       /* [B] of both together */
} joined;

static joined join(heed_tape *tape, const heed_batch *batch, bool predict_all)
{
    joined all = {.length = batch->source_length + batch->target_length};
    const size_t count = (size_t)batch->rows * all.length;
    all.ids = heed_tape_alloc(tape, count, sizeof *all.ids);
    all.targets = heed_tape_alloc(tape, count, sizeof *all.targets);
    all.lengths = heed_tape_alloc(tape, (size_t)batch->rows, sizeof *all.lengths);
    for (int b = 0; all.ids && all.targets && all.lengths && b < batch->rows; b++) {
        const int32_t *source = batch->source + (size_t)b * batch->source_length;
        const size_t from = (size_t)b * batch->target_length;
        const int m = batch->source_lengths[b], n = batch->target_lengths[b];
        int32_t *ids = all.ids + (size_t)b * all.length, *targets = all.targets + (size_t)b * all.length;
        all.lengths[b] = m + n;
        for (int t = 0; t < all.length; t++) {
            const bool first = t < m, second = !first && t < m + n;
            ids[t] = first ? source[t] : second ? batch->target_in[from + t - m] : HEED_TOKEN_PAD;
            targets[t] = second ? batch->target_out[from + t - m] : HEED_NO_TARGET;
            if (predict_all && t + 1 < m)
                targets[t] = source[t + 1];
        }
    }
    return all;
}

/* The states of the target's steps alone, [B, T, C]: rows of h as a table. */
static heed_tensor *target_states(heed_tape *tape, heed_tensor *h, const heed_batch *batch)
{
    const int rows = batch->rows, steps = batch->target_length, length = h->dims[1];
    heed_tensor *table = heed_tensor_reshape(tape, h, 2, (int[]){rows * length, h->dims[2]});
    int32_t *ids = heed_tape_alloc(tape, (size_t)rows * steps, sizeof *ids);
    for (int b = 0; ids && b < rows; b++)
        for (int t = 0; t < steps; t++)
            ids[b * steps + t] = b * length + batch->source_lengths[b] + t;
    return ids ? heed_embedding(tape, table, ids, rows, steps) : &tape->invalid;
}

static heed_tensor *loss(const heed_model *model, heed_tape *tape, const heed_batch *batch, double smoothing)
{
    const network *net = model->network;
    const joined all = join(tape, batch, net->predict_all);
    heed_stack_pass pass = {.counted = all.lengths};
    if (!all.ids || !all.targets || !all.lengths)
        return &tape->invalid;
    heed_tensor *h = heed_stack_apply(tape, &model->params, &net->decoder, all.ids, batch->rows, all.length, &pass);
    if (tape->trace && heed_tensor_ok(h)) { /* the loss below keeps neither logits nor their gradient */
        heed_tensor *logits = logits_of(model, tape, target_states(tape, h, batch));
        if (tape->recording) /* of the output alone, whatever is learnt beside it */
            return heed_cross_entropy(tape, logits, batch->target_out, batch->target_lengths, smoothing);
    }
    return heed_linear_cross_entropy(tape, h, heed_params_tensor(tape, &model->params, net->output_weight),
                                     bias_of(model, tape), all.targets, NULL, smoothing);
}

/* Either the cache, or the tokens. */
typedef struct decoding_state {
    bool no_cache;
    heed_stack_cache cache;
    heed_token_rows tokens;
} decoding_state;

/* The source is read at once; its keys and values begin the cache. Without one its tokens wait for the first step. */
static heed_status start(const heed_model *model, heed_tape *tape, const heed_source *source, int beam,
                         heed_decoding *out, heed_error *error)
{
    const network *net = model->network;
    const int rows = source->rows * beam, source_length = source->length, limit = net->decoder.options.max_length;
    decoding_state *state = heed_tape_alloc(tape, 1, sizeof *state);
    *out = (heed_decoding){.rows = rows, .vocabulary = net->vocabulary, .source_length = source_length,
                           .max_steps = limit - source_length, .state = state};
    if (source_length >= limit)
        return heed_fail(error, HEED_ERROR_LONG_INPUT, "the input has %d tokens; the model has max_length %d",
                         source_length, limit);
    out->logits = heed_tape_alloc(tape, (size_t)rows * net->vocabulary, sizeof *out->logits);
    HEED_TRY(heed_tape_check(tape, error));
    heed_stack_cache *cache = &state->cache;
    state->no_cache = tape->no_cache;
    if (state->no_cache)
        heed_token_rows_start(tape, rows, limit, &state->tokens);
    else
        heed_stack_cache_start(tape, &net->decoder, rows, cache);
    HEED_TRY(heed_tape_check(tape, error));
    for (int row = 0; state->no_cache && row < rows; row++)
        heed_token_rows_add(&state->tokens, row, source->ids + (size_t)(row / beam) * source_length,
                            source->lengths[row / beam]);
    if (source_length == 0 || state->no_cache)
        return HEED_OK;
    heed_stack_cache_reserve(tape, &net->decoder, cache, source_length + 1);
    const heed_arena_mark mark = heed_arena_save(&tape->arena);
    int32_t *ids = heed_tape_alloc(tape, (size_t)rows * source_length, sizeof *ids);
    int32_t *row_lengths = heed_tape_alloc(tape, (size_t)rows, sizeof *row_lengths);
    HEED_TRY(heed_tape_check(tape, error));
    for (int row = 0; row < rows; row++) {
        memcpy(ids + (size_t)row * source_length, source->ids + (size_t)(row / beam) * source_length,
               (size_t)source_length * sizeof *ids);
        row_lengths[row] = source->lengths[row / beam];
    }
    heed_stack_pass pass = {.lengths = row_lengths, .cache = cache};
    heed_stack_apply(tape, &model->params, &net->decoder, ids, rows, source_length, &pass);
    HEED_TRY(heed_tape_check(tape, error));
    heed_arena_restore(&tape->arena, mark);
    return HEED_OK;
}

static heed_status step(const heed_model *model, heed_tape *tape, heed_decoding *decoding, const int32_t *previous,
                        heed_error *error)
{
    const network *net = model->network;
    decoding_state *state = decoding->state;
    const int rows = decoding->rows;
    if (!state->no_cache)
        heed_stack_cache_reserve(tape, &net->decoder, &state->cache, 1);
    const heed_arena_mark mark = heed_arena_save(&tape->arena);
    heed_stack_pass pass = {.cache = state->no_cache ? NULL : &state->cache};
    for (int row = 0; state->no_cache && row < rows; row++)
        heed_token_rows_add(&state->tokens, row, &previous[row], 1);
    heed_tensor *h = state->no_cache
                         ? heed_token_rows_run(tape, &model->params, &net->decoder, &state->tokens, &pass)
                         : heed_stack_apply(tape, &model->params, &net->decoder, previous, rows, 1, &pass);
    heed_tensor *logits = logits_of(model, tape, h);
    HEED_TRY(heed_tape_check(tape, error));
    memcpy(decoding->logits, logits->data, heed_tensor_count(logits) * sizeof *logits->data);
    heed_arena_restore(&tape->arena, mark);
    return HEED_OK;
}

static void reorder(const heed_model *model, heed_decoding *decoding, const int32_t *parents)
{
    const network *net = model->network;
    decoding_state *state = decoding->state;
    if (state->no_cache)
        heed_token_rows_reorder(&state->tokens, parents);
    else
        heed_stack_cache_reorder(&net->decoder, &state->cache, parents);
}

const heed_arch heed_arch_transformer_lm = {
    .name = "transformer_lm",
    .starts_empty = true,
    .reads_text = true,
    .caches = true,
    .configure = configure,
    .loss = loss,
    .start = start,
    .step = step,
    .reorder = reorder,
};
