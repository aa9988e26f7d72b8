#include "ops/real_loss.h"

static double value(double x, double t)
{
    return (x - t) * (x - t);
}

static void slopes(double x, double t, double *dx, double *dt)
{
    *dx = 2 * (x - t);
    *dt = -*dx;
}

static void backward(heed_tape *tape, const heed_node *node)
{
    (void)tape;
    heed_real_loss_backward(node, slopes);
}

const heed_op heed_op_squared_error = {"squared_error", backward};

heed_tensor *heed_squared_error(heed_tape *tape, heed_tensor *x, heed_tensor *targets)
{
    return heed_real_loss(tape, &heed_op_squared_error, x, targets, value);
}
