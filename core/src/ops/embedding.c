#include "ops/ops.h"
#include "ops/project.h"

typedef struct saved {
    const int32_t *ids;
} saved;

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_tensor *table = node->inputs[0], *y = node->outputs[0];
    const int32_t *ids = ((const saved *)node->saved)->ids;
    size_t n = heed_tensor_rows(y), size = (size_t)heed_tensor_last(y);
    for (size_t i = 0; i < n; i++)
        tape->kernels->axpy(size, 1, y->grad + i * size, table->grad + (size_t)ids[i] * size);
}

const heed_op heed_op_embedding = {"embedding", backward};

heed_tensor *heed_embedding(heed_tape *tape, heed_tensor *table, const int32_t *ids, int rows, int length)
{
    if (!heed_tensor_ok(table))
        return &tape->invalid;
    if (table->rank != 2) {
        char text[64];
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "embedding: the table must have two axes, not %s",
                            heed_shape_text(table, text));
    }
    int size = table->dims[1];
    heed_tensor *y = heed_tensor_new_dirty(tape, heed_wants_grad(tape, 1, &table), 3, (int[]){rows, length, size});
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    if (!heed_tensor_ok(y) || !keep)
        return &tape->invalid;
    for (int i = 0; i < rows * length; i++) {
        if (ids[i] < 0 || ids[i] >= table->dims[0])
            return heed_op_fail(tape, HEED_ERROR_ARGUMENT, "embedding: id %d is not in 0..%d", (int)ids[i],
                                table->dims[0] - 1);
        heed_weight_row(tape, table, ids[i], y->data + (size_t)i * size);
    }
    keep->ids = ids;
    heed_tape_note(tape, &heed_op_embedding, 1, &table, 1, &y, keep);
    return y;
}
