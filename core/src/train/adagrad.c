/* AdaGrad (Duchi 2011), in PyTorch's form: g' = g + weight_decay w;  v += g'^2;  w -= rate g' / (sqrt(v) + epsilon) */
#include <math.h>

#include "train/optimizer.h"

static void update(const heed_kernels *kernels, const heed_optimizer_settings *settings, const heed_flat_blocks *blocks,
                   size_t from, size_t count, int64_t step, double gradient_scale)
{
    (void)kernels;
    (void)step;
    const heed_real rate = (heed_real)settings->rate, epsilon = (heed_real)settings->epsilon;
    const heed_real decay = (heed_real)settings->weight_decay, scale = (heed_real)gradient_scale;
    heed_real *w = blocks->values, *v = blocks->v;
    for (size_t i = from; i < from + count; i++) {
        const heed_real g = blocks->gradient[i] * scale + decay * w[i];
        v[i] += g * g;
        w[i] -= rate * g / ((heed_real)sqrt((double)v[i]) + epsilon);
    }
}

static const char *const fields[] = {"epsilon", "weight_decay", NULL};
const heed_optimizer heed_optimizer_adagrad = {"adagrad", update, fields, {.epsilon = 1e-10}};
