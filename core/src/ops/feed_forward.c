#include <string.h>

#include "ops/ops.h"
#include "ops/project.h"

/* Sizes: n rows, C channels, F hidden ones. The hidden layer is the widest of a Transformer; as one op its gradient is
 * written once and never cleared or added to. */

typedef struct saved {
    heed_activation activation;
    const heed_real *before; /* [n, F] what the activation was given; for ReLU its result, which has the same sign */
    const heed_real *hidden; /* [n, F] */
} saved;

static void add_bias_gradient(heed_tape *tape, int n, int size, const heed_real *dy, heed_tensor *bias)
{
    heed_grad_settle(bias);
    if (bias->grad)
        heed_add_rows(tape, n, size, dy, bias->grad);
}

static void backward(heed_tape *tape, const heed_node *node)
{
    heed_tensor *x = node->inputs[0], *up = node->inputs[1], *up_bias = node->inputs[2];
    heed_tensor *down = node->inputs[3], *down_bias = node->inputs[4];
    const heed_tensor *y = node->outputs[0];
    const heed_kernels *kernels = tape->kernels;
    const saved *keep = node->saved;
    const int n = (int)heed_tensor_rows(y), size = up->dims[1], wide = up->dims[0];
    const heed_arena_mark mark = heed_arena_save(&tape->arena);
    heed_real *dhidden = heed_tape_alloc(tape, (size_t)n * wide, sizeof *dhidden);
    heed_real *row = heed_tape_alloc(tape, (size_t)wide, sizeof *row);
    if (!dhidden || !row)
        return;
    add_bias_gradient(tape, n, size, y->grad, down_bias);
    if (down->grad) /* dW2[C, F] += dy^T hidden */
        kernels->gemm(size, wide, n, y->grad, 1, size, keep->hidden, wide, 1, down->grad, wide,
                      heed_grad_adds(down), tape->gemm_scratch);
    /* dhidden[n, F] = dy W2, then through the activation */
    kernels->gemm(n, wide, size, y->grad, size, 1, down->data, wide, 1, dhidden, wide, false, tape->gemm_scratch);
    for (int i = 0; i < n; i++) {
        heed_real *d = dhidden + (size_t)i * wide;
        const heed_real *before = keep->before + (size_t)i * wide;
        memset(row, 0, (size_t)wide * sizeof *row);
        if (keep->activation == HEED_GELU)
            kernels->gelu_backward((size_t)wide, before, d, row);
        else
            kernels->relu_backward((size_t)wide, before, d, row);
        memcpy(d, row, (size_t)wide * sizeof *row);
    }
    add_bias_gradient(tape, n, wide, dhidden, up_bias);
    if (up->grad) /* dW1[F, C] += dhidden^T x */
        kernels->gemm(wide, size, n, dhidden, 1, wide, x->data, size, 1, up->grad, size, heed_grad_adds(up),
                      tape->gemm_scratch);
    if (x->grad) /* dx[n, C] += dhidden W1 */
        kernels->gemm(n, size, wide, dhidden, wide, 1, up->data, size, 1, x->grad, size, heed_grad_adds(x),
                      tape->gemm_scratch);
    heed_arena_restore(&tape->arena, mark);
}

const heed_op heed_op_feed_forward = {"feed_forward", backward};

static bool shapes_fit(const heed_tensor *x, const heed_tensor *up, const heed_tensor *up_bias,
                       const heed_tensor *down, const heed_tensor *down_bias)
{
    return x->rank >= 1 && up->rank == 2 && down->rank == 2 && up_bias->rank == 1 && down_bias->rank == 1 &&
           heed_tensor_last(x) == up->dims[1] && down->dims[0] == up->dims[1] && down->dims[1] == up->dims[0] &&
           up_bias->dims[0] == up->dims[0] && down_bias->dims[0] == down->dims[0];
}

heed_feed_forward_result heed_feed_forward(heed_tape *tape, heed_tensor *x, heed_tensor *up, heed_tensor *up_bias,
                                           heed_tensor *down, heed_tensor *down_bias, heed_activation activation)
{
    const heed_feed_forward_result failed = {&tape->invalid, &tape->invalid};
    heed_tensor *inputs[] = {x, up, up_bias, down, down_bias};
    for (int i = 0; i < 5; i++)
        if (!heed_tensor_ok(inputs[i]))
            return failed;
    if (!shapes_fit(x, up, up_bias, down, down_bias)) {
        char xs[64], ups[64], downs[64];
        heed_op_fail(tape, HEED_ERROR_SHAPE, "feed_forward: sizes do not fit: x %s, up %s, down %s (and biases)",
                     heed_shape_text(x, xs), heed_shape_text(up, ups), heed_shape_text(down, downs));
        return failed;
    }
    const heed_kernels *kernels = tape->kernels;
    const int n = (int)heed_tensor_rows(x), size = up->dims[1], wide = up->dims[0];
    int dims[HEED_MAX_RANK];
    memcpy(dims, x->dims, sizeof dims);
    heed_tensor *y = heed_tensor_new_dirty(tape, heed_wants_grad(tape, 5, inputs), x->rank, dims);
    dims[x->rank - 1] = wide;
    heed_tensor *hidden = heed_tensor_new_dirty(tape, false, x->rank, dims), *before = hidden;
    if (activation == HEED_GELU)
        before = heed_tensor_new_dirty(tape, false, x->rank, dims);
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    if (!heed_tensor_ok(y) || !heed_tensor_ok(hidden) || !heed_tensor_ok(before) || !keep)
        return failed;
    heed_project(tape, n, up, x->data, size, before->data, wide, false);
    for (int i = 0; i < n; i++) {
        const size_t at = (size_t)i * wide;
        kernels->axpy((size_t)wide, 1, up_bias->data, before->data + at);
        if (activation == HEED_GELU)
            kernels->gelu((size_t)wide, before->data + at, hidden->data + at);
        else
            kernels->relu((size_t)wide, before->data + at, hidden->data + at);
        memcpy(y->data + (size_t)i * size, down_bias->data, (size_t)size * sizeof *y->data);
    }
    heed_project(tape, n, down, hidden->data, wide, y->data, size, true);
    *keep = (saved){.activation = activation, .before = before->data, .hidden = hidden->data};
    heed_tape_note_asking(tape, &heed_op_feed_forward, 5, inputs, 1, &y, keep);
    return (heed_feed_forward_result){y, hidden};
}
