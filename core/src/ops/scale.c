#include <string.h>

#include "ops/ops.h"

typedef struct saved {
    heed_real factor; /* the whole of it, s included */
    heed_real constant;
} saved;

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_tensor *x = node->inputs[0], *s = node->inputs[1], *y = node->outputs[0];
    const saved *keep = node->saved;
    const size_t n = heed_tensor_count(y);
    if (x->grad)
        tape->kernels->axpy(n, keep->factor, y->grad, x->grad);
    if (s && s->grad)
        s->grad[0] += keep->constant * tape->kernels->dot(n, x->data, y->grad);
}

const heed_op heed_op_scale = {"scale", backward};

heed_tensor *heed_scale(heed_tape *tape, heed_tensor *x, double factor, heed_tensor *s)
{
    if (!heed_tensor_ok(x) || (s && !heed_tensor_ok(s)))
        return &tape->invalid;
    if (s && heed_tensor_count(s) != 1) {
        char text[64];
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "scale: one number expected, not %s", heed_shape_text(s, text));
    }
    heed_tensor *inputs[] = {x, s};
    heed_tensor *y = heed_tensor_new_dirty(tape, heed_wants_grad(tape, 2, inputs), x->rank, x->dims);
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    if (!heed_tensor_ok(y) || !keep)
        return &tape->invalid;
    keep->constant = (heed_real)factor;
    keep->factor = s ? keep->constant * s->data[0] : keep->constant;
    memcpy(y->data, x->data, heed_tensor_count(x) * sizeof *y->data);
    tape->kernels->scale(heed_tensor_count(x), keep->factor, y->data);
    heed_tape_note(tape, &heed_op_scale, 2, inputs, 1, &y, keep);
    return y;
}
