#include "ops/real_loss.h"

static double value(double x, double t)
{
    return x > t ? x - t : t - x;
}

static void slopes(double x, double t, double *dx, double *dt)
{
    *dx = x > t ? 1 : x < t ? -1 : 0;
    *dt = -*dx;
}

static void backward(heed_tape *tape, const heed_node *node)
{
    (void)tape;
    heed_real_loss_backward(node, slopes);
}

const heed_op heed_op_absolute_error = {"absolute_error", backward};

heed_tensor *heed_absolute_error(heed_tape *tape, heed_tensor *x, heed_tensor *targets)
{
    return heed_real_loss(tape, &heed_op_absolute_error, x, targets, value);
}
