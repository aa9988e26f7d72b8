#include "models/token_rows.h"

#include <string.h>

void heed_token_rows_start(heed_tape *tape, int rows, int capacity, heed_token_rows *out)
{
    const size_t places = (size_t)rows * (size_t)capacity;
    *out = (heed_token_rows){.rows = rows, .capacity = capacity};
    out->ids = heed_tape_alloc(tape, places, sizeof *out->ids);
    out->spare = heed_tape_alloc(tape, places, sizeof *out->spare);
    out->lengths = heed_tape_alloc(tape, (size_t)rows, sizeof *out->lengths);
    for (int row = 0; out->lengths && row < rows; row++)
        out->lengths[row] = 0;
}

void heed_token_rows_add(heed_token_rows *tokens, int row, const int32_t *ids, int count)
{
    if (count > 0)
        memcpy(tokens->ids + (size_t)row * tokens->capacity + tokens->lengths[row], ids, (size_t)count * sizeof *ids);
    tokens->lengths[row] += count;
}

void heed_token_rows_reorder(heed_token_rows *tokens, const int32_t *parents)
{
    const size_t size = (size_t)tokens->capacity;
    for (int row = 0; row < tokens->rows; row++)
        memcpy(tokens->spare + row * size, tokens->ids + parents[row] * size, size * sizeof *tokens->ids);
    int32_t *old = tokens->ids;
    tokens->ids = tokens->spare;
    tokens->spare = old;
}

heed_tensor *heed_token_rows_last(heed_tape *tape, const heed_token_rows *tokens, heed_tensor *x)
{
    heed_tensor *table = heed_tensor_ok(x) ? heed_tensor_reshape(tape, x, 2, (int[]){x->dims[0] * x->dims[1], x->dims[2]}) : x;
    int32_t *places = heed_tape_alloc(tape, (size_t)tokens->rows, sizeof *places);
    for (int row = 0; places && heed_tensor_ok(x) && row < tokens->rows; row++)
        places[row] = row * x->dims[1] + tokens->lengths[row] - 1;
    return places && heed_tensor_ok(x) ? heed_embedding(tape, table, places, tokens->rows, 1) : &tape->invalid;
}

heed_tensor *heed_token_rows_run(heed_tape *tape, const heed_params *params, const heed_transformer_stack *stack,
                                 const heed_token_rows *tokens, heed_stack_pass *pass)
{
    int length = 0;
    for (int row = 0; row < tokens->rows; row++)
        length = tokens->lengths[row] > length ? tokens->lengths[row] : length;
    int32_t *ids = heed_tape_alloc(tape, (size_t)tokens->rows * length, sizeof *ids);
    for (int row = 0; ids && row < tokens->rows; row++)
        for (int t = 0; t < length; t++)
            ids[row * length + t] = t < tokens->lengths[row] ? tokens->ids[(size_t)row * tokens->capacity + t] : HEED_TOKEN_PAD;
    pass->lengths = tokens->lengths;
    heed_tensor *h = ids ? heed_stack_apply(tape, params, stack, ids, tokens->rows, length, pass) : &tape->invalid;
    return heed_token_rows_last(tape, tokens, h);
}
