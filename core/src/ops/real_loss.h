/* What losses of real numbers share: a sum over elements of a function of prediction and target. */
#ifndef HEED_OPS_REAL_LOSS_H
#define HEED_OPS_REAL_LOSS_H

#include "ops/ops.h"

/* loss[1] = sum of value(x[i], t[i]), added in order in double; x and t have one shape. Notes a node of `op`. */
heed_tensor *heed_real_loss(heed_tape *tape, const heed_op *op, heed_tensor *x, heed_tensor *targets,
                            double (*value)(double x, double t));
/* Adds to the gradients what `slopes` says for each element: d value / dx and d value / dt. */
void heed_real_loss_backward(const heed_node *node, void (*slopes)(double x, double t, double *dx, double *dt));

#endif
