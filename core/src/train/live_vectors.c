/* Training of word vectors, a step at a time. */
#include "train/training_kind.h"
#include "vectors/vector_training.h"

typedef struct given_text {
    const char *text;
    size_t size;
} given_text;

static heed_status read_text(void *context, const heed_vector_recipe *recipe, heed_corpus_reader *reader,
                             heed_error *error)
{
    const given_text *given = context;
    (void)recipe;
    if (given->text == NULL)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "recipe.data: word vectors are trained on a text, and none was given");
    return heed_corpus_feed(reader, given->text, given->size, error);
}

static heed_status create(heed_training *training, const char *recipe, size_t recipe_size, const char *text,
                          size_t text_size, heed_error *error)
{
    given_text given = {text, text_size};
    heed_vector_training *vectors = NULL;
    HEED_TRY(heed_vector_training_create(recipe, recipe_size, read_text, &given, NULL, &vectors, error));
    training->work = vectors;
    return HEED_OK;
}

static bool at_epoch_end(const heed_vector_training *vectors)
{
    return vectors->step > 0 && vectors->step % vectors->steps_per_epoch == 0;
}

static bool done(const heed_training *training)
{
    const heed_vector_training *vectors = training->work;
    return training->epoch_done && vectors->step == heed_vector_training_steps(vectors);
}

static heed_status advance(heed_training *training, heed_training_event *event, heed_error *error)
{
    heed_vector_training *vectors = training->work;
    if (at_epoch_end(vectors) && !training->epoch_done) {
        training->epoch_done = true;
        *event = done(training) ? HEED_TRAINING_FINISHED : HEED_TRAINING_EPOCH;
        return HEED_OK;
    }
    training->epoch_done = false;
    *event = HEED_TRAINING_STEP;
    return heed_vector_training_advance(vectors, NULL, 1, &training->loss_sum, &training->examples, &training->tokens,
                                        error);
}

static void progress(const heed_training *training, heed_progress *out)
{
    const heed_vector_training *vectors = training->work;
    out->step = vectors->step;
    out->total_steps = heed_vector_training_steps(vectors);
    out->epochs = (int)vectors->recipe.settings.epochs;
    out->epoch = (int)(vectors->step / vectors->steps_per_epoch) + !at_epoch_end(vectors);
    out->rate = heed_vector_training_rate(vectors, vectors->step);
    out->dev_loss = out->dev_per = out->dev_wer = -1;
}

static heed_status model(heed_training *training, const heed_model **out, heed_error *error)
{
    (void)error;
    *out = heed_vector_training_model(training->work);
    return HEED_OK;
}

static void free_vectors(void *work)
{
    heed_vector_training_free(work);
}

heed_status heed_training_create_vectors(const char *recipe_json, size_t recipe_size, const char *text, size_t text_size,
                                         heed_training **out, heed_error *error)
{
    static const heed_training_kind kind = {create, advance, done, progress, model, free_vectors};
    return heed_training_start(&kind, recipe_json, recipe_size, text, text_size, out, error);
}
