#include "ops/ops.h"

/* Sizes: per batch row a[m, k], b[k, n] (or b[n, k] when transposed), y[m, n]. */

typedef struct saved {
    bool transpose_b;
} saved;

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_tensor *a = node->inputs[0], *b = node->inputs[1], *y = node->outputs[0];
    bool transposed = ((const saved *)node->saved)->transpose_b;
    int rows = y->dims[0], m = y->dims[1], n = y->dims[2], k = a->dims[2];
    size_t a_size = (size_t)m * k, b_size = (size_t)k * n, y_size = (size_t)m * n;
    for (int r = 0; r < rows; r++) {
        const heed_real *dy = y->grad + r * y_size, *ar = a->data + r * a_size, *br = b->data + r * b_size;
        if (a->grad) /* da[m, k] += dy[m, n] b^T[n, k] */
            tape->kernels->gemm(m, k, n, dy, n, 1, br, transposed ? k : 1, transposed ? 1 : n, a->grad + r * a_size, k,
                                true, tape->gemm_scratch);
        if (b->grad && transposed) /* db[n, k] += dy^T[n, m] a[m, k] */
            tape->kernels->gemm(n, k, m, dy, 1, n, ar, k, 1, b->grad + r * b_size, k, true, tape->gemm_scratch);
        else if (b->grad) /* db[k, n] += a^T[k, m] dy[m, n] */
            tape->kernels->gemm(k, n, m, ar, 1, k, dy, n, 1, b->grad + r * b_size, n, true, tape->gemm_scratch);
    }
}

const heed_op heed_op_batch_matmul = {"batch_matmul", backward};

heed_tensor *heed_batch_matmul(heed_tape *tape, heed_tensor *a, heed_tensor *b, bool transpose_b)
{
    if (!heed_tensor_ok(a) || !heed_tensor_ok(b))
        return &tape->invalid;
    if (a->rank != 3 || b->rank != 3 || a->dims[0] != b->dims[0] || a->dims[2] != b->dims[transpose_b ? 2 : 1]) {
        char first[64], second[64];
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "batch_matmul: sizes do not fit: %s x %s%s",
                            heed_shape_text(a, first), heed_shape_text(b, second), transpose_b ? " transposed" : "");
    }
    int rows = a->dims[0], m = a->dims[1], k = a->dims[2], n = b->dims[transpose_b ? 1 : 2];
    heed_tensor *inputs[] = {a, b};
    heed_tensor *y = heed_tensor_new_dirty(tape, heed_wants_grad(tape, 2, inputs), 3, (int[]){rows, m, n});
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    if (!heed_tensor_ok(y) || !keep)
        return &tape->invalid;
    for (int r = 0; r < rows; r++)
        tape->kernels->gemm(m, n, k, a->data + (size_t)r * m * k, k, 1, b->data + (size_t)r * k * n,
                            transpose_b ? 1 : n, transpose_b ? k : 1, y->data + (size_t)r * m * n, n, false,
                            tape->gemm_scratch);
    keep->transpose_b = transpose_b;
    heed_tape_note(tape, &heed_op_batch_matmul, 2, inputs, 1, &y, keep);
    return y;
}
