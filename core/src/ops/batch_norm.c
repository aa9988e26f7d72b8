#include <math.h>
#include <string.h>

#include "ops/ops.h"

/* Sizes: n real rows of C channels. In training, with averages over the n rows and hat = (x - mean) rstd:
 *   dx = gain rstd (dy - average(dy) - hat average(dy hat))
 * With given statistics a channel is a line: dx = gain rstd dy. Sums over rows, which may be many, are in double. */

typedef struct saved {
    int32_t *rows; /* [n] which rows of x are real */
    int count;     /* n */
    bool given;
    const heed_real *mean;
    heed_real *rstd; /* [C] */
} saved;

static void add_statistics_gradients(const heed_node *node, const double *sum_dy, const double *sum_dy_hat, int size)
{
    const heed_real *gain = node->inputs[1]->data, *rstd = ((const saved *)node->saved)->rstd;
    heed_tensor *mean = node->inputs[3], *variance = node->inputs[4];
    for (int c = 0; mean->grad && c < size; c++)
        mean->grad[c] -= gain[c] * rstd[c] * (heed_real)sum_dy[c];
    for (int c = 0; variance->grad && c < size; c++)
        variance->grad[c] -= gain[c] * rstd[c] * rstd[c] * (heed_real)sum_dy_hat[c] / 2;
}

static void add_x_gradient(const heed_node *node, const double *sum_dy, const double *sum_dy_hat, int size)
{
    const saved *keep = node->saved;
    const heed_tensor *x = node->inputs[0];
    const heed_real *gain = node->inputs[1]->data;
    const double share = keep->given ? 0 : 1 / (double)keep->count;
    for (int i = 0; i < keep->count; i++) {
        const size_t row = (size_t)keep->rows[i] * (size_t)size;
        const heed_real *from = x->data + row, *dy = node->outputs[0]->grad + row;
        heed_real *dx = x->grad + row;
        for (int c = 0; c < size; c++) {
            const heed_real hat = (from[c] - keep->mean[c]) * keep->rstd[c];
            dx[c] += gain[c] * keep->rstd[c] *
                     (dy[c] - (heed_real)(share * sum_dy[c]) - hat * (heed_real)(share * sum_dy_hat[c]));
        }
    }
}

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_tensor *x = node->inputs[0], *gain = node->inputs[1], *bias = node->inputs[2];
    const saved *keep = node->saved;
    const int size = x->dims[2];
    const heed_arena_mark mark = heed_arena_save(&tape->arena);
    double *sum_dy = heed_tape_alloc(tape, 2 * (size_t)size, sizeof *sum_dy), *sum_dy_hat = sum_dy + size;
    if (!sum_dy)
        return;
    memset(sum_dy, 0, 2 * (size_t)size * sizeof *sum_dy);
    for (int i = 0; i < keep->count; i++) {
        const size_t row = (size_t)keep->rows[i] * (size_t)size;
        const heed_real *from = x->data + row, *dy = node->outputs[0]->grad + row;
        for (int c = 0; c < size; c++) {
            sum_dy[c] += (double)dy[c];
            sum_dy_hat[c] += (double)(dy[c] * (from[c] - keep->mean[c]) * keep->rstd[c]);
        }
    }
    for (int c = 0; gain->grad && c < size; c++)
        gain->grad[c] += (heed_real)sum_dy_hat[c];
    for (int c = 0; bias->grad && c < size; c++)
        bias->grad[c] += (heed_real)sum_dy[c];
    if (keep->given)
        add_statistics_gradients(node, sum_dy, sum_dy_hat, size);
    if (x->grad)
        add_x_gradient(node, sum_dy, sum_dy_hat, size);
    heed_arena_restore(&tape->arena, mark);
}

const heed_op heed_op_batch_norm = {"batch_norm", backward};

static bool is_vector(const heed_tensor *x, int size)
{
    return x->rank == 1 && x->dims[0] == size;
}

