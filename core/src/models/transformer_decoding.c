/* Decoding with a Transformer, one step at a time: keys and values of the steps before are kept, those of the source
 * are computed once and shared by the beam. Without a cache every step reads the source's states and all tokens so far
 * again. */
#include <string.h>

#include "base/error.h"
#include "models/token_rows.h"
#include "models/transformer.h"

typedef struct decoding_state {
    heed_stack_cache cache;
    bool no_cache;           /* then, in place of cache and memory_kv: */
    heed_token_rows tokens;
    heed_tensor *memory;     /* [batch_rows, S, C] */
    heed_tensor **memory_kv; /* of each layer, [batch_rows, S, 2C] */
    int32_t *lengths;        /* [batch_rows] */
} decoding_state;

heed_status heed_transformer_start(const heed_model *model, heed_tape *tape, const heed_source *source, int beam,
                                   heed_decoding *out, heed_error *error)
{
    const heed_transformer *net = model->network;
    const int batch_rows = source->rows, rows = batch_rows * beam, source_length = source->length;
    decoding_state *state = heed_tape_alloc(tape, 1, sizeof *state);
    *out = (heed_decoding){.rows = rows, .vocabulary = net->vocabulary, .source_length = source_length,
                           .max_steps = net->decoder.options.max_length, .state = state};
    if (!state)
        return heed_tape_check(tape, error);
    heed_tensor *memory = heed_transformer_encode(model, tape, source->ids, source->lengths, batch_rows, source_length);
    state->no_cache = tape->no_cache;
    state->memory = memory;
    state->memory_kv = state->no_cache ? NULL : heed_stack_memory(tape, &model->params, &net->decoder, memory);
    state->lengths = heed_tape_alloc(tape, (size_t)batch_rows, sizeof *state->lengths);
    out->logits = heed_tape_alloc(tape, (size_t)rows * net->vocabulary, sizeof *out->logits);
    out->attention = heed_tape_alloc(tape, (size_t)rows * source_length, sizeof *out->attention);
    if (state->no_cache)
        heed_token_rows_start(tape, rows, out->max_steps, &state->tokens);
    else
        heed_stack_cache_start(tape, &net->decoder, rows, &state->cache);
    HEED_TRY(heed_tape_check(tape, error));
    memcpy(state->lengths, source->lengths, (size_t)batch_rows * sizeof *state->lengths);
    return HEED_OK;
}

/* The decoder's states [rows, 1, C] and attention [rows, 1, S] after one more token a row. */
static heed_tensor *cached_step(const heed_model *model, heed_tape *tape, decoding_state *state, int rows,
                                const int32_t *previous, heed_tensor **attention)
{
    const heed_transformer *net = model->network;
    heed_stack_pass pass = {.memory_kv = state->memory_kv, .memory_lengths = state->lengths, .cache = &state->cache};
    heed_tensor *h = heed_stack_apply(tape, &model->params, &net->decoder, previous, rows, 1, &pass);
    *attention = heed_tensor_ok(h) ? heed_mean_over_heads(tape, pass.cross_weights) : &tape->invalid;
    return h;
}

static heed_tensor *whole_step(const heed_model *model, heed_tape *tape, decoding_state *state, int rows,
                               const int32_t *previous, heed_tensor **attention)
{
    const heed_transformer *net = model->network;
    heed_stack_pass pass = {.memory = state->memory, .memory_lengths = state->lengths};
    for (int row = 0; row < rows; row++)
        heed_token_rows_add(&state->tokens, row, &previous[row], 1);
    heed_tensor *h = heed_token_rows_run(tape, &model->params, &net->decoder, &state->tokens, &pass);
    *attention = heed_tensor_ok(h)
                     ? heed_token_rows_last(tape, &state->tokens, heed_mean_over_heads(tape, pass.cross_weights))
                     : &tape->invalid;
    return h;
}

heed_status heed_transformer_step(const heed_model *model, heed_tape *tape, heed_decoding *decoding,
                                  const int32_t *previous, heed_error *error)
{
    const heed_transformer *net = model->network;
    decoding_state *state = decoding->state;
    const int rows = decoding->rows;
    heed_tensor *attention;
    if (!state->no_cache)
        heed_stack_cache_reserve(tape, &net->decoder, &state->cache, 1);
    const heed_arena_mark mark = heed_arena_save(&tape->arena);
    heed_tensor *h = (state->no_cache ? whole_step : cached_step)(model, tape, state, rows, previous, &attention);
    heed_tensor *logits = heed_transformer_logits(model, tape, h);
    HEED_TRY(heed_tape_check(tape, error));
    heed_trace_keep(tape, "decoder.attention.weights", attention);
    HEED_TRY(heed_tape_check(tape, error));
    memcpy(decoding->logits, logits->data, heed_tensor_count(logits) * sizeof *logits->data);
    memcpy(decoding->attention, attention->data, heed_tensor_count(attention) * sizeof *attention->data);
    heed_arena_restore(&tape->arena, mark);
    return HEED_OK;
}

void heed_transformer_reorder(const heed_model *model, heed_decoding *decoding, const int32_t *parents)
{
    const heed_transformer *net = model->network;
    decoding_state *state = decoding->state;
    if (state->no_cache)
        heed_token_rows_reorder(&state->tokens, parents);
    else
        heed_stack_cache_reorder(&net->decoder, &state->cache, parents);
}
