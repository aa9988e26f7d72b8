#include <string.h>

#include "models/seq2seq.h"

/* Decoding: the state between steps. Blocks of [rows, hidden] reals lie in one piece, so that a beam is reordered at
 * once: h of every layer, c likewise where the cell has one, then the readout that input feeding feeds. */
typedef struct decoding_state {
    heed_encoded source; /* of `rows` rows: every source `beam` times */
    int steps;                 /* done */
    heed_real *blocks, *spare; /* [state_blocks + 1, rows, hidden] */
} decoding_state;

static int state_blocks(const heed_seq2seq *net)
{
    return net->decoder.layers * (net->decoder.cell->has_c ? 2 : 1);
}

/* The tensor of `state` that block i holds. */
static heed_tensor **block_of(const heed_seq2seq *net, heed_recurrent_state *state, int i)
{
    const int layers = net->decoder.layers;
    return i < layers ? &state->h[i] : &state->c[i - layers];
}

static heed_tensor *repeat_rows(heed_tape *tape, heed_tensor *x, int times)
{
    if (!x || !heed_tensor_ok(x) || times == 1)
        return x;
    int dims[HEED_MAX_RANK];
    memcpy(dims, x->dims, sizeof dims);
    dims[0] *= times;
    heed_tensor *y = heed_tensor_new_dirty(tape, false, x->rank, dims);
    if (!heed_tensor_ok(y))
        return y;
    size_t size = x->dims[0] ? heed_tensor_count(x) / (size_t)x->dims[0] : 0;
    for (int row = 0; row < dims[0]; row++)
        memcpy(y->data + row * size, x->data + (row / times) * size, size * sizeof *x->data);
    return y;
}

heed_status heed_seq2seq_start(const heed_model *model, heed_tape *tape, const heed_source *source, int beam,
                               heed_decoding *out, heed_error *error)
{
    const heed_seq2seq *net = model->network;
    const int rows = source->rows * beam, states = state_blocks(net);
    const size_t block = (size_t)rows * net->hidden, blocks = ((size_t)states + 1) * block;
    decoding_state *state = heed_tape_alloc(tape, 1, sizeof *state);
    *out = (heed_decoding){.rows = rows, .vocabulary = net->vocabulary, .state = state};
    if (!state)
        return heed_tape_check(tape, error);
    state->steps = 0;
    state->source = net->encode(model, tape, source);
    HEED_TRY(heed_tape_check(tape, error));
    out->source_length = state->source.memory->dims[1];
    out->columns = state->source.columns;
    state->source.memory = repeat_rows(tape, state->source.memory, beam);
    state->source.prepared = repeat_rows(tape, state->source.prepared, beam);
    state->source.summary = repeat_rows(tape, state->source.summary, beam);
    int32_t *lengths = heed_tape_alloc(tape, (size_t)rows, sizeof *lengths);
    state->blocks = heed_tape_alloc(tape, blocks, sizeof *state->blocks);
    state->spare = heed_tape_alloc(tape, blocks, sizeof *state->spare);
    out->logits = heed_tape_alloc(tape, (size_t)rows * net->vocabulary, sizeof *out->logits);
    if (net->attends)
        out->attention = heed_tape_alloc(tape, (size_t)rows * out->source_length, sizeof *out->attention);
    HEED_TRY(heed_tape_check(tape, error));
    for (int row = 0; row < rows; row++)
        lengths[row] = state->source.lengths[row / beam];
    state->source.lengths = lengths;
    for (int i = 0; i < states; i++) {
        const heed_tensor *part = repeat_rows(tape, *block_of(net, &state->source.state, i), beam);
        HEED_TRY(heed_tape_check(tape, error));
        memcpy(state->blocks + (size_t)i * block, part->data, block * sizeof *part->data);
    }
    memset(state->blocks + (size_t)states * block, 0, block * sizeof *state->blocks);
    return HEED_OK;
}

heed_status heed_seq2seq_step(const heed_model *model, heed_tape *tape, heed_decoding *decoding,
                              const int32_t *previous, heed_error *error)
{
    const heed_seq2seq *net = model->network;
    decoding_state *state = decoding->state;
    const int rows = decoding->rows, states = state_blocks(net);
    const size_t block = (size_t)rows * net->hidden;
    const heed_arena_mark mark = heed_arena_save(&tape->arena);
    heed_recurrent_state recurrent = {{0}, {0}};
    for (int i = 0; i < states; i++)
        *block_of(net, &recurrent, i) =
            heed_tensor_view(tape, state->blocks + (size_t)i * block, NULL, 2, (int[]){rows, net->hidden});
    heed_real *fed = state->blocks + (size_t)states * block;
    heed_tensor *feed =
        net->input_feeding ? heed_tensor_view(tape, fed, NULL, 3, (int[]){rows, 1, net->hidden}) : NULL;
    const heed_decoded result =
        heed_seq2seq_decode(model, tape, &state->source, previous, rows, state->steps, 1, feed, &recurrent);
    HEED_TRY(heed_tape_check(tape, error));
    for (int i = 0; i < states; i++)
        memcpy(state->blocks + (size_t)i * block, (*block_of(net, &recurrent, i))->data, block * sizeof *fed);
    memcpy(fed, result.readout->data, block * sizeof *fed);
    memcpy(decoding->logits, result.logits->data, (size_t)rows * net->vocabulary * sizeof *fed);
    if (decoding->attention)
        memcpy(decoding->attention, result.attention.weights->data, (size_t)rows * decoding->source_length * sizeof *fed);
    heed_arena_restore(&tape->arena, mark);
    state->steps++;
    return HEED_OK;
}

void heed_seq2seq_reorder(const heed_model *model, heed_decoding *decoding, const int32_t *parents)
{
    const heed_seq2seq *net = model->network;
    decoding_state *state = decoding->state;
    const size_t hidden = (size_t)net->hidden, block = (size_t)decoding->rows * hidden;
    for (int i = 0; i < state_blocks(net) + 1; i++)
        for (int row = 0; row < decoding->rows; row++)
            memcpy(state->spare + (size_t)i * block + row * hidden,
                   state->blocks + (size_t)i * block + (size_t)parents[row] * hidden, hidden * sizeof *state->spare);
    heed_real *old = state->blocks;
    state->blocks = state->spare;
    state->spare = old;
}