/* NULL, with the tape's error set, when a length is impossible or memory is out. */
static saved *list_rows(heed_tape *tape, const heed_tensor *x, const int32_t *lengths)
{
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    int32_t *rows = heed_tape_alloc(tape, heed_tensor_rows(x), sizeof *rows);
    if (!keep || !rows)
        return NULL;
    *keep = (saved){.rows = rows};
    for (int b = 0; b < x->dims[0]; b++) {
        const int32_t steps = lengths ? lengths[b] : x->dims[1];
        if (steps < 0 || steps > x->dims[1]) {
            heed_op_fail(tape, HEED_ERROR_ARGUMENT, "batch_norm: length %d of row %d is not in 0..%d", (int)steps, b,
                         x->dims[1]);
            return NULL;
        }
        for (int32_t t = 0; t < steps; t++)
            keep->rows[keep->count++] = b * x->dims[1] + t;
    }
    return keep;
}

/* Mean and variance over the real rows, in two passes. */
static void measure(heed_tape *tape, const heed_tensor *x, const saved *keep, heed_real *mean, heed_real *variance)
{
    const int size = x->dims[2];
    double *sums = heed_tape_alloc(tape, (size_t)size, sizeof *sums);
    for (int pass = 0; sums && pass < 2; pass++) {
        memset(sums, 0, (size_t)size * sizeof *sums);
        for (int i = 0; i < keep->count; i++) {
            const heed_real *from = x->data + (size_t)keep->rows[i] * (size_t)size;
            for (int c = 0; c < size; c++) {
                const double d = (double)from[c] - (pass ? (double)mean[c] : 0);
                sums[c] += pass ? d * d : d;
            }
        }
        for (int c = 0; c < size; c++)
            (pass ? variance : mean)[c] = keep->count ? (heed_real)(sums[c] / keep->count) : 0;
    }
}

static void normalise(const heed_tensor *x, const saved *keep, const heed_tensor *gain, const heed_tensor *bias,
                      heed_tensor *y)
{
    const int size = x->dims[2];
    for (int i = 0; i < keep->count; i++) {
        const size_t row = (size_t)keep->rows[i] * (size_t)size;
        /* [book:batch_norm] */
        for (int c = 0; c < size; c++)
            y->data[row + c] =
                gain->data[c] * (x->data[row + c] - keep->mean[c]) * keep->rstd[c] + bias->data[c];
        /* [/book] */
    }
}

heed_batch_norm_result heed_batch_norm(heed_tape *tape, heed_tensor *x, heed_tensor *gain, heed_tensor *bias,
                                       heed_tensor *mean, heed_tensor *variance, const int32_t *lengths,
                                       double epsilon)
{
    const heed_batch_norm_result failed = {&tape->invalid, &tape->invalid, &tape->invalid, 0};
    heed_tensor *inputs[] = {x, gain, bias, mean, variance};
    for (int i = 0; i < 5; i++)
        if (inputs[i] && !heed_tensor_ok(inputs[i]))
            return failed;
    const int size = heed_tensor_last(x);
    if (x->rank != 3 || !is_vector(gain, size) || !is_vector(bias, size) || !mean != !variance ||
        (mean && (!is_vector(mean, size) || !is_vector(variance, size)))) {
        char xs[64], gs[64], bs[64];
        heed_op_fail(tape, HEED_ERROR_SHAPE, "batch_norm: sizes do not fit: x %s, gain %s, bias %s, or statistics",
                     heed_shape_text(x, xs), heed_shape_text(gain, gs), heed_shape_text(bias, bs));
        return failed;
    }
    saved *keep = list_rows(tape, x, lengths);
    heed_batch_norm_result result = {.y = heed_tensor_new(tape, heed_wants_grad(tape, 5, inputs), 3, x->dims),
                                     .mean = mean, .variance = variance};
    heed_real *rstd = heed_tape_alloc(tape, (size_t)size, sizeof *rstd);
    if (!mean) {
        result.mean = heed_tensor_new(tape, false, 1, &size);
        result.variance = heed_tensor_new(tape, false, 1, &size);
    }
    if (!keep || !rstd || !heed_tensor_ok(result.y) || !heed_tensor_ok(result.mean) || !heed_tensor_ok(result.variance))
        return failed;
    if (!mean)
        measure(tape, x, keep, result.mean->data, result.variance->data);
    for (int c = 0; c < size; c++)
        rstd[c] = (heed_real)(1 / sqrt((double)result.variance->data[c] + epsilon));
    result.count = keep->count;
    keep->given = mean != NULL;
    keep->mean = result.mean->data;
    keep->rstd = rstd;
    normalise(x, keep, gain, bias, result.y);
    heed_tape_note(tape, &heed_op_batch_norm, 5, inputs, 1, &result.y, keep);
    return result;
}
