/* Layers: parameters with a way to apply them. A layer struct holds parameter ids; `declare` makes them under a name,
 * `apply` runs them on a tape. */
#ifndef HEED_LAYERS_H
#define HEED_LAYERS_H

#include "nn/cells/cell.h"
#include "ops/ops.h"
#include "tensor/params.h"

typedef struct heed_linear_layer {
    int weight, bias; /* bias -1: none */
} heed_linear_layer;

/* "<name>.weight" [out, in] uniform in +-1/sqrt(in) and, when `bias`, "<name>.bias" [out] likewise. */
heed_linear_layer heed_linear_declare(heed_params *params, const char *name, int in, int out, bool bias);
heed_tensor *heed_linear_apply(heed_tape *tape, const heed_params *params, const heed_linear_layer *layer,
                               heed_tensor *x);

/* Layer norm (each step over its channels) or batch norm (each channel over the real steps of the batch in training,
 * else by running mean and variance). "<name>.weight" (ones) and "<name>.bias" (zeros), both [size], and for batch norm
 * the statistics "<name>.running_mean" and "<name>.running_var". These go a tenth of the way to the batch's after every
 * step of training; of a batch in parts, to the mean of theirs by tokens. The variance is then the one divided by n
 * - 1. */
typedef enum heed_norm_kind { HEED_LAYER_NORM, HEED_BATCH_NORM } heed_norm_kind;
typedef struct heed_norm_layer {
    heed_norm_kind kind;
    int weight, bias, mean, variance;
    double epsilon;
} heed_norm_layer;
heed_norm_layer heed_norm_declare(heed_params *params, const char *name, heed_norm_kind kind, int size, double epsilon);
/* x [B, T, size], of which row b has lengths[b] real steps (NULL: all). */
heed_tensor *heed_norm_apply(heed_tape *tape, const heed_params *params, const heed_norm_layer *layer, heed_tensor *x,
                             const int32_t *lengths);

/* "<name>.weight" [vocabulary, size], normal with standard deviation 0.1. */
int heed_embedding_declare(heed_params *params, const char *name, int vocabulary, int size);

/* Stacked recurrent network, bidirectional or not. Parameters "<name>.<layer>.weight_ih", ".weight_hh", ".bias" and,
 * for the backward direction, the same with "_reverse" at the end. */
enum { HEED_RECURRENT_LAYERS_MAX = 8 };
typedef struct heed_recurrent_layer {
    const heed_cell *cell;
    int layers, hidden; /* hidden: per direction */
    bool bidirectional;
    double dropout;     /* between layers */
    int truncate;         /* see heed_pass; 0 after heed_recurrent_declare */
    char trace[HEED_RECURRENT_LAYERS_MAX][2][32]; /* of each layer's directions, see heed_recurrent_name; "": none */
    int wx[HEED_RECURRENT_LAYERS_MAX][2], wh[HEED_RECURRENT_LAYERS_MAX][2], bias[HEED_RECURRENT_LAYERS_MAX][2];
} heed_recurrent_layer;

/* Per layer, directions side by side: h[layer] and c[layer] (NULL where the cell has none) are [B, hidden *
 * directions]. */
typedef struct heed_recurrent_state {
    heed_tensor *h[HEED_RECURRENT_LAYERS_MAX], *c[HEED_RECURRENT_LAYERS_MAX];
} heed_recurrent_state;

heed_recurrent_layer heed_recurrent_declare(heed_params *params, const char *name, const heed_cell *cell, int in,
                                            int hidden, int layers, bool bidirectional, double dropout);
/* What its traces begin with: of the top layer `name` and "<name>.reverse", of layer l below "<name>.<l>" and
 * "<name>.<l>.reverse"; a layer below keeps its y as "<name>.<l>.h", too. `name` has at most 15 bytes. */
void heed_recurrent_name(heed_recurrent_layer *layer, const char *name);
/* What the biases of its gates begin with: one of the HEED_INIT_ that are made for these. */
void heed_recurrent_keep(heed_params *params, const heed_recurrent_layer *layer, heed_init init, double scale);
/* x [B, T, in] -> y [B, T, hidden * directions], or NULL when `last_only`. `state` (NULL: zeros; only for one
 * direction) is where to begin; `out` (may be NULL or `state`) receives the states after the last step. */
heed_tensor *heed_recurrent_apply(heed_tape *tape, const heed_params *params, const heed_recurrent_layer *layer,
                                  heed_tensor *x, const int32_t *lengths, const heed_recurrent_state *state,
                                  bool last_only, heed_recurrent_state *out);

#endif
