#include <string.h>

#include "ops/ops.h"

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_tensor *x = node->inputs[0], *y = node->outputs[0];
    size_t size = (size_t)x->dims[1];
    for (int b = 0; b < y->dims[0]; b++)
        for (int t = 0; t < y->dims[1]; t++)
            tape->kernels->axpy(size, 1, y->grad + ((size_t)b * y->dims[1] + t) * size, x->grad + b * size);
}

const heed_op heed_op_tile_time = {"tile_time", backward};

heed_tensor *heed_tile_time(heed_tape *tape, heed_tensor *x, int length)
{
    if (!heed_tensor_ok(x))
        return x;
    if (x->rank != 2) {
        char text[64];
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "tile_time: [rows, channels] expected, not %s",
                            heed_shape_text(x, text));
    }
    size_t size = (size_t)x->dims[1];
    heed_tensor *y =
        heed_tensor_new_dirty(tape, heed_wants_grad(tape, 1, &x), 3, (int[]){x->dims[0], length, x->dims[1]});
    if (!heed_tensor_ok(y))
        return y;
    for (int b = 0; b < x->dims[0]; b++)
        for (int t = 0; t < length; t++)
            memcpy(y->data + ((size_t)b * length + t) * size, x->data + b * size, size * sizeof *x->data);
    heed_tape_note(tape, &heed_op_tile_time, 1, &x, 1, &y, NULL);
    return y;
}
