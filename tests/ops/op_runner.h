/* How each op of ops.def is called when its inputs are a list of tensors: shared by the gradient checks, which draw the
 * inputs at random, and the golden tests, which read them from files. One runner per op. */
#ifndef HEED_OP_RUNNER_H
#define HEED_OP_RUNNER_H

#include "ops/ops.h"

enum { OP_INPUTS_MAX = 6, OP_OUTPUTS_MAX = 3 };

/* What an op takes beside tensors; each uses what it needs. */
typedef struct op_arguments {
    int rows, length;       /* of ids; length also of tile_time; gru, lstm, rnn: truncate */
    const int32_t *ids;     /* [rows, length] ids or targets */
    const int32_t *lengths; /* [rows] or NULL */
    int flag;               /* batch_matmul: transpose_b; gru, lstm, rnn: reverse; add_positions: first; heads: causal;
                               feed_forward: gelu; local_softmax: first */
    double number;          /* dropout, multi_head_attention: p; cross_entropy: smoothing; rnn: 1 for relu; layer_norm, batch_norm: epsilon;
                               add_positions: scale; scale: factor */
    int heads, keys, window, muted; /* multi_head_attention; window: also local_softmax's reach */
    int height, width, stride, padding; /* of the windows of conv2d and max_pool */
} op_arguments;

typedef struct op_runner {
    const char *name;
    const char *inputs[OP_INPUTS_MAX + 1];  /* NULL-terminated; an input may be absent (NULL) where the op allows it */
    const char *outputs[OP_OUTPUTS_MAX + 1];
    void (*run)(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out);
} op_runner;

/* NULL when there is none of this name. */
const op_runner *op_runner_find(const char *name);

/* The generator that dropout draws from, in every run of every test. */
heed_rng op_runner_rng(void);

#endif
