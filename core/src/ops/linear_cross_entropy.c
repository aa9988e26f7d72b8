#include <string.h>

#include "ops/ops.h"
#include "ops/project.h"

/* Sizes: n real steps of all rows, C channels, V classes. With p = softmax(logits) and q the target distribution, the
 * gradient for the logits is p - q, and it is written over them; the loss's own gradient ds is a factor of the small
 * matrices it is multiplied with. */

typedef struct saved {
    heed_real *dlogits;    /* [n, V] p - q */
    const int32_t *places; /* [n] which step of x each is */
    int n;
} saved;

static void gather(const heed_tensor *x, const saved *keep, const heed_kernels *kernels, heed_real factor,
                   heed_real *out)
{
    const size_t size = (size_t)heed_tensor_last(x);
    for (int i = 0; i < keep->n; i++)
        memcpy(out + i * size, x->data + keep->places[i] * size, size * sizeof *out);
    if (factor != 1)
        kernels->scale(keep->n * size, factor, out);
}

static void backward(heed_tape *tape, const heed_node *node)
{
    heed_tensor *x = node->inputs[0], *w = node->inputs[1], *b = node->inputs[2];
    const heed_kernels *kernels = tape->kernels;
    const saved *keep = node->saved;
    const heed_real ds = node->outputs[0]->grad[0];
    const int n = keep->n, size = w->dims[1], classes = w->dims[0];
    const heed_arena_mark mark = heed_arena_save(&tape->arena);
    heed_real *small = heed_tape_alloc(tape, (size_t)n * size, sizeof *small);
    if (!small)
        return;
    if (x->grad) { /* dx[n, C] += ds dlogits W */
        heed_grad_settle(x); /* padding has no gradient */
        kernels->gemm(n, size, classes, keep->dlogits, classes, 1, w->data, size, 1, small, size, false,
                      tape->gemm_scratch);
        for (int i = 0; i < n; i++)
            kernels->axpy((size_t)size, ds, small + (size_t)i * size, x->grad + (size_t)keep->places[i] * size);
    }
    if (w->grad) { /* dW[V, C] += dlogits^T (ds x) */
        gather(x, keep, kernels, ds, small);
        kernels->gemm(classes, size, n, keep->dlogits, 1, classes, small, size, 1, w->grad, size,
                      heed_grad_adds(w), tape->gemm_scratch);
    }
    if (b)
        heed_grad_settle(b);
    for (int i = 0; b && b->grad && i < n; i++)
        kernels->axpy((size_t)classes, ds, keep->dlogits + (size_t)i * classes, b->grad);
    heed_arena_restore(&tape->arena, mark);
}

const heed_op heed_op_linear_cross_entropy = {"linear_cross_entropy", backward};

/* The real steps of all rows, in order; false with the tape's error set when a length or target is impossible. */
static bool find_steps(heed_tape *tape, const heed_tensor *x, int classes, const int32_t *targets,
                       const int32_t *lengths, int32_t *places, int *n)
{
    const int steps = x->dims[1];
    *n = 0;
    for (int row = 0; row < x->dims[0]; row++) {
        const int real = lengths ? lengths[row] : steps;
        if (real < 0 || real > steps) {
            heed_op_fail(tape, HEED_ERROR_ARGUMENT, "linear_cross_entropy: length %d of row %d is not in 0..%d", real,
                         row, steps);
            return false;
        }
        for (int t = 0; t < real; t++) {
            const int32_t at = row * steps + t;
            if (targets[at] == HEED_NO_TARGET)
                continue;
            if (targets[at] < 0 || targets[at] >= classes) {
                heed_op_fail(tape, HEED_ERROR_ARGUMENT, "linear_cross_entropy: target %d is not in 0..%d",
                             (int)targets[at], classes - 1);
                return false;
            }
            places[(*n)++] = at;
        }
    }
    return true;
}

/* The loss of one row of logits, which become p - q. */
static double row_loss(const heed_kernels *kernels, int classes, heed_real *row, int32_t target, double smoothing)
{
    const double logit = (double)row[target];
    double mean = 0;
    for (int v = 0; smoothing > 0 && v < classes; v++)
        mean += (double)row[v] / classes;
    const double log_sum = (double)kernels->softmax((size_t)classes, row, row);
    const heed_real everywhere = (heed_real)(smoothing / classes);
    for (int v = 0; smoothing > 0 && v < classes; v++)
        row[v] -= everywhere;
    row[target] -= (heed_real)(1 - smoothing);
    return log_sum - (1 - smoothing) * logit - smoothing * mean;
}

heed_tensor *heed_linear_cross_entropy(heed_tape *tape, heed_tensor *x, heed_tensor *w, heed_tensor *b,
                                       const int32_t *targets, const int32_t *lengths, double smoothing)
{
    if (!heed_tensor_ok(x) || !heed_tensor_ok(w) || (b && !heed_tensor_ok(b)))
        return &tape->invalid;
    if (x->rank != 3 || w->rank != 2 || x->dims[2] != w->dims[1] ||
        (b && (b->rank != 1 || b->dims[0] != w->dims[0]))) {
        char xs[64], ws[64], bs[64] = "none";
        return heed_op_fail(tape, HEED_ERROR_SHAPE,
                            "linear_cross_entropy: sizes do not fit: x %s, weight %s, bias %s", heed_shape_text(x, xs),
                            heed_shape_text(w, ws), b ? heed_shape_text(b, bs) : bs);
    }
    const int size = w->dims[1], classes = w->dims[0];
    heed_tensor *inputs[] = {x, w, b};
    heed_tensor *loss = heed_tensor_new(tape, heed_wants_grad(tape, 3, inputs), 1, (int[]){1});
    int32_t *places = heed_tape_alloc(tape, heed_tensor_rows(x), sizeof *places);
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    if (!heed_tensor_ok(loss) || !places || !keep ||
        !find_steps(tape, x, classes, targets, lengths, places, &keep->n))
        return &tape->invalid;
    const int n = keep->n;
    keep->places = places;
    keep->dlogits = heed_tape_alloc(tape, (size_t)n * classes, sizeof *keep->dlogits);
    heed_real *rows = heed_tape_alloc(tape, (size_t)n * size, sizeof *rows);
    if (!keep->dlogits || !rows)
        return &tape->invalid;
    gather(x, keep, tape->kernels, 1, rows);
    heed_project(tape, n, w, rows, size, keep->dlogits, classes, false);
    double sum = 0;
    for (int i = 0; i < n; i++) {
        heed_real *row = keep->dlogits + (size_t)i * classes;
        if (b)
            tape->kernels->axpy((size_t)classes, 1, b->data, row);
        sum += row_loss(tape->kernels, classes, row, targets[places[i]], smoothing);
    }
    loss->data[0] = (heed_real)sum;
    heed_tape_note_asking(tape, &heed_op_linear_cross_entropy, 3, inputs, 1, &loss, keep);
    return loss;
}
