#include "train/trainer.h"

#include "base/hash.h"
#include "base/memory.h"
#include "models/head.h"

static heed_status out_of_memory(heed_error *error)
{
    return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for training");
}

static heed_status take_pairs(heed_trainer *trainer, heed_pairs_source *source, void *context, heed_error *error)
{
    const heed_recipe *recipe = &trainer->recipe;
    heed_error local = {0};
    if (recipe->task.task != NULL) {
        HEED_TRY(heed_trainer_task_pairs(trainer, error));
        return heed_pairs_group(&trainer->dev_pairs, &trainer->arena, &trainer->dev_references, error);
    }
    HEED_TRY(source(context, recipe, &trainer->pairs, error));
    heed_status status = heed_pairs_hold_out(&trainer->pairs, (int32_t)recipe->hold_out,
                                             (uint64_t)recipe->hold_out_seed, &trainer->dev_pairs, &local);
    if (status != HEED_OK)
        return heed_fail(error, status, "recipe.data.hold_out: %s", local.message);
    return heed_pairs_group(&trainer->dev_pairs, &trainer->arena, &trainer->dev_references, error);
}

static heed_bytes source_at(void *context, size_t i)
{
    const heed_pair *pair = &((const heed_pairs *)context)->list[i];
    return (heed_bytes){(const unsigned char *)pair->source, (size_t)pair->source_size};
}

static heed_bytes target_at(void *context, size_t i)
{
    const heed_pair *pair = &((const heed_pairs *)context)->list[i];
    return (heed_bytes){(const unsigned char *)pair->target, (size_t)pair->target_size};
}

/* All sources, then all targets. */
static heed_bytes either_at(void *context, size_t i)
{
    const size_t count = (size_t)((const heed_pairs *)context)->count;
    return i < count ? source_at(context, i) : target_at(context, i - count);
}

static heed_status make_tokenizers(heed_trainer *trainer, heed_tokenizer **source, heed_tokenizer **target,
                                   heed_error *error)
{
    const heed_recipe *recipe = &trainer->recipe;
    const size_t count = (size_t)trainer->pairs.count;
    heed_status status;
    if (recipe->shared_tokenizer != NULL) {
        HEED_TRY(heed_tokenizer_train(recipe->shared_tokenizer, "recipe.tokenizer.shared", 2 * count, either_at,
                                      &trainer->pairs, source, error));
        *target = heed_tokenizer_copy(*source);
        status = *target != NULL ? HEED_OK : out_of_memory(error);
    } else {
        HEED_TRY(heed_tokenizer_train(recipe->source_tokenizer, "recipe.tokenizer.source", count, source_at,
                                      &trainer->pairs, source, error));
        status = heed_tokenizer_train(recipe->target_tokenizer, "recipe.tokenizer.target", count, target_at,
                                      &trainer->pairs, target, error);
    }
    if (status != HEED_OK)
        heed_tokenizer_free(*source);
    return status;
}

static heed_status make_model(heed_trainer *trainer, heed_error *error)
{
    const heed_recipe *recipe = &trainer->recipe;
    heed_tokenizer *source, *target;
    HEED_TRY(make_tokenizers(trainer, &source, &target, error));
    heed_error local = {0};
    heed_status status =
        heed_model_create(recipe->model, source, target, (uint64_t)recipe->seed, &trainer->model, &local);
    if (status != HEED_OK)
        return heed_fail(error, status, "recipe.model: %s", local.message);
    if (trainer->model->values_out.channels > 0 && recipe->label_smoothing > 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "recipe.train.label_smoothing is %g; targets that are numbers have none",
                         recipe->label_smoothing);
    return HEED_OK;
}

/* A side of an example that is ids, or numbers. */
static uint64_t hash_side(uint64_t sum, const int32_t *ids, const heed_real *values, int32_t length, int channels)
{
    return ids != NULL ? heed_hash(sum, ids, (size_t)length * sizeof *ids)
                       : heed_hash(sum, values, (size_t)length * (size_t)channels * sizeof *values);
}

static uint64_t hash_examples(uint64_t sum, const heed_examples *examples)
{
    for (int32_t i = 0; i < examples->count; i++) {
        const heed_example *example = &examples->list[i];
        sum = heed_hash(sum, &example->source_length, sizeof example->source_length);
        sum = hash_side(sum, example->source, example->values, example->source_length, examples->channels);
        sum = hash_side(sum, example->target, example->answers, example->target_length, examples->answer_channels);
    }
    return sum;
}

