/* Optimisers work on flat blocks: values, gradient and the optimiser's own state are as long as each other, and the
 * work is cut into chunks of a fixed size, so that any number of threads gives the same bits. */
#ifndef HEED_OPTIMIZER_H
#define HEED_OPTIMIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/thread.h"
#include "heed/real.h"
#include "kernels/kernels.h"

enum { HEED_FLAT_CHUNK = 32768 /* reals of a chunk: 128 KiB, of which a core's cache holds the four blocks of Adam */ };

typedef struct heed_optimizer_settings {
    double rate; /* of this step */
    double beta1, beta2;  /* how much stays of the mean gradient and of the mean square */
    double epsilon;
    double weight_decay;  /* see each optimizer */
    double momentum;
    bool nesterov;
} heed_optimizer_settings;

/* The blocks an optimiser updates, all of `size` reals. */
typedef struct heed_flat_blocks {
    size_t size;
    heed_real *values;
    const heed_real *gradient;
    heed_real *m, *v; /* the optimiser's state, zero at first: the mean gradient or the velocity; squares */
} heed_flat_blocks;

typedef struct heed_optimizer {
    const char *name;
    /* One update of the reals [from, from + count) of the blocks; `step` is counted from 1. */
    void (*update)(const heed_kernels *kernels, const heed_optimizer_settings *settings, const heed_flat_blocks *blocks,
                   size_t from, size_t count, int64_t step, double gradient_scale);
    const char *const *fields; /* of the recipe's "optimizer" beside "name" and "rate", NULL-terminated */
    heed_optimizer_settings defaults;
} heed_optimizer;

#define HEED_OPTIMIZER(name) extern const heed_optimizer heed_optimizer_##name;
#include "train/optimizers.def"
#undef HEED_OPTIMIZER

/* NULL when there is none of this name; heed_optimizer_names is "adam, adamw, ...". */
const heed_optimizer *heed_optimizer_find(const char *name);
extern const char *const heed_optimizer_names;

/* Chunks of a block of `size` reals. */
size_t heed_flat_chunks(size_t size);

/* sums[0] += sums[1] + .. + sums[count-1], in this order for every element; writes the Euclidean norm of the result,
 * summed chunk by chunk in order. `scratch` holds heed_flat_chunks(size) doubles. */
void heed_gradients_reduce(heed_pool *pool, const heed_kernels *kernels, heed_real *const *sums, int count, size_t size,
                           double *scratch, double *norm);

/* Every gradient into [-limit, limit]. */
void heed_gradients_clip(heed_pool *pool, heed_real *gradient, size_t size, double limit);

/* One step of the optimiser over whole blocks. The gradient is multiplied by `gradient_scale` first (clipping). */
void heed_optimizer_step(heed_pool *pool, const heed_kernels *kernels, const heed_optimizer *optimizer,
                         const heed_optimizer_settings *settings, const heed_flat_blocks *blocks, int64_t step,
                         double gradient_scale);

#endif
