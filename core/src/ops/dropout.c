#include "ops/ops.h"

typedef struct saved {
    const heed_real *mask; /* 0 or 1 / (1 - p) */
} saved;

static void backward(heed_tape *tape, const heed_node *node)
{
    (void)tape;
    const heed_tensor *x = node->inputs[0], *y = node->outputs[0];
    const heed_real *mask = ((const saved *)node->saved)->mask;
    size_t n = heed_tensor_count(y);
    for (size_t i = 0; i < n; i++)
        x->grad[i] += mask[i] * y->grad[i];
}

const heed_op heed_op_dropout = {"dropout", backward};

heed_tensor *heed_dropout(heed_tape *tape, heed_tensor *x, double p)
{
    if (!heed_tensor_ok(x) || !tape->training || p <= 0)
        return x;
    size_t n = heed_tensor_count(x);
    heed_tensor *y = heed_tensor_new_dirty(tape, heed_wants_grad(tape, 1, &x), x->rank, x->dims);
    heed_real *mask = heed_dropout_mask(tape, n, p);
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    if (!heed_tensor_ok(y) || !mask || !keep)
        return &tape->invalid;
    for (size_t i = 0; i < n; i++)
        y->data[i] = mask[i] * x->data[i];
    keep->mask = mask;
    heed_tape_note(tape, &heed_op_dropout, 1, &x, 1, &y, keep);
    return y;
}

heed_real *heed_dropout_mask(heed_tape *tape, size_t n, double p)
{
    if (p >= 1) {
        heed_op_fail(tape, HEED_ERROR_ARGUMENT, "dropout: the probability %g is not below 1", p);
        return NULL;
    }
    heed_real *mask = heed_tape_alloc(tape, n, sizeof *mask);
    /* One draw of 64 bits decides four elements: 16 bits resolve p to 1/65536. */
    const uint64_t threshold = (uint64_t)(p * 65536 + 0.5);
    const heed_real kept = (heed_real)(1 / (1 - (double)threshold / 65536));
    uint64_t bits = 0;
    for (size_t i = 0; mask && i < n; i++) {
        bits = i % 4 ? bits >> 16 : heed_rng_next(&tape->rng);
        mask[i] = (bits & 0xFFFF) < threshold ? 0 : kept;
    }
    return mask;
}
