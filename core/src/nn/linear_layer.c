#include <math.h>
#include <stdio.h>

#include "nn/layers.h"

heed_linear_layer heed_linear_declare(heed_params *params, const char *name, int in, int out, bool bias)
{
    char full[96];
    const double scale = in > 0 ? 1 / sqrt((double)in) : 0;
    heed_linear_layer layer = {.bias = -1};
    snprintf(full, sizeof full, "%s.weight", name);
    layer.weight = heed_params_declare(params, full, HEED_INIT_UNIFORM, scale, true, 2, (int[]){out, in});
    if (bias) {
        snprintf(full, sizeof full, "%s.bias", name);
        layer.bias = heed_params_declare(params, full, HEED_INIT_UNIFORM, scale, false, 1, &out);
    }
    return layer;
}

heed_tensor *heed_linear_apply(heed_tape *tape, const heed_params *params, const heed_linear_layer *layer,
                               heed_tensor *x)
{
    heed_tensor *bias = layer->bias < 0 ? NULL : heed_params_tensor(tape, params, layer->bias);
    return heed_linear(tape, x, heed_params_tensor(tape, params, layer->weight), bias);
}
