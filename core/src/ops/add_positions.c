#include <string.h>

#include "ops/ops.h"
#include "ops/project.h"

typedef struct saved {
    heed_real scale;
    int first;
} saved;

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_tensor *x = node->inputs[0], *table = node->inputs[1], *y = node->outputs[0];
    const saved *keep = node->saved;
    const size_t row = (size_t)y->dims[1] * y->dims[2];
    if (x->grad)
        tape->kernels->axpy(heed_tensor_count(y), keep->scale, y->grad, x->grad);
    for (int b = 0; table && table->grad && b < y->dims[0]; b++)
        tape->kernels->axpy(row, 1, y->grad + b * row, table->grad + (size_t)keep->first * y->dims[2]);
}

const heed_op heed_op_add_positions = {"add_positions", backward};

heed_tensor *heed_add_positions(heed_tape *tape, heed_tensor *x, double scale, heed_tensor *table, int first)
{
    if (!heed_tensor_ok(x) || (table && !heed_tensor_ok(table)))
        return &tape->invalid;
    if (x->rank != 3 || (table && (table->rank != 2 || table->dims[1] != x->dims[2]))) {
        char xs[64], ts[64] = "none";
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "add_positions: sizes do not fit: x %s, table %s",
                            heed_shape_text(x, xs), table ? heed_shape_text(table, ts) : ts);
    }
    if (first < 0 || (table && first > table->dims[0] - x->dims[1]))
        return heed_op_fail(tape, HEED_ERROR_ARGUMENT, "add_positions: %d steps from position %d; there are %d positions",
                            x->dims[1], first, table ? table->dims[0] : 0);
    heed_tensor *inputs[] = {x, table};
    heed_tensor *y = heed_tensor_new_dirty(tape, heed_wants_grad(tape, 2, inputs), 3, x->dims);
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    if (!heed_tensor_ok(y) || !keep)
        return &tape->invalid;
    const size_t row = (size_t)x->dims[1] * x->dims[2];
    for (int b = 0; b < x->dims[0]; b++) {
        if (!table)
            memset(y->data + b * row, 0, row * sizeof *y->data);
        for (int t = 0; table && t < x->dims[1]; t++)
            heed_weight_row(tape, table, first + t, y->data + b * row + (size_t)t * x->dims[2]);
        tape->kernels->axpy(row, (heed_real)scale, x->data + b * row, y->data + b * row);
    }
    *keep = (saved){.scale = (heed_real)scale, .first = first};
    heed_tape_note(tape, &heed_op_add_positions, 2, inputs, 1, &y, keep);
    return y;
}
