/* The parameters of a model. While it trains they are one flat block, of which names are slices
 * ("decoder.attention.weight"): gradients and optimiser state are blocks of the same length, so update, clip, save and
 * average are each one loop. A model that is only used has no such block, but each parameter once, in the form that the
 * kernels read. */
#ifndef HEED_PARAMS_H
#define HEED_PARAMS_H

#include "tensor/tensor.h"

typedef enum heed_init {
    HEED_INIT_ZERO,
    HEED_INIT_ONE,
    HEED_INIT_CONSTANT,    /* scale */
    HEED_INIT_UNIFORM,     /* +-scale */
    HEED_INIT_NORMAL,      /* standard deviation scale */
    HEED_INIT_GATE_BIAS,   /* of shape [4h]: zero, and scale in the second quarter, the gate that keeps: i, f, g, o of an
                              lstm (Jozefowicz 2015), r, z, n and b_h of a gru */
    HEED_INIT_GRU_CHRONO,  /* the same with log u in the second quarter, u uniform in 1..scale - 1, so that the cells
                              keep for up to about scale steps (Tallec and Ollivier 2018) */
    HEED_INIT_LSTM_CHRONO  /* and with -log u in the first, the gate that takes in */
} heed_init;

typedef enum heed_form {
    HEED_FORM_FLAT,   /* as declared */
    HEED_FORM_PANELS, /* packed for gemm_packed */
    HEED_FORM_INT8    /* packed for gemm_int8 */
} heed_form;

typedef struct heed_param {
    char name[96];
    int rank;
    int dims[HEED_MAX_RANK];
    size_t offset; /* reals from the start of the block */
    size_t count;
    heed_init init;
    double scale;
    bool statistic; /* measured in training, not optimised: see heed_params_declare_statistic */
    bool matrix;   /* a [out, in] weight that heed_project multiplies by or heed_embedding looks up, and nothing else: it
                      may be packed, and quantisation may round it */
    bool lookup;   /* a matrix whose rows are looked up only: f32 rows stay whole, in panels each is scattered */
    heed_form form; /* in the store */
    size_t slot;    /* bytes from the start of the store */
} heed_param;

typedef struct heed_params { /* zero-initialise */
    heed_param *list;
    int count, capacity;
    size_t size;             /* reals in the block */
    size_t trained;          /* of them, those that are optimised: the first ones; the rest are statistics */
    heed_real *values;       /* the flat block; NULL before heed_params_allocate and in a model that is only used */
    char *store;             /* packed matrices, and without a flat block everything; NULL until one of the calls below */
    size_t store_size;       /* bytes */
    const heed_kernels *kernels; /* that the store is packed for */
    bool failed;             /* sticky: a declaration ran out of memory or had impossible sizes */
} heed_params;

/* Declares a parameter and returns its id, the index in `list`. */
int heed_params_declare(heed_params *params, const char *name, heed_init init, double scale, bool matrix, int rank,
                        const int *dims);
/* A vector that training measures: the running mean of something. It lies behind all parameters in the flat block, and
 * its place in tape->parameter_grads takes by how much it is to change. */
int heed_params_declare_statistic(heed_params *params, const char *name, heed_init init, int size);
heed_status heed_params_allocate(heed_params *params, heed_error *error);
/* Fills the block from the declared distributions; parameter i draws from stream i, so adding one changes no other. */
void heed_params_initialise(heed_params *params, uint64_t seed);
/* Packs a copy of every matrix of the flat block for inference. Call again after values change. */
heed_status heed_params_pack(heed_params *params, heed_error *error);
/* A store, not filled, for all parameters in the forms that they have (`form` of each: matrices only may be packed). */
heed_status heed_params_reserve(heed_params *params, heed_error *error);
/* The form of a parameter in a model that is only used. Rows too wide for the kernels of int8 stay f32. */
heed_form heed_param_form(const heed_param *param, bool int8);
/* Ends training: the flat block, if any, becomes a store with matrices as f32 panels, or `int8` rounded row by row. */
heed_status heed_params_settle(heed_params *params, bool int8, heed_error *error);
void heed_params_free(heed_params *params);
int heed_params_find(const heed_params *params, const char *name); /* -1 when absent */

/* Before and after the backward passes of a step: tape->parameter_grads becomes zero, or with tape->unset_grads is said
 * to hold nothing, and in the end what nothing was written to is cleared. */
void heed_params_begin_gradients(const heed_params *params, heed_tape *tape);
void heed_params_end_gradients(const heed_params *params, heed_tape *tape);

/* A parameter is rows of its last axis. Every row of a packed one is to be put, the last row last. */
size_t heed_param_width(const heed_param *param);
static inline size_t heed_param_rows(const heed_param *param) { return param->count / heed_param_width(param); }
void heed_params_get_row(const heed_params *params, int id, size_t row, heed_real *out);
void heed_params_put_row(heed_params *params, int id, size_t row, const heed_real *w); /* not into int8 */
/* Of a parameter whose form is int8. */
void heed_params_put_int8(heed_params *params, int id, size_t row, const int8_t *q);
void heed_params_put_scale(heed_params *params, int id, size_t row, heed_real scale);

/* The int8 form of a row, symmetric: returns scale = max|w| / 127, q = round(w / scale); -128 stays unused. */
float heed_quantise_row(size_t n, const heed_real *w, int8_t *q);

/* The parameter as a tensor of the tape; its gradient is the slice of tape->parameter_grads when the tape records. What
 * is packed and nothing else a recording tape gets as a copy. A store is used only by a tape with the kernels it was
 * packed for. */
heed_tensor *heed_params_tensor(heed_tape *tape, const heed_params *params, int id);

#endif
