/* The vectors of a model at hand. */
#ifndef HEED_VECTORS_VECTOR_TABLE_H
#define HEED_VECTORS_VECTOR_TABLE_H

#include "heed/vectors.h"
#include "models/arch.h"

struct heed_vectors {
    const heed_model *model;
    int rows, dim;
    heed_tape tape;            /* does not record; for the weight in whatever form it lies */
    const heed_tensor *weight; /* [V, D] */
    heed_real *inverse;        /* [V] 1 / |v|, 0 of a vector that is zero */
    heed_real *query, *row;    /* [D] */
    heed_real *scores;         /* [V] */
};

/* heed_vectors_find that tells a word without a vector, *row = -1, from memory that ran out, its one failure. */
heed_status heed_vectors_look_up(const heed_vectors *vectors, const char *word, size_t size, int *row,
                                 heed_error *error);

#endif
