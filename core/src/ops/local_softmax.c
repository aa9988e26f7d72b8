#include <math.h>
#include <string.h>

#include "ops/ops.h"

/* Sizes: B rows, Q queries, K keys. */

typedef struct saved {
    heed_real *weights;     /* of the softmax alone, [B, Q, K] */
    heed_real *centre;      /* [B, Q] */
    const int32_t *lengths;
    int reach;
} saved;

typedef struct window {
    int first, count;
} window;

static int length_of(const int32_t *lengths, int row, int keys)
{
    return lengths ? lengths[row] : keys;
}

static window window_of(double centre, int reach, int length)
{
    const int first = (int)ceil(centre - reach), last = (int)floor(centre + reach);
    window w = {first > 0 ? first : 0, 0};
    const int end = last + 1 < length ? last + 1 : length;
    w.count = end > w.first ? end - w.first : 0;
    return w;
}

/* (k - centre) / sigma^2, sigma = reach / 2: the derivative of the logarithm of the Gaussian with respect to its
 * centre. */
static double pull(int k, double centre, int reach)
{
    return 4 * (k - centre) / ((double)reach * reach);
}

static double gauss(int k, double centre, int reach)
{
    return exp(-0.5 * (k - centre) * pull(k, centre, reach));
}

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_tensor *x = node->inputs[0], *z = node->inputs[1], *y = node->outputs[0];
    const saved *keep = node->saved;
    const int queries = y->dims[1], keys = y->dims[2];
    heed_real *dw = heed_tape_alloc(tape, (size_t)keys, sizeof *dw);
    for (int i = 0; dw && i < y->dims[0] * queries; i++) {
        const size_t at = (size_t)i * keys;
        const int length = length_of(keep->lengths, i / queries, keys);
        const double centre = (double)keep->centre[i];
        const window w = window_of(centre, keep->reach, length);
        double dcentre = 0;
        for (int k = w.first; k < w.first + w.count; k++) {
            const double dy = (double)y->grad[at + k];
            dw[k] = (heed_real)(z ? dy * gauss(k, centre, keep->reach) : dy);
            dcentre += dy * (double)y->data[at + k] * pull(k, centre, keep->reach);
        }
        if (x->grad)
            tape->kernels->softmax_backward((size_t)w.count, keep->weights + at + w.first, dw + w.first,
                                            x->grad + at + w.first);
        if (z && z->grad && length > 1) { /* centre = (length - 1) s */
            const double s = centre / (length - 1);
            z->grad[i] += (heed_real)(dcentre * (length - 1) * s * (1 - s));
        }
    }
}

const heed_op heed_op_local_softmax = {"local_softmax", backward};

static bool check(heed_tape *tape, const heed_tensor *x, const heed_tensor *z, const int32_t *lengths, int reach)
{
    char text[64];
    if (x->rank != 3 || (z && heed_tensor_count(z) != (size_t)x->dims[0] * (size_t)x->dims[1])) {
        heed_op_fail(tape, HEED_ERROR_SHAPE, "local_softmax: three axes and a centre for each query expected, not %s",
                     heed_shape_text(x, text));
        return false;
    }
    if (reach < 1) {
        heed_op_fail(tape, HEED_ERROR_ARGUMENT, "local_softmax: a reach of %d; it must be at least 1", reach);
        return false;
    }
    for (int b = 0; lengths && b < x->dims[0]; b++)
        if (lengths[b] < 0 || lengths[b] > x->dims[2]) {
            heed_op_fail(tape, HEED_ERROR_ARGUMENT, "local_softmax: length %d of row %d is not in 0..%d", lengths[b], b,
                         x->dims[2]);
            return false;
        }
    return true;
}

heed_tensor *heed_local_softmax(heed_tape *tape, heed_tensor *x, heed_tensor *z, const int32_t *lengths, int first,
                                int reach)
{
    if (!heed_tensor_ok(x) || (z && !heed_tensor_ok(z)) || !check(tape, x, z, lengths, reach))
        return &tape->invalid;
    const int queries = x->dims[1], keys = x->dims[2], n = x->dims[0] * queries;
    heed_tensor *inputs[] = {x, z};
    heed_tensor *y = heed_tensor_new(tape, heed_wants_grad(tape, 2, inputs), 3, x->dims);
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    heed_real *weights = heed_tape_alloc(tape, (size_t)n * keys, sizeof *weights);
    heed_real *centres = heed_tape_alloc(tape, (size_t)n, sizeof *centres);
    if (!heed_tensor_ok(y) || !keep || !weights || !centres)
        return &tape->invalid;
    for (int i = 0; i < n; i++) {
        const size_t at = (size_t)i * keys;
        const int length = length_of(lengths, i / queries, keys), last = length > 0 ? length - 1 : 0;
        const int step = first + i % queries;
        heed_real centre = (heed_real)(step < last ? step : last);
        if (z) {
            tape->kernels->sigmoid(1, z->data + i, &centre);
            centre *= (heed_real)last;
        }
        centres[i] = centre;
        const window w = window_of((double)centre, reach, length);
        tape->kernels->softmax((size_t)w.count, x->data + at + w.first, weights + at + w.first);
        for (int k = w.first; k < w.first + w.count; k++)
            y->data[at + k] = z ? (heed_real)((double)weights[at + k] * gauss(k, (double)centre, reach)) : weights[at + k];
    }
    *keep = (saved){weights, centres, lengths, reach};
    heed_tape_note(tape, &heed_op_local_softmax, 2, inputs, 1, &y, keep);
    return y;
}
