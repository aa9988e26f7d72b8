#include <math.h>

#include "ops/ops.h"

/* Sizes: B rows, T steps, K choices. */

typedef struct saved {
    const int32_t *choices, *lengths;
} saved;

enum { W, A, B, G };

/* Whether step i of all B x T counts. */
static bool counts(const saved *keep, const heed_tensor *w, int i)
{
    const int steps = w->dims[1], row = i / steps;
    return !keep->lengths || i % steps < keep->lengths[row];
}

static void backward(heed_tape *tape, const heed_node *node)
{
    (void)tape;
    heed_tensor *const *in = node->inputs;
    const saved *keep = node->saved;
    const heed_real dy = node->outputs[0]->grad[0];
    for (int i = 0; i < in[W]->dims[0] * in[W]->dims[1]; i++) {
        const size_t at = (size_t)i * in[W]->dims[2] + (size_t)keep->choices[i];
        const heed_real error = in[B]->data[i] - in[G]->data[i];
        if (!counts(keep, in[W], i))
            continue;
        if (in[W]->grad)
            in[W]->grad[at] += dy * in[A]->data[i] / in[W]->data[at];
        if (in[A]->grad)
            in[A]->grad[i] += dy * (heed_real)log((double)in[W]->data[at]);
        if (in[B]->grad)
            in[B]->grad[i] += dy * error;
        if (in[G]->grad)
            in[G]->grad[i] -= dy * error;
    }
}

const heed_op heed_op_reinforce = {"reinforce", backward};

heed_tensor *heed_reinforce(heed_tape *tape, heed_tensor *w, heed_tensor *a, heed_tensor *b, heed_tensor *g,
                            const int32_t *choices, const int32_t *lengths)
{
    heed_tensor *inputs[] = {w, a, b, g};
    for (int i = 0; i < 4; i++)
        if (!heed_tensor_ok(inputs[i]))
            return &tape->invalid;
    for (int i = 1; i < 4; i++)
        if (w->rank != 3 || heed_tensor_count(inputs[i]) != (size_t)w->dims[0] * (size_t)w->dims[1]) {
            char ws[64], other[64];
            return heed_op_fail(tape, HEED_ERROR_SHAPE, "reinforce: sizes do not fit: weights %s and %s",
                                heed_shape_text(w, ws), heed_shape_text(inputs[i], other));
        }
    heed_tensor *y = heed_tensor_new(tape, heed_wants_grad(tape, 4, inputs), 1, (int[]){1});
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    if (!heed_tensor_ok(y) || !keep)
        return &tape->invalid;
    *keep = (saved){choices, lengths};
    for (int i = 0; i < w->dims[0] * w->dims[1]; i++) {
        if (choices[i] < 0 || choices[i] >= w->dims[2])
            return heed_op_fail(tape, HEED_ERROR_ARGUMENT, "reinforce: choice %d is not in 0..%d", (int)choices[i],
                                w->dims[2] - 1);
        const heed_real error = b->data[i] - g->data[i];
        if (counts(keep, w, i))
            y->data[0] += a->data[i] * (heed_real)log((double)w->data[(size_t)i * w->dims[2] + (size_t)choices[i]]) +
                          error * error / 2;
    }
    heed_tape_note(tape, &heed_op_reinforce, 4, inputs, 1, &y, keep);
    return y;
}
