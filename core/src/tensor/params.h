/* The parameters of a model: one flat block, of which names are slices ("decoder.attention.weight"). Gradients and
 * optimiser state are blocks of the same length, so update, clip, save and average are each one loop. */
#ifndef HEED_PARAMS_H
#define HEED_PARAMS_H

#include "tensor/tensor.h"

typedef enum heed_init {
    HEED_INIT_ZERO,
    HEED_INIT_ONE,
    HEED_INIT_CONSTANT,    /* scale */
    HEED_INIT_UNIFORM,     /* +-scale */
    HEED_INIT_NORMAL,      /* standard deviation scale */
    HEED_INIT_LSTM_BIAS    /* zero, and one for the forget gate (Jozefowicz 2015); of shape [4h], gates i, f, g, o */
} heed_init;

typedef struct heed_param {
    char name[96];
    int rank;
    int dims[HEED_MAX_RANK];
    size_t offset; /* reals from the start of the block */
    size_t count;
    heed_init init;
    double scale;
    bool matrix;   /* a [out, in] weight that x W^T reads: heed_params_pack packs it, quantisation may round it */
} heed_param;

typedef struct heed_params { /* zero-initialise */
    heed_param *list;
    int count, capacity;
    size_t size;             /* reals in the block */
    heed_real *values;       /* NULL until heed_params_allocate */
    heed_real *packed;       /* all packed matrices; NULL until heed_params_pack */
    size_t packed_size;      /* reals in it */
    size_t *packed_offsets;
    bool failed;             /* sticky: a declaration ran out of memory or had impossible sizes */
} heed_params;

/* Declares a parameter and returns its id, the index in `list`. */
int heed_params_declare(heed_params *params, const char *name, heed_init init, double scale, bool matrix, int rank,
                        const int *dims);
heed_status heed_params_allocate(heed_params *params, heed_error *error);
/* Fills the block from the declared distributions; parameter i draws from stream i, so adding one changes no other. */
void heed_params_initialise(heed_params *params, uint64_t seed);
/* Packs every matrix for inference. Call again after values change. */
heed_status heed_params_pack(heed_params *params, heed_error *error);
void heed_params_free(heed_params *params);
int heed_params_find(const heed_params *params, const char *name); /* -1 when absent */

/* Before and after the backward passes of a step: tape->parameter_grads becomes zero, or with tape->unset_grads is said to
 * hold nothing, and in the end what nothing was written to is cleared. */
void heed_params_begin_gradients(const heed_params *params, heed_tape *tape);
void heed_params_end_gradients(const heed_params *params, heed_tape *tape);

/* The parameter as a tensor of the tape; its gradient is the slice of tape->parameter_grads when the tape records. */
heed_tensor *heed_params_tensor(heed_tape *tape, const heed_params *params, int id);

#endif
