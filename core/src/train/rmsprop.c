/* RMSprop (Tieleman and Hinton 2012), in PyTorch's form: g' = g + weight_decay w;  v = beta2 v + (1 - beta2) g'^2;
 *     m = momentum m + g' / (sqrt(v) + epsilon);  w -= rate m */
#include <math.h>

#include "train/optimizer.h"

static void update(const heed_kernels *kernels, const heed_optimizer_settings *settings, const heed_flat_blocks *blocks,
                   size_t from, size_t count, int64_t step, double gradient_scale)
{
    (void)kernels;
    (void)step;
    const heed_real rate = (heed_real)settings->rate, epsilon = (heed_real)settings->epsilon;
    const heed_real beta = (heed_real)settings->beta2, momentum = (heed_real)settings->momentum;
    const heed_real decay = (heed_real)settings->weight_decay, scale = (heed_real)gradient_scale;
    heed_real *w = blocks->values, *m = blocks->m, *v = blocks->v;
    for (size_t i = from; i < from + count; i++) {
        const heed_real g = blocks->gradient[i] * scale + decay * w[i];
        v[i] = beta * v[i] + (1 - beta) * g * g;
        m[i] = momentum * m[i] + g / ((heed_real)sqrt((double)v[i]) + epsilon);
        w[i] -= rate * m[i];
    }
}

static const char *const fields[] = {"beta2", "epsilon", "momentum", "weight_decay", NULL};
const heed_optimizer heed_optimizer_rmsprop = {"rmsprop", update, fields, {.beta2 = 0.99, .epsilon = 1e-8}};
