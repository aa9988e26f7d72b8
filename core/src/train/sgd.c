/* Stochastic gradient descent with momentum (Polyak 1964), on request that of Nesterov (Sutskever 2013), in PyTorch's
 * form: g' = g + weight_decay w;  m = momentum m + g';  w -= rate m,  Nesterov: w -= rate (g' + momentum m) */
#include "train/optimizer.h"

static void update(const heed_kernels *kernels, const heed_optimizer_settings *settings, const heed_flat_blocks *blocks,
                   size_t from, size_t count, int64_t step, double gradient_scale)
{
    (void)kernels;
    (void)step;
    const heed_real rate = (heed_real)settings->rate, momentum = (heed_real)settings->momentum;
    const heed_real decay = (heed_real)settings->weight_decay, scale = (heed_real)gradient_scale;
    heed_real *w = blocks->values, *m = blocks->m;
    for (size_t i = from; i < from + count; i++) {
        const heed_real g = blocks->gradient[i] * scale + decay * w[i];
        m[i] = momentum * m[i] + g;
        w[i] -= rate * (settings->nesterov ? g + momentum * m[i] : m[i]);
    }
}

static const char *const fields[] = {"momentum", "nesterov", "weight_decay", NULL};
const heed_optimizer heed_optimizer_sgd = {"sgd", update, fields, {.momentum = 0}};
