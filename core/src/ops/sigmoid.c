#include "ops/ops.h"

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_tensor *y = node->outputs[0];
    tape->kernels->sigmoid_backward(heed_tensor_count(y), y->data, y->grad, node->inputs[0]->grad);
}

const heed_op heed_op_sigmoid = {"sigmoid", backward};

heed_tensor *heed_sigmoid(heed_tape *tape, heed_tensor *x)
{
    if (!heed_tensor_ok(x))
        return x;
    heed_tensor *y = heed_tensor_new_dirty(tape, heed_wants_grad(tape, 1, &x), x->rank, x->dims);
    if (!heed_tensor_ok(y))
        return y;
    tape->kernels->sigmoid(heed_tensor_count(x), x->data, y->data);
    heed_tape_note(tape, &heed_op_sigmoid, 1, &x, 1, &y, NULL);
    return y;
}
