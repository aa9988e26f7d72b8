/* The data of a recipe with a task: dev examples once, training examples anew for every epoch. */
#include "base/error.h"
#include "train/trainer.h"

enum { VOCABULARY_SAMPLE = 10000, NUMBERS_SAMPLE = 1000, ROUNDS = 50 };

/* Whether a side is read as numbers: examples are long then, and no rare letter is missed. */
static bool has_numbers(const heed_recipe *recipe)
{
    return heed_recipe_is_values(recipe->source_tokenizer) || heed_recipe_is_values(recipe->target_tokenizer) ||
           heed_recipe_is_values(recipe->shared_tokenizer);
}

heed_status heed_trainer_task_pairs(heed_trainer *trainer, heed_error *error)
{
    const heed_recipe *recipe = &trainer->recipe;
    const uint64_t seed = (uint64_t)recipe->seed;
    heed_task_stream dev = heed_task_stream_begin(&recipe->task, HEED_TASK_DEV, seed, 0);
    heed_task_stream sample = heed_task_stream_begin(&recipe->task, HEED_TASK_TRAIN, seed, 0);
    HEED_TRY(heed_task_stream_next(&dev, (int32_t)recipe->dev, &trainer->dev_pairs, error));
    return heed_task_stream_next(&sample, has_numbers(recipe) ? NUMBERS_SAMPLE : VOCABULARY_SAMPLE, &trainer->pairs, error);
}

heed_status heed_trainer_task_epoch(heed_trainer *trainer, int64_t epoch, heed_error *error)
{
    const heed_recipe *recipe = &trainer->recipe;
    const heed_model *model = trainer->model;
    const int32_t limit = (int32_t)recipe->max_length, target_limit = heed_model_target_limit(model, limit);
    const int32_t wanted = (int32_t)recipe->examples_per_epoch;
    heed_task_stream stream =
        heed_task_stream_begin(&recipe->task, HEED_TASK_TRAIN, (uint64_t)recipe->seed, (uint64_t)epoch + 1);
    heed_status status = HEED_OK;
    heed_examples_clear(&trainer->examples);
    /* Some may be too long: as many again as are missing, until there are enough. */
    for (int round = 0; round < ROUNDS && status == HEED_OK && trainer->examples.count < wanted; round++) {
        heed_pairs_free(&trainer->pairs);
        status = heed_task_stream_next(&stream, wanted - trainer->examples.count, &trainer->pairs, error);
        if (status == HEED_OK)
            status = heed_examples_encode(&trainer->examples, &trainer->pairs, model->source, model->target, limit,
                                          target_limit, error);
    }
    if (status == HEED_OK && trainer->examples.count < wanted)
        status = trainer->examples.labels && limit > 1
                     ? heed_fail(error, HEED_ERROR_FORMAT, "recipe.model: %s gives one label, and the task %s has targets of "
                                 "several tokens", model->arch->name, recipe->task.task->name)
                     : heed_fail(error, HEED_ERROR_FORMAT,
                                 "recipe.data.max_length is %d; hardly an example of the task %s is that short", (int)limit,
                                 recipe->task.task->name);
    if (status == HEED_OK)
        status = heed_trainer_check_examples(trainer, &trainer->examples, error);
    trainer->examples_epoch = status == HEED_OK ? epoch : -1;
    return status;
}
