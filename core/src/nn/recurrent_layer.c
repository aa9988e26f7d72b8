#include <math.h>
#include <stdio.h>

#include "nn/layers.h"

heed_recurrent_layer heed_recurrent_declare(heed_params *params, const char *name, const heed_cell *cell, int in,
                                            int hidden, int layers, bool bidirectional, double dropout)
{
    static const char *const suffix[] = {"", "_reverse"};
    heed_recurrent_layer layer = {
        .cell = cell, .layers = layers, .hidden = hidden, .bidirectional = bidirectional, .dropout = dropout};
    const double scale = hidden > 0 ? 1 / sqrt((double)hidden) : 0;
    const int directions = bidirectional ? 2 : 1, gates = cell->gates * hidden;
    for (int l = 0; l < layers; l++)
        for (int d = 0; d < directions; d++) {
            char full[96];
            const int width = l ? hidden * directions : in;
            snprintf(full, sizeof full, "%s.%d.weight_ih%s", name, l, suffix[d]);
            layer.wx[l][d] =
                heed_params_declare(params, full, HEED_INIT_UNIFORM, scale, true, 2, (int[]){gates, width});
            snprintf(full, sizeof full, "%s.%d.weight_hh%s", name, l, suffix[d]);
            layer.wh[l][d] =
                heed_params_declare(params, full, HEED_INIT_UNIFORM, scale, true, 2, (int[]){gates, hidden});
            snprintf(full, sizeof full, "%s.%d.bias%s", name, l, suffix[d]);
            layer.bias[l][d] = heed_params_declare(params, full, cell->bias_init,
                                                   cell->bias_init == HEED_INIT_GATE_BIAS ? 1 : scale, false, 1,
                                                   (int[]){cell->biases * hidden});
        }
    return layer;
}

void heed_recurrent_keep(heed_params *params, const heed_recurrent_layer *layer, heed_init init, double scale)
{
    for (int l = 0; l < layer->layers && !params->failed; l++)
        for (int d = 0; d < (layer->bidirectional ? 2 : 1); d++) {
            heed_param *bias = &params->list[layer->bias[l][d]];
            bias->init = init;
            bias->scale = scale;
        }
}

void heed_recurrent_name(heed_recurrent_layer *layer, const char *name)
{
    for (int l = 0; l < layer->layers; l++)
        for (int d = 0; d < 2; d++) {
            char below[8] = "";
            if (l + 1 < layer->layers)
                snprintf(below, sizeof below, ".%d", l);
            snprintf(layer->trace[l][d], sizeof layer->trace[l][d], "%.15s%s%s", name, below, d ? ".reverse" : "");
        }
}

static void keep_below(heed_tape *tape, const heed_recurrent_layer *layer, int l, const heed_tensor *y)
{
    char name[40];
    if (!tape->trace || l + 1 == layer->layers || !layer->trace[l][0][0])
        return;
    snprintf(name, sizeof name, "%s.h", layer->trace[l][0]);
    heed_trace_keep(tape, name, y);
}

heed_tensor *heed_recurrent_apply(heed_tape *tape, const heed_params *params, const heed_recurrent_layer *layer,
                                  heed_tensor *x, const int32_t *lengths, const heed_recurrent_state *state,
                                  bool last_only, heed_recurrent_state *out)
{
    for (int l = 0; l < layer->layers; l++) {
        heed_recurrent_result result[2];
        if (l)
            x = heed_dropout(tape, x, layer->dropout);
        for (int d = 0; d < (layer->bidirectional ? 2 : 1); d++) {
            const bool top = l + 1 == layer->layers;
            const heed_pass pass = {lengths, d == 1, last_only && top, layer->trace[l][d][0] ? layer->trace[l][d] : NULL,
                                    layer->truncate};
            result[d] = layer->cell->run(tape, x, heed_params_tensor(tape, params, layer->wx[l][d]),
                                         heed_params_tensor(tape, params, layer->wh[l][d]),
                                         heed_params_tensor(tape, params, layer->bias[l][d]),
                                         state ? state->h[l] : NULL, state ? state->c[l] : NULL, pass);
        }
        heed_recurrent_result both = result[0];
        if (layer->bidirectional) {
            both.y = both.y ? heed_concat(tape, result[0].y, result[1].y) : NULL;
            both.h = heed_concat(tape, result[0].h, result[1].h);
            both.c = both.c ? heed_concat(tape, result[0].c, result[1].c) : NULL;
        }
        x = both.y;
        keep_below(tape, layer, l, x);
        if (out) {
            out->h[l] = both.h;
            out->c[l] = both.c;
        }
    }
    return x;
}