heed_status heed_trainer_check_examples(const heed_trainer *trainer, const heed_examples *examples, heed_error *error)
{
    for (int32_t i = 0; examples->answer_channels > 0 && i < examples->count; i++) {
        const char *objection = heed_head_objection(trainer->model, &examples->list[i]);
        if (objection != NULL)
            return heed_fail(error, HEED_ERROR_FORMAT, "recipe.data: example %d: %s", (int)i + 1, objection);
    }
    return HEED_OK;
}

static heed_status encode_data(heed_trainer *trainer, heed_error *error)
{
    const heed_model *model = trainer->model;
    int32_t limit = (int32_t)trainer->recipe.max_length, target_limit = heed_model_target_limit(model, limit);
    trainer->examples.labels = trainer->dev_examples.labels = model->arch->labels;
    if (trainer->recipe.task.task != NULL)
        HEED_TRY(heed_trainer_task_epoch(trainer, 0, error));
    else
        HEED_TRY(heed_examples_encode(&trainer->examples, &trainer->pairs, model->source, model->target, limit,
                                      target_limit, error));
    HEED_TRY(heed_examples_encode(&trainer->dev_examples, &trainer->dev_pairs, model->source, model->target, limit,
                                  target_limit, error));
    if (trainer->examples.count == 0 || trainer->dev_examples.count == 0)
        return heed_fail(error, HEED_ERROR_FORMAT,
                         "recipe.data.max_length is %d; no %s pair is that short (%lld are longer)", (int)limit,
                         trainer->examples.count == 0 ? "training" : "dev",
                         (long long)(trainer->examples.count == 0 ? trainer->examples.skipped_long
                                                                  : trainer->dev_examples.skipped_long));
    HEED_TRY(heed_trainer_check_examples(trainer, &trainer->examples, error));
    HEED_TRY(heed_trainer_check_examples(trainer, &trainer->dev_examples, error));
    trainer->data_hash = hash_examples(hash_examples(HEED_HASH_START, &trainer->examples),
                                       &trainer->dev_examples);
    int64_t batches = (trainer->examples.count + trainer->recipe.batch - 1) / trainer->recipe.batch;
    trainer->steps_per_epoch = (batches + trainer->recipe.accumulate - 1) / trainer->recipe.accumulate;
    if (trainer->method != NULL)
        HEED_TRY(trainer->method->configure(trainer, error));
    trainer->total_steps = trainer->steps_per_epoch * trainer->recipe.epochs;
    trainer->recipe.schedule_settings.total_steps = trainer->total_steps;
    if (model->values_out.channels > 0) /* judged by heed_fit */
        return HEED_OK;
    return heed_eval_set_build(&trainer->dev, model, &trainer->dev_references, &trainer->dev_references, error);
}

static heed_status make_blocks(heed_trainer *trainer, heed_error *error)
{
    size_t size = trainer->model->params.size, shards = (size_t)trainer->recipe.shards;
    trainer->m = heed_alloc(size, sizeof *trainer->m);
    trainer->v = heed_alloc(size, sizeof *trainer->v);
    trainer->best = heed_alloc(size, sizeof *trainer->best);
    trainer->chunk_sums = heed_alloc(heed_flat_chunks(size), sizeof *trainer->chunk_sums);
    trainer->gradients = heed_alloc(shards, sizeof *trainer->gradients);
    trainer->shards = heed_alloc(shards, sizeof *trainer->shards);
    trainer->dev_tapes = heed_alloc((size_t)trainer->threads, sizeof *trainer->dev_tapes);
    if (trainer->m == NULL || trainer->v == NULL || trainer->best == NULL || trainer->chunk_sums == NULL ||
        trainer->gradients == NULL || trainer->shards == NULL || trainer->dev_tapes == NULL)
        return out_of_memory(error);
    for (size_t k = 0; k < shards; k++) {
        trainer->gradients[k] = heed_alloc(size, sizeof *trainer->gradients[k]);
        if (trainer->gradients[k] == NULL)
            return out_of_memory(error);
        HEED_TRY(heed_tape_init(&trainer->shards[k].tape, error));
        trainer->shards[k].tape.recording = true;
        trainer->shards[k].tape.training = true;
        trainer->shards[k].tape.parameter_grads = trainer->gradients[k];
        trainer->shards[k].tape.unset_grads =
            heed_arena_alloc(&trainer->arena, (size_t)trainer->model->params.count * sizeof(bool));
        if (trainer->shards[k].tape.unset_grads == NULL)
            return out_of_memory(error);
    }
    for (int i = 0; i < trainer->threads; i++)
        HEED_TRY(heed_tape_init(&trainer->dev_tapes[i], error));
    return HEED_OK;
}

