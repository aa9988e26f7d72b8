#include "vectors/vector_training.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"

static heed_status read_text(heed_vector_training *training, heed_vector_text *text, void *context, heed_error *error)
{
    heed_corpus_reader reader;
    heed_status status = heed_corpus_begin(&reader, &training->corpus, training->recipe.tokenizer,
                                           "recipe.tokenizer.source", "text", training->scratch_folder, error);
    if (status == HEED_OK)
        status = text(context, &training->recipe, &reader, error);
    if (status == HEED_OK)
        return heed_corpus_end(&reader, error);
    heed_corpus_cancel(&reader);
    return status;
}

/* The tokenizer becomes the model's; nothing more is read with the corpus's. */
static heed_status make_model(heed_vector_training *training, heed_error *error)
{
    heed_word_corpus *corpus = &training->corpus;
    heed_tokenizer *none = NULL;
    HEED_TRY(heed_tokenizer_empty(corpus->tokenizer->kind, &none, error));
    heed_tokenizer *source = corpus->tokenizer;
    corpus->tokenizer = NULL;
    HEED_TRY(heed_model_create(training->recipe.model, source, none, (uint64_t)training->recipe.seed, &training->model,
                               error));
    const heed_param *weight = &training->model->params.list[0];
    training->words = weight->dims[0];
    training->dim = weight->dims[1];
    training->input = training->model->params.values;
    return HEED_OK;
}

static heed_status make_workers(heed_vector_training *training, heed_error *error)
{
    const size_t dim = (size_t)training->dim, targets = (size_t)training->recipe.settings.negative + 1;
    training->worker_count = training->scratch_folder == NULL ? 1 : HEED_VECTOR_STEPS_MAX;
    training->workers = heed_alloc((size_t)training->worker_count, sizeof *training->workers);
    for (int i = 0; training->workers != NULL && i < training->worker_count; i++) {
        heed_vector_worker *worker = &training->workers[i];
        worker->line = heed_arena_alloc(&worker->arena, HEED_LINE_WORDS * sizeof *worker->line);
        worker->hidden = heed_arena_alloc(&worker->arena, dim * sizeof *worker->hidden);
        worker->change = heed_arena_alloc(&worker->arena, dim * sizeof *worker->change);
        worker->targets = heed_arena_alloc(&worker->arena, targets * sizeof *worker->targets);
        worker->scores = heed_arena_alloc(&worker->arena, targets * sizeof *worker->scores);
        if (!worker->line || !worker->hidden || !worker->change || !worker->targets || !worker->scores)
            return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for training");
    }
    return training->workers ? HEED_OK : heed_fail(error, HEED_ERROR_MEMORY, "out of memory for training");
}

static heed_status create(heed_vector_training *training, const char *recipe, size_t recipe_size, heed_vector_text *text,
                          void *context, heed_error *error)
{
    HEED_TRY(heed_vector_recipe_parse(&training->arena, recipe, recipe_size, &training->recipe, error));
    training->kernels = heed_kernels_active();
    HEED_TRY(read_text(training, text, context, error));
    HEED_TRY(make_model(training, error));
    HEED_TRY(training->recipe.method->prepare(training, error));
    return make_workers(training, error);
}

heed_status heed_vector_training_create(const char *recipe, size_t recipe_size, heed_vector_text *text, void *context,
                                        const char *scratch_folder, heed_vector_training **out, heed_error *error)
{
    *out = NULL;
    heed_vector_training *training = heed_alloc(1, sizeof *training);
    if (training == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for training");
    training->scratch_folder = scratch_folder;
    const heed_status status = create(training, recipe, recipe_size, text, context, error);
    if (status == HEED_OK)
        *out = training;
    else
        heed_vector_training_free(training);
    return status;
}

void heed_vector_training_free(heed_vector_training *training)
{
    if (training == NULL)
        return;
    if (training->recipe.method != NULL && training->recipe.method->release != NULL)
        training->recipe.method->release(training);
    for (int i = 0; training->workers != NULL && i < training->worker_count; i++)
        heed_arena_free(&training->workers[i].arena);
    heed_free(training->workers);
    heed_word_corpus_free(&training->corpus);
    heed_model_free(training->model);
    heed_arena_free(&training->arena);
    heed_free(training);
}

int64_t heed_vector_training_steps(const heed_vector_training *training)
{
    return training->steps_per_epoch * training->recipe.settings.epochs;
}

double heed_vector_training_rate(const heed_vector_training *training, int64_t step)
{
    if (training->recipe.method->steady)
        return training->recipe.settings.rate;
    const double left = 1 - (double)step / (double)heed_vector_training_steps(training);
    return training->recipe.settings.rate * fmax(left, 1e-4);
}

static void run_step(void *context, int index)
{
    const heed_vector_training *training = context;
    heed_vector_worker *worker = &training->workers[index % training->worker_count];
    const int64_t step = training->step + index;
    heed_rng_seed(&worker->rng, (uint64_t)training->recipe.seed, (uint64_t)step + 1);
    worker->rate = heed_vector_training_rate(training, step);
    training->recipe.method->step(training, worker, step % training->steps_per_epoch);
}

heed_status heed_vector_training_advance(heed_vector_training *training, heed_pool *pool, int count, double *loss,
                                         int64_t *examples, int64_t *words, heed_error *error)
{
    for (int i = 0; i < training->worker_count; i++) {
        heed_vector_worker *worker = &training->workers[i];
        worker->loss = 0;
        worker->chance = 1;
        worker->examples = worker->words = 0;
    }
    if (pool != NULL)
        heed_pool_run(pool, run_step, training, count);
    else
        for (int i = 0; i < count; i++)
            run_step(training, i);
    training->step += count;
    double sum = 0;
    for (int i = 0; i < training->worker_count; i++) {
        const heed_vector_worker *worker = &training->workers[i];
        sum += worker->loss - log(worker->chance);
        *examples += worker->examples;
        *words += worker->words;
    }
    *loss += sum;
    if (isfinite(sum))
        return HEED_OK;
    return heed_fail(error, HEED_ERROR_NUMERIC, "step %lld: the loss is not finite; try a smaller recipe.train.rate than "
                     "%g", (long long)training->step, training->recipe.settings.rate);
}

const heed_model *heed_vector_training_model(heed_vector_training *training)
{
    if (training->recipe.method->settle != NULL)
        training->recipe.method->settle(training);
    return training->model;
}
