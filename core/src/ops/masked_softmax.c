#include <string.h>

#include "ops/ops.h"

typedef struct saved {
    const int32_t *lengths;
} saved;

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_tensor *x = node->inputs[0], *y = node->outputs[0];
    const int32_t *lengths = ((const saved *)node->saved)->lengths;
    size_t size = (size_t)y->dims[2];
    for (int b = 0; b < y->dims[0]; b++)
        for (int q = 0; q < y->dims[1]; q++) {
            size_t at = ((size_t)b * y->dims[1] + q) * size;
            tape->kernels->softmax_backward(lengths ? (size_t)lengths[b] : size, y->data + at, y->grad + at,
                                            x->grad + at);
        }
}

const heed_op heed_op_masked_softmax = {"masked_softmax", backward};

heed_tensor *heed_masked_softmax(heed_tape *tape, heed_tensor *x, const int32_t *lengths)
{
    if (!heed_tensor_ok(x))
        return x;
    if (x->rank != 3) {
        char text[64];
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "masked_softmax: three axes expected, not %s",
                            heed_shape_text(x, text));
    }
    heed_tensor *y = heed_tensor_new(tape, heed_wants_grad(tape, 1, &x), 3, x->dims);
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    if (!heed_tensor_ok(y) || !keep)
        return &tape->invalid;
    for (int b = 0; b < x->dims[0]; b++) {
        int real = lengths ? lengths[b] : x->dims[2];
        if (real < 0 || real > x->dims[2])
            return heed_op_fail(tape, HEED_ERROR_ARGUMENT, "masked_softmax: length %d of row %d is not in 0..%d", real,
                                b, x->dims[2]);
        for (int q = 0; q < x->dims[1]; q++) {
            size_t at = ((size_t)b * x->dims[1] + q) * (size_t)x->dims[2];
            tape->kernels->softmax((size_t)real, x->data + at, y->data + at);
        }
    }
    keep->lengths = lengths;
    heed_tape_note(tape, &heed_op_masked_softmax, 1, &x, 1, &y, keep);
    return y;
}