static heed_status create(heed_trainer *trainer, const char *recipe_json, size_t recipe_size,
                          heed_pairs_source *source, void *context, heed_error *error)
{
    trainer->recipe_text = heed_arena_string(&trainer->arena, recipe_json, recipe_size);
    if (trainer->recipe_text == NULL)
        return out_of_memory(error);
    HEED_TRY(heed_recipe_parse(&trainer->arena, recipe_json, recipe_size, &trainer->recipe, error));
    if (trainer->recipe.method == NULL)
        trainer->method = NULL;
    else if (trainer->method == NULL)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "recipe.train.method: only heed_training_create_fit trains by one");
    HEED_TRY(take_pairs(trainer, source, context, error));
    HEED_TRY(make_model(trainer, error));
    HEED_TRY(encode_data(trainer, error));
    HEED_TRY(make_blocks(trainer, error));
    HEED_TRY(heed_trainer_choose_pieces(trainer, error));
    return heed_pool_create(trainer->threads, &trainer->pool, error);
}

heed_status heed_trainer_create(const char *recipe_json, size_t recipe_size, heed_pairs_source *source, void *context,
                                int threads, heed_trainer **out, heed_error *error)
{
    return heed_trainer_create_by(NULL, recipe_json, recipe_size, source, context, threads, out, error);
}

heed_status heed_trainer_create_by(const heed_trainer_method *method, const char *recipe_json, size_t recipe_size,
                                   heed_pairs_source *source, void *context, int threads, heed_trainer **out,
                                   heed_error *error)
{
    *out = NULL;
    if (threads < 0)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "threads is %d; it must be 0 or more", threads);
    heed_trainer *trainer = heed_alloc(1, sizeof *trainer);
    if (trainer == NULL)
        return out_of_memory(error);
    trainer->method = method;
    trainer->threads = threads > 0 ? threads : heed_cpu_count();
    trainer->planned_epoch = trainer->packed_step = -1;
    trainer->dev_loss = trainer->dev_wer = trainer->dev_per = -1;
    trainer->state.schedule.scale = 1;
    heed_status status = create(trainer, recipe_json, recipe_size, source, context, error);
    if (status != HEED_OK) {
        heed_trainer_free(trainer);
        return status;
    }
    *out = trainer;
    return HEED_OK;
}

void heed_trainer_free(heed_trainer *trainer)
{
    if (trainer == NULL)
        return;
    heed_pool_free(trainer->pool);
    for (int64_t k = 0; k < trainer->recipe.shards; k++) {
        if (trainer->gradients != NULL)
            heed_free(trainer->gradients[k]);
        if (trainer->shards != NULL) {
            heed_tape_free(&trainer->shards[k].tape);
            heed_arena_free(&trainer->shards[k].batch_arena);
        }
    }
    for (int i = 0; trainer->dev_tapes != NULL && i < trainer->threads; i++)
        heed_tape_free(&trainer->dev_tapes[i]);
    heed_free(trainer->dev_tapes);
    heed_free(trainer->dev_order);
    heed_free(trainer->dev_losses);
    heed_free(trainer->dev_fits);
    heed_free(trainer->gradients);
    heed_free(trainer->shards);
    heed_free(trainer->chunk_sums);
    heed_free(trainer->m);
    heed_free(trainer->v);
    heed_free(trainer->best);
    heed_eval_set_free(&trainer->dev);
    heed_batch_plan_free(&trainer->plan);
    if (trainer->fit != NULL)
        trainer->method->free(trainer);
    heed_examples_free(&trainer->examples);
    heed_examples_free(&trainer->dev_examples);
    heed_model_free(trainer->model);
    heed_pairs_free(&trainer->dev_pairs);
    heed_pairs_free(&trainer->pairs);
    heed_arena_free(&trainer->arena);
    heed_free(trainer);
}
