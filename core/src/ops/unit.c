#include <math.h>
#include <string.h>

#include "ops/ops.h"

typedef struct saved {
    heed_real *inverse; /* 1 / length of each row */
} saved;

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_tensor *x = node->inputs[0], *y = node->outputs[0];
    const heed_real *inverse = ((const saved *)node->saved)->inverse;
    const size_t n = heed_tensor_rows(y), size = (size_t)heed_tensor_last(y);
    for (size_t i = 0; i < n; i++) { /* dx += (dy - y (y . dy)) / length */
        const heed_real *yi = y->data + i * size, *dy = y->grad + i * size;
        const heed_real along = tape->kernels->dot(size, yi, dy);
        tape->kernels->axpy(size, inverse[i], dy, x->grad + i * size);
        tape->kernels->axpy(size, -along * inverse[i], yi, x->grad + i * size);
    }
}

const heed_op heed_op_unit = {"unit", backward};

heed_tensor *heed_unit(heed_tape *tape, heed_tensor *x)
{
    if (!heed_tensor_ok(x))
        return x;
    const size_t n = heed_tensor_rows(x), size = (size_t)heed_tensor_last(x);
    heed_tensor *y = heed_tensor_new_dirty(tape, heed_wants_grad(tape, 1, &x), x->rank, x->dims);
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    heed_real *inverse = heed_tape_alloc(tape, n, sizeof *inverse);
    if (!heed_tensor_ok(y) || !keep || !inverse)
        return &tape->invalid;
    memcpy(y->data, x->data, n * size * sizeof *y->data);
    for (size_t i = 0; i < n; i++) {
        inverse[i] = (heed_real)(1 / sqrt(tape->kernels->sum_squares(size, x->data + i * size) + 1e-12));
        tape->kernels->scale(size, inverse[i], y->data + i * size);
    }
    keep->inverse = inverse;
    heed_tape_note(tape, &heed_op_unit, 1, &x, 1, &y, keep);
    return y;
}
