/* Training of models by their loss, a step or a part of the dev set at a time. */
#include "train/trainer.h"
#include "train/training_kind.h"

enum { JUDGED_AT_ONCE = 8 }; /* dev inputs: who stops training should not wait for many */

typedef struct given_text {
    const char *pairs;
    size_t size;
} given_text;

static heed_status read_pairs(void *context, const heed_recipe *recipe, heed_pairs *pairs, heed_error *error)
{
    const given_text *given = context;
    if (given->pairs == NULL)
        return heed_fail(error, HEED_ERROR_ARGUMENT,
                         "recipe.data: the recipe makes no examples of its own, and none were given");
    return heed_recipe_read(recipe, pairs, given->pairs, given->size, "data", error);
}

static heed_status create_by(const heed_trainer_method *method, heed_training *training, const char *recipe,
                             size_t recipe_size, const char *pairs, size_t pairs_size, heed_error *error)
{
    given_text given = {pairs, pairs_size};
    heed_trainer *trainer = NULL;
    HEED_TRY(heed_trainer_create_by(method, recipe, recipe_size, read_pairs, &given, 1, &trainer, error));
    training->work = trainer;
    trainer->dev.slice = JUDGED_AT_ONCE;
    const heed_task_setup *task = &trainer->recipe.task;
    if (pairs != NULL && task->task != NULL)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "recipe.data.task is \"%s\", and examples were given; it can only "
                         "be one of them", task->task->name);
    return HEED_OK;
}

static heed_status create(heed_training *training, const char *recipe, size_t recipe_size, const char *pairs,
                          size_t pairs_size, heed_error *error)
{
    return create_by(NULL, training, recipe, recipe_size, pairs, pairs_size, error);
}

static heed_status create_fit(heed_training *training, const char *recipe, size_t recipe_size, const char *pairs,
                              size_t pairs_size, heed_error *error)
{
    return create_by(&heed_trainer_regression, training, recipe, recipe_size, pairs, pairs_size, error);
}

static heed_status step(heed_training *training, heed_training_event *event, heed_error *error)
{
    heed_trainer *trainer = training->work;
    bool whole;
    training->epoch_done = false;
    *event = HEED_TRAINING_PART;
    HEED_TRY(heed_trainer_step_part(trainer, &whole, error));
    if (!whole)
        return HEED_OK;
    *event = HEED_TRAINING_STEP;
    training->loss_sum += trainer->last_loss;
    training->tokens += trainer->last_tokens;
    training->examples += trainer->last_tokens;
    return HEED_OK;
}

static heed_status judge(heed_training *training, heed_training_event *event, heed_error *error)
{
    heed_trainer *trainer = training->work;
    HEED_TRY(heed_trainer_judge_part(trainer, training->judged, error));
    *event = HEED_TRAINING_JUDGING;
    if (++training->judged < heed_trainer_judge_parts(trainer))
        return HEED_OK;
    training->judged = 0;
    training->epoch_done = true;
    heed_trainer_next_epoch(trainer);
    *event = heed_trainer_done(trainer) ? HEED_TRAINING_FINISHED : HEED_TRAINING_EPOCH;
    return HEED_OK;
}

static heed_status advance(heed_training *training, heed_training_event *event, heed_error *error)
{
    return heed_trainer_epoch_over(training->work) ? judge(training, event, error) : step(training, event, error);
}

static bool done(const heed_training *training)
{
    return heed_trainer_done(training->work);
}

static void progress(const heed_training *training, heed_progress *out)
{
    const heed_trainer *trainer = training->work;
    out->step = trainer->state.step;
    out->total_steps = trainer->total_steps;
    out->epoch = (int)(training->epoch_done ? trainer->state.epoch : trainer->state.epoch + 1);
    out->epochs = (int)trainer->recipe.epochs;
    out->parts = heed_trainer_parts(trainer);
    out->rate = trainer->last_rate;
    out->gradient_norm = trainer->last_norm;
    heed_trainer_dev_figures(trainer, out);
}

static heed_status model(heed_training *training, const heed_model **out, heed_error *error)
{
    heed_trainer *trainer = training->work;
    HEED_TRY(heed_trainer_pack(trainer, error));
    *out = trainer->model;
    return HEED_OK;
}

static void free_trainer(void *work)
{
    heed_trainer_free(work);
}

heed_status heed_training_create_model(const char *recipe_json, size_t recipe_size, const char *pairs, size_t pairs_size,
                                       heed_training **out, heed_error *error)
{
    static const heed_training_kind kind = {create, advance, done, progress, model, free_trainer};
    return heed_training_start(&kind, recipe_json, recipe_size, pairs, pairs_size, out, error);
}

heed_status heed_training_create_fit(const char *recipe_json, size_t recipe_size, const char *pairs, size_t pairs_size,
                                     heed_training **out, heed_error *error)
{
    static const heed_training_kind kind = {create_fit, advance, done, progress, model, free_trainer};
    return heed_training_start(&kind, recipe_json, recipe_size, pairs, pairs_size, out, error);
}
