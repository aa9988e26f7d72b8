#include <string.h>

#include "ops/ops.h"

/* Sizes: B rows, T steps, V classes. With p = softmax(logits), the gradient for the logits is p - q. */

typedef struct saved {
    const heed_real *p; /* [B, T, V] */
    const int32_t *targets, *lengths;
    double smoothing;
} saved;

static void backward(heed_tape *tape, const heed_node *node)
{
    (void)tape;
    const heed_tensor *x = node->inputs[0];
    const saved *keep = node->saved;
    const heed_real ds = node->outputs[0]->grad[0];
    const int steps = x->dims[1], classes = x->dims[2];
    const heed_real everywhere = (heed_real)(keep->smoothing / classes), target = (heed_real)(1 - keep->smoothing);
    for (int b = 0; b < x->dims[0]; b++)
        for (int t = 0; t < (keep->lengths ? keep->lengths[b] : steps); t++) {
            size_t row = (size_t)b * steps + t;
            const heed_real *p = keep->p + row * classes;
            heed_real *dx = x->grad + row * classes;
            for (int v = 0; v < classes; v++)
                dx[v] += ds * (p[v] - everywhere);
            dx[keep->targets[row]] -= ds * target;
        }
}

const heed_op heed_op_cross_entropy = {"cross_entropy", backward};

heed_tensor *heed_cross_entropy(heed_tape *tape, heed_tensor *logits, const int32_t *targets, const int32_t *lengths,
                                double smoothing)
{
    if (!heed_tensor_ok(logits))
        return logits;
    if (logits->rank != 3) {
        char text[64];
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "cross_entropy: logits must have three axes, not %s",
                            heed_shape_text(logits, text));
    }
    const int steps = logits->dims[1], classes = logits->dims[2];
    heed_tensor *loss = heed_tensor_new(tape, heed_wants_grad(tape, 1, &logits), 1, (int[]){1});
    heed_real *p = heed_tape_alloc(tape, heed_tensor_count(logits), sizeof *p);
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    if (!heed_tensor_ok(loss) || !p || !keep)
        return &tape->invalid;
    double sum = 0;
    for (int b = 0; b < logits->dims[0]; b++) {
        const int real = lengths ? lengths[b] : steps;
        if (real < 0 || real > steps)
            return heed_op_fail(tape, HEED_ERROR_ARGUMENT, "cross_entropy: length %d of row %d is not in 0..%d", real, b,
                                steps);
        for (int t = 0; t < real; t++) {
            size_t row = (size_t)b * steps + t;
            const heed_real *x = logits->data + row * classes;
            if (targets[row] < 0 || targets[row] >= classes)
                return heed_op_fail(tape, HEED_ERROR_ARGUMENT, "cross_entropy: target %d is not in 0..%d",
                                    (int)targets[row], classes - 1);
            double log_sum = (double)tape->kernels->softmax((size_t)classes, x, p + row * classes), mean = 0;
            for (int v = 0; smoothing > 0 && v < classes; v++)
                mean += (double)x[v] / classes;
            sum += log_sum - (1 - smoothing) * (double)x[targets[row]] - smoothing * mean;
        }
    }
    loss->data[0] = (heed_real)sum;
    *keep = (saved){.p = p, .targets = targets, .lengths = lengths, .smoothing = smoothing};
    heed_tape_note(tape, &heed_op_cross_entropy, 1, &logits, 1, &loss, keep);
    return loss;
}
