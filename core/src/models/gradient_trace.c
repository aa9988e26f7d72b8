/* Traces that only a backward pass has: how strongly the loss of what was just generated pulls at each state. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "models/generation.h"

static const char ending[] = ".gradient_norm";

static bool is_gradient(const char *name)
{
    const size_t n = strlen(name), m = sizeof ending - 1;
    return n >= m && strcmp(name + n - m, ending) == 0;
}

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

static heed_status run(heed_generation *g, heed_tape *tape, heed_real *grads, heed_error *error)
{
    heed_batch batch;
    HEED_TRY(make_batch(g, &batch, error));
    HEED_TRY(heed_tape_init(tape, error));
    tape->recording = true;
    tape->attention_temperature = g->options.attention_temperature;
    tape->muted = g->options.mute;
    tape->parameter_grads = grads;
    heed_trace trace = {0};
    tape->trace = &trace;
    heed_tensor *loss = g->model->arch->loss(g->model, tape, &batch, 0);
    heed_status status = heed_tape_backward(tape, loss, 1, error);
    for (int i = trace.count - 1; i >= 0; i--) { /* the last step of a sequence came back first */
        const heed_trace_entry *entry = &trace.entries[i];
        if (is_gradient(entry->name))
            heed_trace_keep(&g->tape, entry->name,
                            heed_tensor_view(&g->tape, entry->values, NULL, entry->rank, entry->dims));
    }
    heed_trace_free(&trace);
    return status == HEED_OK ? heed_tape_check(&g->tape, error) : status;
}

static bool wanted(const char *names)
{
    const size_t end = strlen(ending);
    for (const char *name = names; name && *name; name += *name == ',') {
        const size_t n = strcspn(name, ",");
        name += n;
        if (n >= end && memcmp(name - end, ending, end) == 0)
            return true;
    }
    return false;
}

heed_status heed_generation_trace_gradients(heed_generation *g, heed_error *error)
{
    if (!wanted(g->options.trace) || g->ranked_count == 0)
        return HEED_OK;
    heed_tape tape = {0};
    heed_real *grads = heed_alloc(g->model->params.size, sizeof *grads);
    heed_status status = grads ? run(g, &tape, grads, error)
                               : heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the trace of gradients");
    heed_tape_free(&tape);
    heed_free(grads);
    return status;
}
