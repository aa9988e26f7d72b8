#include <stdio.h>

#include "nn/layers.h"

#define MOMENTUM 0.1 /* of running statistics, PyTorch's default */

static int declare(heed_params *params, const char *name, const char *part, heed_init init, bool statistic, int size)
{
    char full[96];
    snprintf(full, sizeof full, "%s.%s", name, part);
    return statistic ? heed_params_declare_statistic(params, full, init, size)
                     : heed_params_declare(params, full, init, 0, false, 1, &size);
}

heed_norm_layer heed_norm_declare(heed_params *params, const char *name, heed_norm_kind kind, int size, double epsilon)
{
    heed_norm_layer layer = {.kind = kind, .epsilon = epsilon};
    layer.weight = declare(params, name, "weight", HEED_INIT_ONE, false, size);
    layer.bias = declare(params, name, "bias", HEED_INIT_ZERO, false, size);
    if (kind == HEED_BATCH_NORM) {
        layer.mean = declare(params, name, "running_mean", HEED_INIT_ZERO, true, size);
        layer.variance = declare(params, name, "running_var", HEED_INIT_ONE, true, size);
    }
    return layer;
}

/* Notes by how much a running statistic changes towards factor * measured. */
static void learn(const heed_tape *tape, heed_tensor *running, const heed_tensor *measured, double factor)
{
    heed_grad_settle(running);
    for (int c = 0; running->grad && c < running->dims[0]; c++)
        running->grad[c] += (heed_real)(MOMENTUM * tape->share *
                                        (factor * (double)measured->data[c] - (double)running->data[c]));
}

heed_tensor *heed_norm_apply(heed_tape *tape, const heed_params *params, const heed_norm_layer *layer, heed_tensor *x,
                             const int32_t *lengths)
{
    heed_tensor *weight = heed_params_tensor(tape, params, layer->weight);
    heed_tensor *bias = heed_params_tensor(tape, params, layer->bias);
    if (layer->kind == HEED_LAYER_NORM)
        return heed_layer_norm(tape, x, weight, bias, layer->epsilon);
    heed_tensor *mean = heed_params_tensor(tape, params, layer->mean);
    heed_tensor *variance = heed_params_tensor(tape, params, layer->variance);
    if (!tape->training)
        return heed_batch_norm(tape, x, weight, bias, mean, variance, NULL, layer->epsilon).y;
    const heed_batch_norm_result result = heed_batch_norm(tape, x, weight, bias, NULL, NULL, lengths, layer->epsilon);
    if (result.count > 1 && tape->share > 0) {
        learn(tape, mean, result.mean, 1);
        learn(tape, variance, result.variance, result.count / (result.count - 1.0));
    }
    return result.y;
}
