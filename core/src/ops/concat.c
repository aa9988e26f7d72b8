#include <string.h>

#include "ops/ops.h"

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_tensor *y = node->outputs[0];
    size_t n = heed_tensor_rows(y), width = (size_t)heed_tensor_last(y), begin = 0;
    for (int k = 0; k < 2; k++) {
        const heed_tensor *x = node->inputs[k];
        size_t size = (size_t)heed_tensor_last(x);
        for (size_t i = 0; x->grad && i < n; i++)
            tape->kernels->axpy(size, 1, y->grad + i * width + begin, x->grad + i * size);
        begin += size;
    }
}

const heed_op heed_op_concat = {"concat", backward};

heed_tensor *heed_concat(heed_tape *tape, heed_tensor *a, heed_tensor *b)
{
    if (!heed_tensor_ok(a) || !heed_tensor_ok(b))
        return &tape->invalid;
    if (a->rank < 1 || a->rank != b->rank || memcmp(a->dims, b->dims, (size_t)(a->rank - 1) * sizeof *a->dims) != 0) {
        char first[64], second[64];
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "concat: all but the last axis must be equal: %s, %s",
                            heed_shape_text(a, first), heed_shape_text(b, second));
    }
    size_t n = heed_tensor_rows(a), first = (size_t)heed_tensor_last(a), second = (size_t)heed_tensor_last(b);
    int dims[HEED_MAX_RANK];
    memcpy(dims, a->dims, sizeof dims);
    dims[a->rank - 1] += b->dims[b->rank - 1];
    heed_tensor *inputs[] = {a, b};
    heed_tensor *y = heed_tensor_new_dirty(tape, heed_wants_grad(tape, 2, inputs), a->rank, dims);
    if (!heed_tensor_ok(y))
        return y;
    for (size_t i = 0; i < n; i++) {
        heed_real *row = y->data + i * (first + second);
        memcpy(row, a->data + i * first, first * sizeof *row);
        memcpy(row + first, b->data + i * second, second * sizeof *row);
    }
    heed_tape_note(tape, &heed_op_concat, 2, inputs, 1, &y, NULL);
    return y;
}
