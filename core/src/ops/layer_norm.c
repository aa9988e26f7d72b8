#include "ops/ops.h"

typedef struct saved {
    heed_real *mean, *rstd; /* of each row */
} saved;

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_tensor *x = node->inputs[0], *gain = node->inputs[1], *bias = node->inputs[2], *y = node->outputs[0];
    const saved *keep = node->saved;
    const size_t rows = heed_tensor_rows(y), size = (size_t)heed_tensor_last(y);
    for (size_t i = 0; i < rows; i++)
        tape->kernels->layer_norm_backward(size, x->data + i * size, gain->data, keep->mean[i], keep->rstd[i],
                                           y->grad + i * size, x->grad ? x->grad + i * size : NULL, gain->grad,
                                           bias->grad);
}

const heed_op heed_op_layer_norm = {"layer_norm", backward};

heed_tensor *heed_layer_norm(heed_tape *tape, heed_tensor *x, heed_tensor *gain, heed_tensor *bias, double epsilon)
{
    if (!heed_tensor_ok(x) || !heed_tensor_ok(gain) || !heed_tensor_ok(bias))
        return &tape->invalid;
    const int size = heed_tensor_last(x);
    if (x->rank < 1 || size < 1 || gain->rank != 1 || bias->rank != 1 || gain->dims[0] != size ||
        bias->dims[0] != size) {
        char xs[64], gs[64], bs[64];
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "layer_norm: sizes do not fit: x %s, gain %s, bias %s",
                            heed_shape_text(x, xs), heed_shape_text(gain, gs), heed_shape_text(bias, bs));
    }
    const size_t rows = heed_tensor_rows(x);
    heed_tensor *inputs[] = {x, gain, bias};
    heed_tensor *y = heed_tensor_new_dirty(tape, heed_wants_grad(tape, 3, inputs), x->rank, x->dims);
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    heed_real *numbers = heed_tape_alloc(tape, 2 * rows, sizeof *numbers);
    if (!heed_tensor_ok(y) || !keep || !numbers)
        return &tape->invalid;
    *keep = (saved){.mean = numbers, .rstd = numbers + rows};
    for (size_t i = 0; i < rows; i++)
        tape->kernels->layer_norm((size_t)size, (heed_real)epsilon, x->data + i * size, gain->data, bias->data,
                                  y->data + i * size, &keep->mean[i], &keep->rstd[i]);
    heed_tape_note(tape, &heed_op_layer_norm, 3, inputs, 1, &y, keep);
    return y;
}
