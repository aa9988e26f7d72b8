#include <string.h>

#include "ops/ops.h"
#include "ops/project.h"

/* Sizes: n rows, in, out. */

static void backward(heed_tape *tape, const heed_node *node)
{
    heed_tensor *x = node->inputs[0], *w = node->inputs[1], *b = node->inputs[2];
    const heed_tensor *y = node->outputs[0];
    const heed_kernels *kernels = tape->kernels;
    int n = (int)heed_tensor_rows(y), in = w->dims[1], out = w->dims[0];
    if (x->grad) /* dx[n, in] += dy[n, out] W[out, in] */
        kernels->gemm(n, in, out, y->grad, out, 1, w->data, in, 1, x->grad, in, heed_grad_adds(x), tape->gemm_scratch);
    if (w->grad) /* dW[out, in] += dy^T[out, n] x[n, in] */
        kernels->gemm(out, in, n, y->grad, 1, out, x->data, in, 1, w->grad, in, heed_grad_adds(w),
                      tape->gemm_scratch);
    if (b)
        heed_grad_settle(b);
    if (b && b->grad)
        heed_add_rows(tape, n, out, y->grad, b->grad);
}

const heed_op heed_op_linear = {"linear", backward};

heed_tensor *heed_linear(heed_tape *tape, heed_tensor *x, heed_tensor *w, heed_tensor *b)
{
    if (!heed_tensor_ok(x) || !heed_tensor_ok(w) || (b && !heed_tensor_ok(b)))
        return &tape->invalid;
    if (w->rank != 2 || x->rank < 1 || heed_tensor_last(x) != w->dims[1] ||
        (b && (b->rank != 1 || b->dims[0] != w->dims[0]))) {
        char xs[64], ws[64], bs[64] = "none";
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "linear: sizes do not fit: x %s, weight %s, bias %s",
                            heed_shape_text(x, xs), heed_shape_text(w, ws), b ? heed_shape_text(b, bs) : bs);
    }
    int n = (int)heed_tensor_rows(x), in = w->dims[1], out = w->dims[0];
    int dims[HEED_MAX_RANK];
    memcpy(dims, x->dims, sizeof dims);
    dims[x->rank - 1] = out;
    heed_tensor *inputs[] = {x, w, b};
    heed_tensor *y = heed_tensor_new_dirty(tape, heed_wants_grad(tape, 3, inputs), x->rank, dims);
    if (!heed_tensor_ok(y))
        return y;
    for (int i = 0; b && i < n; i++)
        memcpy(y->data + (size_t)i * out, b->data, (size_t)out * sizeof *b->data);
    heed_project(tape, n, w, x->data, in, y->data, out, b != NULL);
    heed_tape_note_asking(tape, &heed_op_linear, 3, inputs, 1, &y, NULL);
    return y;
}
