#include "ops/ops.h"

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_tensor *x = node->inputs[0], *y = node->outputs[0];
    tape->kernels->gelu_backward(heed_tensor_count(y), x->data, y->grad, x->grad);
}

const heed_op heed_op_gelu = {"gelu", backward};

heed_tensor *heed_gelu(heed_tape *tape, heed_tensor *x)
{
    if (!heed_tensor_ok(x))
        return x;
    heed_tensor *y = heed_tensor_new_dirty(tape, heed_wants_grad(tape, 1, &x), x->rank, x->dims);
    if (!heed_tensor_ok(y))
        return y;
    tape->kernels->gelu(heed_tensor_count(x), x->data, y->data);
    heed_tape_note(tape, &heed_op_gelu, 1, &x, 1, &y, NULL);
    return y;
}
