#include <math.h>

#include "ops/ops.h"

typedef struct saved {
    size_t *chosen; /* of every element of y, the one of x; or of a padded one, NONE */
} saved;

#define NONE ((size_t)-1)

static void backward(heed_tape *tape, const heed_node *node)
{
    (void)tape;
    const heed_tensor *x = node->inputs[0], *y = node->outputs[0];
    const size_t *chosen = ((const saved *)node->saved)->chosen, count = heed_tensor_count(y);
    for (size_t i = 0; i < count; i++)
        if (chosen[i] != NONE)
            x->grad[chosen[i]] += y->grad[i];
}

const heed_op heed_op_max_pool = {"max_pool", backward};

/* The place of the largest of a window of one channel, which begins at `first`; a NaN is larger than all. */
static size_t largest(const heed_tensor *x, size_t first, int size)
{
    const size_t pixel = (size_t)x->dims[3], line = (size_t)x->dims[2] * pixel;
    size_t best = first;
    for (int k = 0; k < size; k++)
        for (int l = 0; l < size; l++) {
            const size_t at = first + (size_t)k * line + (size_t)l * pixel;
            if (x->data[at] > x->data[best] || isnan(x->data[at]))
                best = at;
        }
    return best;
}

heed_tensor *heed_max_pool(heed_tape *tape, heed_tensor *x, int size, int stride, const int32_t *heights)
{
    if (!heed_tensor_ok(x))
        return x;
    if (x->rank != 4 || size < 1 || stride < 1) {
        char xs[64];
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "max_pool: sizes do not fit: x %s, windows of %d, stride %d",
                            heed_shape_text(x, xs), size, stride);
    }
    if (!heed_heights_fit(tape, "max_pool", x, heights))
        return &tape->invalid;
    const int rows = heed_window_count(x->dims[1], size, stride, 0);
    const int columns = heed_window_count(x->dims[2], size, stride, 0), channels = x->dims[3];
    heed_tensor *y = heed_tensor_new(tape, heed_wants_grad(tape, 1, &x), 4, (int[]){x->dims[0], rows, columns, channels});
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    size_t *chosen = heed_tape_alloc(tape, heed_tensor_count(y), sizeof *chosen);
    if (!heed_tensor_ok(y) || !keep || !chosen)
        return &tape->invalid;
    keep->chosen = chosen;
    size_t i = 0;
    for (int b = 0; b < x->dims[0]; b++)
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < columns; k++)
                for (int c = 0; c < channels; c++, i++) {
                    const bool real = !heights || r < heed_window_count(heights[b], size, stride, 0);
                    const size_t line = (size_t)b * (size_t)x->dims[1] + (size_t)r * (size_t)stride;
                    const size_t first = (line * (size_t)x->dims[2] + (size_t)k * (size_t)stride) * (size_t)channels;
                    chosen[i] = real ? largest(x, first + (size_t)c, size) : NONE;
                    if (real)
                        y->data[i] = x->data[chosen[i]];
                }
    heed_tape_note(tape, &heed_op_max_pool, 1, &x, 1, &y, keep);
    return y;
}
