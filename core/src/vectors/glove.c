#include "vectors/glove.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/power.h"
#include "vectors/cooccurrence.h"

static const char *const fields[] = {"x_max", "alpha", "memory_mb", NULL};

static heed_status take_pair(void *context, int32_t a, int32_t b, double count, heed_error *error)
{
    heed_glove *glove = context;
    const heed_glove_pair pairs[] = {{a, b, (float)(a == b ? 2 * count : count)}, {b, a, (float)count}};
    const size_t n = a == b ? 1 : 2;
    glove->count += n;
    return heed_spool_append(&glove->spool, pairs, n * sizeof *pairs, error);
}

static heed_status count_pairs(const heed_vector_training *training, heed_glove *glove, heed_error *error)
{
    const heed_vector_settings *settings = &training->recipe.settings;
    const heed_word_corpus *corpus = &training->corpus;
    heed_cooccurrence counts;
    heed_status status = heed_cooccurrence_begin(&counts, (int)settings->window, (size_t)settings->memory_mb << 20,
                                                 training->scratch_folder, error);
    if (status == HEED_OK)
        status = heed_cooccurrence_add_text(&counts, corpus->ids, corpus->size, error);
    if (status == HEED_OK)
        status = heed_cooccurrence_end(&counts, take_pair, glove, error);
    heed_cooccurrence_free(&counts);
    return status;
}

/* The pairs came in the order of their words, which is no order to learn in. */
static void shuffle(heed_glove *glove, uint64_t seed)
{
    heed_rng rng;
    heed_rng_seed(&rng, seed, 0);
    for (size_t i = glove->count; i > 1; i--) {
        const size_t k = heed_rng_below(&rng, (uint32_t)i);
        const heed_glove_pair kept = glove->pairs[i - 1];
        glove->pairs[i - 1] = glove->pairs[k];
        glove->pairs[k] = kept;
    }
}

/* Vectors small and random, biases 0, sums of squares 1. */
static heed_status make_vectors(const heed_vector_training *training, heed_glove *glove, heed_error *error)
{
    const size_t width = (size_t)training->dim + 1, size = (size_t)training->words * width;
    heed_real **const blocks[] = {&glove->w, &glove->v, &glove->sw, &glove->sv};
    heed_rng rng;
    heed_rng_seed(&rng, (uint64_t)training->recipe.seed, UINT64_MAX);
    for (int k = 0; k < 4; k++) {
        heed_real *block = *blocks[k] = heed_alloc(size, sizeof *block);
        if (block == NULL)
            return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the vectors of %d words", training->words);
        for (size_t i = 0; i < size; i++)
            block[i] = k >= 2                    ? 1
                       : i % width == width - 1 ? 0
                                                : (heed_real)((heed_rng_uniform(&rng) - 0.5) / (double)training->dim);
    }
    return HEED_OK;
}

static heed_status prepare(heed_vector_training *training, heed_error *error)
{
    void *block;
    heed_glove *glove = heed_arena_alloc_zero(&training->arena, sizeof *glove);
    if (glove == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for training");
    training->state = glove;
    HEED_TRY(heed_spool_open(&glove->spool, training->scratch_folder, error));
    HEED_TRY(count_pairs(training, glove, error));
    if (glove->count == 0 || glove->count > UINT32_MAX)
        return heed_fail(error, HEED_ERROR_FORMAT, "the text has %zu pairs of words; 1 to %lu can be learned from",
                         glove->count, (unsigned long)UINT32_MAX);
    HEED_TRY(heed_spool_view(&glove->spool, &block, NULL, error));
    glove->pairs = block;
    shuffle(glove, (uint64_t)training->recipe.seed);
    const size_t batch = (size_t)training->recipe.settings.batch;
    training->steps_per_epoch = (int64_t)((glove->count + batch - 1) / batch);
    return make_vectors(training, glove, error);
}

double heed_glove_weight(const heed_vector_settings *settings, double count)
{
    return count < settings->x_max ? heed_power(count / settings->x_max, settings->alpha) : 1;
}

static void step_bias(heed_real gradient, double rate, heed_real *bias, heed_real *sum)
{
    *sum += gradient * gradient;
    *bias -= (heed_real)rate * gradient / (heed_real)sqrt((double)*sum);
}

double heed_glove_step(const heed_vector_training *training, const heed_glove *glove, const heed_glove_pair *pair,
                       double rate)
{
    const heed_kernels *kernels = training->kernels;
    const size_t dim = (size_t)training->dim, word = (size_t)pair->word * (dim + 1), context = (size_t)pair->context * (dim + 1);
    heed_real *w = glove->w + word, *v = glove->v + context;
    /* [book:glove] */
    const double product = (double)(kernels->dot(dim, w, v) + w[dim] + v[dim]);
    const double difference = product - log((double)pair->count);
    const double weight = heed_glove_weight(&training->recipe.settings, (double)pair->count);
    const heed_real gradient = (heed_real)(weight * difference); /* dJ / dproduct */
    kernels->glove_step(dim, gradient, (heed_real)rate, w, v, glove->sw + word, glove->sv + context);
    /* [/book] */
    step_bias(gradient, rate, &w[dim], &glove->sw[word + dim]);
    step_bias(gradient, rate, &v[dim], &glove->sv[context + dim]);
    return 0.5 * weight * difference * difference;
}

static void step(const heed_vector_training *training, heed_vector_worker *worker, int64_t index)
{
    const heed_glove *glove = training->state;
    const size_t batch = (size_t)training->recipe.settings.batch, first = (size_t)index * batch;
    const size_t last = glove->count - first > batch ? first + batch : glove->count;
    for (size_t i = first; i < last; i++)
        worker->loss += heed_glove_step(training, glove, &glove->pairs[i], worker->rate);
    worker->examples += (int64_t)(last - first);
    worker->words += (int64_t)(last - first);
}

static void settle(const heed_vector_training *training)
{
    const heed_glove *glove = training->state;
    const size_t dim = (size_t)training->dim;
    for (size_t row = 0; row < (size_t)training->words; row++)
        for (size_t i = 0; i < dim; i++)
            training->model->params.values[row * dim + i] = glove->w[row * (dim + 1) + i] + glove->v[row * (dim + 1) + i];
}

static void release(heed_vector_training *training)
{
    heed_glove *glove = training->state;
    if (glove == NULL)
        return;
    heed_spool_close(&glove->spool);
    heed_free(glove->w);
    heed_free(glove->v);
    heed_free(glove->sw);
    heed_free(glove->sv);
}

const heed_vector_method heed_vectors_glove = {
    .name = "glove",
    .fields = fields,
    .defaults = {.batch = 10000, .epochs = 25, .rate = 0.05, .window = 10, .x_max = 100, .alpha = 0.75, .memory_mb = 512},
    .steady = true,
    .prepare = prepare,
    .step = step,
    .settle = settle,
    .release = release,
};
