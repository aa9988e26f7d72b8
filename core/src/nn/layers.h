/* Layers: parameters with a way to apply them. A layer struct holds parameter ids; `declare` makes them under a name,
 * `apply` runs them on a tape. */
#ifndef HEED_LAYERS_H
#define HEED_LAYERS_H

#include "ops/ops.h"
#include "tensor/params.h"

typedef struct heed_linear_layer {
    int weight, bias; /* bias -1: none */
} heed_linear_layer;

/* "<name>.weight" [out, in] uniform in +-1/sqrt(in) and, when `bias`, "<name>.bias" [out] likewise. */
heed_linear_layer heed_linear_declare(heed_params *params, const char *name, int in, int out, bool bias);
heed_tensor *heed_linear_apply(heed_tape *tape, const heed_params *params, const heed_linear_layer *layer,
                               heed_tensor *x);

/* "<name>.weight" [vocabulary, size], normal with standard deviation 0.1. */
int heed_embedding_declare(heed_params *params, const char *name, int vocabulary, int size);

/* Stacked LSTM, bidirectional or not. Parameters "<name>.<layer>.weight_ih", ".weight_hh", ".bias" and, for the backward
 * direction, the same with "_reverse" at the end. */
enum { HEED_LSTM_LAYERS_MAX = 8 };
typedef struct heed_lstm_layer {
    int layers, hidden; /* hidden: per direction */
    bool bidirectional;
    double dropout;     /* between layers */
    int wx[HEED_LSTM_LAYERS_MAX][2], wh[HEED_LSTM_LAYERS_MAX][2], bias[HEED_LSTM_LAYERS_MAX][2];
} heed_lstm_layer;

/* Per layer, directions side by side: h[layer] and c[layer] are [B, hidden * directions]. */
typedef struct heed_lstm_state {
    heed_tensor *h[HEED_LSTM_LAYERS_MAX], *c[HEED_LSTM_LAYERS_MAX];
} heed_lstm_state;

heed_lstm_layer heed_lstm_declare(heed_params *params, const char *name, int in, int hidden, int layers,
                                  bool bidirectional, double dropout);
/* x [B, T, in] -> y [B, T, hidden * directions]. `state` (NULL: zeros; only for one direction) is where to begin; `out`
 * (may be NULL or `state`) receives the states after the last step. */
heed_tensor *heed_lstm_apply(heed_tape *tape, const heed_params *params, const heed_lstm_layer *layer, heed_tensor *x,
                             const int32_t *lengths, const heed_lstm_state *state, heed_lstm_state *out);

#endif
