#include <math.h>

#include "ops/real_loss.h"

/* -t log p - (1 - t) log(1 - p) with p = sigmoid(x), without overflow: max(x, 0) - x t + log(1 + exp(-|x|)). */
static double value(double x, double t)
{
    return (x > 0 ? x : 0) - x * t + log1p(exp(-fabs(x)));
}

static void slopes(double x, double t, double *dx, double *dt)
{
    const double e = exp(-fabs(x)), p = x > 0 ? 1 / (1 + e) : e / (1 + e);
    *dx = p - t;
    *dt = -x;
}

static void backward(heed_tape *tape, const heed_node *node)
{
    (void)tape;
    heed_real_loss_backward(node, slopes);
}

const heed_op heed_op_binary_cross_entropy = {"binary_cross_entropy", backward};

heed_tensor *heed_binary_cross_entropy(heed_tape *tape, heed_tensor *logits, heed_tensor *targets)
{
    return heed_real_loss(tape, &heed_op_binary_cross_entropy, logits, targets, value);
}
