/* Decoding with a Transformer, one step at a time: keys and values of the steps before are kept, those of the source
 * are computed once and shared by the beam. */
#include <string.h>

#include "base/error.h"
#include "models/transformer.h"

typedef struct decoding_state {
    heed_stack_cache cache;
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
    state->memory_kv = heed_stack_memory(tape, &model->params, &net->decoder, memory);
    state->lengths = heed_tape_alloc(tape, (size_t)batch_rows, sizeof *state->lengths);
    out->logits = heed_tape_alloc(tape, (size_t)rows * net->vocabulary, sizeof *out->logits);
    out->attention = heed_tape_alloc(tape, (size_t)rows * source_length, sizeof *out->attention);
    heed_stack_cache_start(tape, &net->decoder, rows, &state->cache);
    HEED_TRY(heed_tape_check(tape, error));
    memcpy(state->lengths, source->lengths, (size_t)batch_rows * sizeof *state->lengths);
    return HEED_OK;
}

heed_status heed_transformer_step(const heed_model *model, heed_tape *tape, heed_decoding *decoding,
                                  const int32_t *previous, heed_error *error)
{
    const heed_transformer *net = model->network;
    decoding_state *state = decoding->state;
    const int rows = decoding->rows;
    heed_stack_cache_reserve(tape, &net->decoder, &state->cache, 1);
    const heed_arena_mark mark = heed_arena_save(&tape->arena);
    heed_stack_pass pass = {.memory_kv = state->memory_kv, .memory_lengths = state->lengths, .cache = &state->cache};
    heed_tensor *h = heed_stack_apply(tape, &model->params, &net->decoder, previous, rows, 1, &pass);
    heed_tensor *logits = heed_transformer_logits(model, tape, h);
    HEED_TRY(heed_tape_check(tape, error));
    heed_tensor *attention = heed_mean_over_heads(tape, pass.cross_weights);
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
    heed_stack_cache_reorder(&net->decoder, &state->cache, parents);
}
