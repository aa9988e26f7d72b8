#include "ops/real_loss.h"

#include <string.h>

heed_tensor *heed_real_loss(heed_tape *tape, const heed_op *op, heed_tensor *x, heed_tensor *targets,
                            double (*value)(double x, double t))
{
    if (!heed_tensor_ok(x) || !heed_tensor_ok(targets))
        return &tape->invalid;
    if (x->rank != targets->rank || memcmp(x->dims, targets->dims, (size_t)x->rank * sizeof *x->dims) != 0) {
        char first[64], second[64];
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "%s: shapes differ: predictions %s, targets %s", op->name,
                            heed_shape_text(x, first), heed_shape_text(targets, second));
    }
    heed_tensor *inputs[] = {x, targets};
    heed_tensor *loss = heed_tensor_new(tape, heed_wants_grad(tape, 2, inputs), 1, (int[]){1});
    if (!heed_tensor_ok(loss))
        return loss;
    double sum = 0;
    const size_t n = heed_tensor_count(x);
    for (size_t i = 0; i < n; i++)
        sum += value((double)x->data[i], (double)targets->data[i]);
    loss->data[0] = (heed_real)sum;
    heed_tape_note(tape, op, 2, inputs, 1, &loss, NULL);
    return loss;
}

void heed_real_loss_backward(const heed_node *node, void (*slopes)(double x, double t, double *dx, double *dt))
{
    const heed_tensor *x = node->inputs[0], *targets = node->inputs[1];
    const double ds = (double)node->outputs[0]->grad[0];
    const size_t n = heed_tensor_count(x);
    for (size_t i = 0; i < n; i++) {
        double dx, dt;
        slopes((double)x->data[i], (double)targets->data[i], &dx, &dt);
        if (x->grad != NULL)
            x->grad[i] += (heed_real)(ds * dx);
        if (targets->grad != NULL)
            targets->grad[i] += (heed_real)(ds * dt);
    }
}
