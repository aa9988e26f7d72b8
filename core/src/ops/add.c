#include <string.h>

#include "ops/ops.h"

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_tensor *y = node->outputs[0];
    for (int i = 0; i < 2; i++) {
        heed_tensor *x = node->inputs[i];
        if (x->grad && heed_grad_adds(x))
            tape->kernels->axpy(heed_tensor_count(y), 1, y->grad, x->grad);
        else if (x->grad)
            memcpy(x->grad, y->grad, heed_tensor_count(y) * sizeof *y->grad);
    }
}

const heed_op heed_op_add = {"add", backward};

heed_tensor *heed_add(heed_tape *tape, heed_tensor *a, heed_tensor *b)
{
    if (!heed_tensor_ok(a) || !heed_tensor_ok(b))
        return &tape->invalid;
    if (a->rank != b->rank || memcmp(a->dims, b->dims, (size_t)a->rank * sizeof *a->dims) != 0) {
        char first[64], second[64];
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "add: shapes differ: %s + %s", heed_shape_text(a, first),
                            heed_shape_text(b, second));
    }
    heed_tensor *inputs[] = {a, b};
    heed_tensor *y = heed_tensor_new_dirty(tape, heed_wants_grad(tape, 2, inputs), a->rank, a->dims);
    if (!heed_tensor_ok(y))
        return y;
    size_t n = heed_tensor_count(y);
    memcpy(y->data, a->data, n * sizeof *y->data);
    tape->kernels->axpy(n, 1, b->data, y->data);
    heed_tape_note_asking(tape, &heed_op_add, 2, inputs, 1, &y, NULL);
    return y;
}
