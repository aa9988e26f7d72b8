/* Traces that only a backward pass has: how strongly the loss of what was just generated pulls at each value. */
#include "base/error.h"
#include "models/generation.h"
#include "models/trace_names.h"

/* The input and hypothesis 0 as a batch of one row. */
static heed_status make_batch(heed_generation *g, heed_batch *batch, heed_error *error)
{
    const int length = heed_generation_length(g, 0), total = length + heed_generation_ended(g, 0);
    const size_t ids = (size_t)total + 1;
    int32_t *block = heed_arena_alloc(&g->arena, (2 * ids + 2) * sizeof *block);
    if (!block)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the trace of gradients");
    int32_t *in = block, *out = block + ids, *lengths = out + ids;
    in[0] = HEED_TOKEN_BOS;
    for (int i = 0; i < total; i++)
        in[i + 1] = out[i] = i < length ? heed_generation_get(g, 0, i).token : HEED_TOKEN_EOS;
    lengths[0] = g->encoding.count;
    lengths[1] = total;
    *batch = (heed_batch){.rows = 1, .source_length = g->encoding.count, .target_length = total,
                          .source = g->encoding.ids, .values = g->encoding.values,
                          .source_lengths = lengths, .target_in = in, .target_out = out,
                          .target_lengths = lengths + 1, .tokens = total};
    return HEED_OK;
}

heed_status heed_generation_trace_gradients(heed_generation *g, heed_error *error)
{
    heed_batch batch;
    if (!heed_trace_wants_gradients(g->options.trace) || g->ranked_count == 0)
        return HEED_OK;
    HEED_TRY(make_batch(g, &batch, error));
    return heed_trace_gradients(g->model, &batch, g->options.trace, &g->tape, NULL, error);
}
