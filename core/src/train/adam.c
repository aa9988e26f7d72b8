/* Adam (Kingma and Ba 2015) with bias correction. A weight decay is decoupled from the gradient (Loshchilov and Hutter
 * 2019): "adamw" is the name of the same with a decay unless told otherwise. */
#include "base/power.h"
#include "train/optimizer.h"

static void update(const heed_kernels *kernels, const heed_optimizer_settings *settings, const heed_flat_blocks *blocks,
                   size_t from, size_t count, int64_t step, double gradient_scale)
{
    heed_adam_step numbers = {
        .rate = (heed_real)settings->rate,
        .beta1 = (heed_real)settings->beta1,
        .beta2 = (heed_real)settings->beta2,
        .epsilon = (heed_real)settings->epsilon,
        .correction1 = (heed_real)(1 - heed_power(settings->beta1, (double)step)),
        .correction2 = (heed_real)(1 - heed_power(settings->beta2, (double)step)),
        .weight_decay = (heed_real)settings->weight_decay,
        .gradient_scale = (heed_real)gradient_scale,
    };
    kernels->adam(count, &numbers, blocks->gradient + from, blocks->m + from, blocks->v + from, blocks->values + from);
}

static const char *const fields[] = {"beta1", "beta2", "epsilon", "weight_decay", NULL};
const heed_optimizer heed_optimizer_adam = {
    "adam", update, fields, {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8}};
const heed_optimizer heed_optimizer_adamw = {
    "adamw", update, fields, {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .weight_decay = 0.01}};
