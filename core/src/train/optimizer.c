#include "train/optimizer.h"

#include <math.h>

#include "base/registry.h"

static const heed_optimizer *const optimizers[] = {
#define HEED_OPTIMIZER(name) &heed_optimizer_##name,
#include "train/optimizers.def"
#undef HEED_OPTIMIZER
};

#define HEED_OPTIMIZER(name) ", " #name
static const char name_list[] =
#include "train/optimizers.def"
    ;
#undef HEED_OPTIMIZER
const char *const heed_optimizer_names = name_list + 2; /* without the first ", " */

HEED_FIND_BY_NAME(heed_optimizer, heed_optimizer_find, optimizers)

size_t heed_flat_chunks(size_t size)
{
    return (size + HEED_FLAT_CHUNK - 1) / HEED_FLAT_CHUNK;
}

static size_t chunk_length(size_t size, size_t from)
{
    return size - from < HEED_FLAT_CHUNK ? size - from : HEED_FLAT_CHUNK;
}

typedef struct reduce_work {
    const heed_kernels *kernels;
    heed_real *const *sums;
    int count;
    size_t size;
    double *squares; /* of each chunk */
} reduce_work;

static void reduce_chunk(void *context, int index)
{
    const reduce_work *work = context;
    size_t from = (size_t)index * HEED_FLAT_CHUNK, n = chunk_length(work->size, from);
    /* [book:reduce] */
    for (int i = 1; i < work->count; i++)
        work->kernels->axpy(n, 1, work->sums[i] + from, work->sums[0] + from);
    /* [/book] */
    work->squares[index] = work->kernels->sum_squares(n, work->sums[0] + from);
}

void heed_gradients_reduce(heed_pool *pool, const heed_kernels *kernels, heed_real *const *sums, int count, size_t size,
                           double *scratch, double *norm)
{
    reduce_work work = {kernels, sums, count, size, scratch};
    size_t chunks = heed_flat_chunks(size);
    heed_pool_run(pool, reduce_chunk, &work, (int)chunks);
    double total = 0;
    for (size_t i = 0; i < chunks; i++)
        total += scratch[i];
    *norm = sqrt(total);
}

typedef struct clip_work {
    heed_real *gradient;
    size_t size;
    heed_real limit;
} clip_work;

static void clip_chunk(void *context, int index)
{
    const clip_work *work = context;
    size_t from = (size_t)index * HEED_FLAT_CHUNK, n = chunk_length(work->size, from);
    for (heed_real *g = work->gradient + from; g < work->gradient + from + n; g++)
        *g = *g > work->limit ? work->limit : *g < -work->limit ? -work->limit : *g;
}

void heed_gradients_clip(heed_pool *pool, heed_real *gradient, size_t size, double limit)
{
    clip_work work = {gradient, size, (heed_real)limit};
    heed_pool_run(pool, clip_chunk, &work, (int)heed_flat_chunks(size));
}

typedef struct update_work {
    const heed_kernels *kernels;
    const heed_optimizer *optimizer;
    const heed_optimizer_settings *settings;
    const heed_flat_blocks *blocks;
    int64_t step;
    double gradient_scale;
} update_work;

static void update_chunk(void *context, int index)
{
    const update_work *work = context;
    size_t from = (size_t)index * HEED_FLAT_CHUNK;
    work->optimizer->update(work->kernels, work->settings, work->blocks, from, chunk_length(work->blocks->size, from),
                            work->step, work->gradient_scale);
}

void heed_optimizer_step(heed_pool *pool, const heed_kernels *kernels, const heed_optimizer *optimizer,
                         const heed_optimizer_settings *settings, const heed_flat_blocks *blocks, int64_t step,
                         double gradient_scale)
{
    update_work work = {kernels, optimizer, settings, blocks, step, gradient_scale};
    heed_pool_run(pool, update_chunk, &work, (int)heed_flat_chunks(blocks->size));
}
