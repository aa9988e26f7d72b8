/* Decoding without a cache of keys and values: the tokens so far of each row, and a pass over all of them for every
 * step. What a cache saves can so be measured. */
#ifndef HEED_TOKEN_ROWS_H
#define HEED_TOKEN_ROWS_H

#include "models/arch.h"
#include "nn/transformer_layers.h"

typedef struct heed_token_rows {
    int rows, capacity;   /* capacity: tokens of a row at most */
    int32_t *ids, *spare; /* [rows, capacity] */
    int32_t *lengths;     /* [rows] */
} heed_token_rows;

/* No tokens yet; in the tape's arena. On failure, the tape's error is set. */
void heed_token_rows_start(heed_tape *tape, int rows, int capacity, heed_token_rows *out);
void heed_token_rows_add(heed_token_rows *tokens, int row, const int32_t *ids, int count);
/* Row r becomes what row parents[r], of equal length, was. */
void heed_token_rows_reorder(heed_token_rows *tokens, const int32_t *parents);
/* The stack's output at each row's last token, [rows, 1, C]. */
heed_tensor *heed_token_rows_run(heed_tape *tape, const heed_params *params, const heed_transformer_stack *stack,
                                 const heed_token_rows *tokens, heed_stack_pass *pass);
/* x [rows, T, C] at each row's last token, [rows, 1, C]. */
heed_tensor *heed_token_rows_last(heed_tape *tape, const heed_token_rows *tokens, heed_tensor *x);

#endif
