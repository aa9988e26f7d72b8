#include <math.h>
#include <stdio.h>

#include "nn/layers.h"

heed_lstm_layer heed_lstm_declare(heed_params *params, const char *name, int in, int hidden, int layers,
                                  bool bidirectional, double dropout)
{
    static const char *const suffix[] = {"", "_reverse"};
    heed_lstm_layer layer = {.layers = layers, .hidden = hidden, .bidirectional = bidirectional, .dropout = dropout};
    const double scale = hidden > 0 ? 1 / sqrt((double)hidden) : 0;
    const int directions = bidirectional ? 2 : 1;
    for (int l = 0; l < layers; l++)
        for (int d = 0; d < directions; d++) {
            char full[96];
            const int width = l ? hidden * directions : in;
            snprintf(full, sizeof full, "%s.%d.weight_ih%s", name, l, suffix[d]);
            layer.wx[l][d] =
                heed_params_declare(params, full, HEED_INIT_UNIFORM, scale, true, 2, (int[]){4 * hidden, width});
            snprintf(full, sizeof full, "%s.%d.weight_hh%s", name, l, suffix[d]);
            layer.wh[l][d] =
                heed_params_declare(params, full, HEED_INIT_UNIFORM, scale, true, 2, (int[]){4 * hidden, hidden});
            snprintf(full, sizeof full, "%s.%d.bias%s", name, l, suffix[d]);
            layer.bias[l][d] =
                heed_params_declare(params, full, HEED_INIT_LSTM_BIAS, 0, false, 1, (int[]){4 * hidden});
        }
    return layer;
}

heed_tensor *heed_lstm_apply(heed_tape *tape, const heed_params *params, const heed_lstm_layer *layer, heed_tensor *x,
                             const int32_t *lengths, const heed_lstm_state *state, heed_lstm_state *out)
{
    for (int l = 0; l < layer->layers; l++) {
        heed_lstm_result result[2];
        if (l)
            x = heed_dropout(tape, x, layer->dropout);
        for (int d = 0; d < (layer->bidirectional ? 2 : 1); d++)
            result[d] = heed_lstm(tape, x, heed_params_tensor(tape, params, layer->wx[l][d]),
                                  heed_params_tensor(tape, params, layer->wh[l][d]),
                                  heed_params_tensor(tape, params, layer->bias[l][d]), state ? state->h[l] : NULL,
                                  state ? state->c[l] : NULL, lengths, d == 1);
        heed_lstm_result both = result[0];
        if (layer->bidirectional) {
            both.y = heed_concat(tape, result[0].y, result[1].y);
            both.h = heed_concat(tape, result[0].h, result[1].h);
            both.c = heed_concat(tape, result[0].c, result[1].c);
        }
        x = both.y;
        if (out) {
            out->h[l] = both.h;
            out->c[l] = both.c;
        }
    }
    return x;
}
