#include <stdio.h>

#include "nn/transformer_layers.h"

heed_norm_layer heed_norm_declare(heed_params *params, const char *name, int size, double epsilon)
{
    char full[96];
    heed_norm_layer layer = {.epsilon = epsilon};
    snprintf(full, sizeof full, "%s.weight", name);
    layer.weight = heed_params_declare(params, full, HEED_INIT_ONE, 0, false, 1, &size);
    snprintf(full, sizeof full, "%s.bias", name);
    layer.bias = heed_params_declare(params, full, HEED_INIT_ZERO, 0, false, 1, &size);
    return layer;
}

heed_tensor *heed_norm_apply(heed_tape *tape, const heed_params *params, const heed_norm_layer *layer, heed_tensor *x)
{
    return heed_layer_norm(tape, x, heed_params_tensor(tape, params, layer->weight),
                           heed_params_tensor(tape, params, layer->bias), layer->epsilon);
}
