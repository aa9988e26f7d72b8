/* One optimiser step: shards of a batch on the pool, their gradients summed in order, clipped, applied. */
#include <math.h>
#include <string.h>

#include "train/trainer.h"

/* Streams of random numbers: even ones belong to the data's order (heed_batch_plan_make has its own), these to dropout. */
static uint64_t dropout_stream(const heed_trainer *trainer, int64_t batch, int shard)
{
    uint64_t number = (uint64_t)(trainer->state.epoch * trainer->plan.batch_count + batch);
    return number * (uint64_t)trainer->recipe.shards + (uint64_t)shard + ((uint64_t)1 << 62);
}

typedef struct step_work {
    heed_trainer *trainer;
    int32_t first, end; /* batches of the epoch that make up this step */
    double seed;        /* 1 / target tokens of them all */
} step_work;

static heed_status run_batch(const step_work *work, int32_t batch_index, int index)
{
    heed_trainer *trainer = work->trainer;
    const heed_recipe *recipe = &trainer->recipe;
    heed_shard *shard = &trainer->shards[index];
    heed_tape *tape = &shard->tape;
    heed_batch batch;
    heed_arena_reset(&shard->batch_arena);
    HEED_TRY(heed_batch_shard(&trainer->plan, &trainer->examples, batch_index, index, (int)recipe->shards,
                              &shard->batch_arena, &batch, &shard->error));
    if (batch.rows == 0)
        return HEED_OK;
    heed_tape_reset(tape);
    heed_rng_seed(&tape->rng, (uint64_t)recipe->seed, dropout_stream(trainer, batch_index, index));
    tape->share = batch.tokens * work->seed;
    heed_tensor *loss = trainer->model->arch->loss(trainer->model, tape, &batch, recipe->label_smoothing);
    HEED_TRY(heed_tape_check(tape, &shard->error));
    shard->loss += loss->data[0];
    return heed_tape_backward(tape, loss, (heed_real)work->seed, &shard->error);
}

static void run_shard(void *context, int index)
{
    const step_work *work = context;
    heed_trainer *trainer = work->trainer;
    heed_shard *shard = &trainer->shards[index];
    heed_params_begin_gradients(&trainer->model->params, &shard->tape);
    shard->loss = 0;
    shard->error.status = HEED_OK;
    for (int32_t i = work->first; i < work->end; i++)
        if (run_batch(work, i, index) != HEED_OK)
            return;
    heed_params_end_gradients(&trainer->model->params, &shard->tape);
}

static int64_t count_tokens(const heed_trainer *trainer, int32_t first, int32_t end)
{
    int64_t tokens = 0;
    for (int32_t i = first; i < end; i++) {
        int rows;
        const int32_t *indices = heed_batch_plan_rows(&trainer->plan, i, &rows);
        for (int r = 0; r < rows; r++)
            tokens += heed_examples_tokens(&trainer->examples, indices[r]);
    }
    return tokens;
}

static heed_status fail_numeric(const heed_trainer *trainer, const char *what, double value, heed_error *error)
{
    return heed_fail(error, HEED_ERROR_NUMERIC,
                     "step %lld: the %s is %g; a smaller recipe.train.optimizer.rate or recipe.train.clip may help",
                     (long long)trainer->state.step + 1, what, value);
}

static void update(heed_trainer *trainer)
{
    const heed_recipe *recipe = &trainer->recipe;
    heed_optimizer_settings settings = recipe->optimizer_settings;
    settings.rate = recipe->schedule->rate(&recipe->schedule_settings, &trainer->state.schedule, trainer->state.step);
    const heed_params *params = &trainer->model->params;
    heed_flat_blocks blocks = {params->trained, params->values, trainer->gradients[0], trainer->m, trainer->v};
    bool clip = recipe->clip > 0 && trainer->last_norm > recipe->clip;
    heed_optimizer_step(trainer->pool, heed_kernels_active(), recipe->optimizer, &settings, &blocks,
                        trainer->state.step + 1, clip ? recipe->clip / trainer->last_norm : 1);
    trainer->last_rate = settings.rate;
    for (int64_t k = 0; k < recipe->shards; k++)
        for (size_t i = params->trained; i < params->size; i++)
            params->values[i] += trainer->gradients[k][i];
}

heed_status heed_trainer_step(heed_trainer *trainer, heed_error *error)
{
    heed_trainer_state *state = &trainer->state;
    const heed_recipe *recipe = &trainer->recipe;
    if (heed_trainer_done(trainer) || heed_trainer_epoch_over(trainer))
        return heed_fail(error, HEED_ERROR_ARGUMENT, "step %lld: the %s is over", (long long)state->step + 1,
                         state->finished ? "training" : "epoch");
    if (trainer->planned_epoch != state->epoch) {
        if (recipe->task.task != NULL && trainer->examples_epoch != state->epoch)
            HEED_TRY(heed_trainer_task_epoch(trainer, state->epoch, error));
        HEED_TRY(heed_batch_plan_make(&trainer->plan, &trainer->examples, (int)recipe->batch, (uint64_t)recipe->seed,
                                      (int)state->epoch, error));
        trainer->planned_epoch = state->epoch;
    }
    int64_t first = (state->step - state->epoch * trainer->steps_per_epoch) * recipe->accumulate;
    int64_t end = first + recipe->accumulate;
    step_work work = {.trainer = trainer, .first = (int32_t)first, .end = trainer->plan.batch_count};
    if (end < trainer->plan.batch_count)
        work.end = (int32_t)end;
    int64_t tokens = count_tokens(trainer, work.first, work.end);
    work.seed = 1 / (double)tokens;
    heed_pool_run(trainer->pool, run_shard, &work, (int)recipe->shards);
    double loss = 0;
    for (int64_t k = 0; k < recipe->shards; k++) {
        const heed_error *failure = &trainer->shards[k].error;
        if (failure->status != HEED_OK)
            return heed_fail(error, failure->status, "step %lld: %s", (long long)state->step + 1, failure->message);
        loss += trainer->shards[k].loss;
    }
    if (!isfinite(loss))
        return fail_numeric(trainer, "loss", loss, error);
    heed_gradients_reduce(trainer->pool, heed_kernels_active(), trainer->gradients, (int)recipe->shards,
                          trainer->model->params.trained, trainer->chunk_sums, &trainer->last_norm);
    if (!isfinite(trainer->last_norm))
        return fail_numeric(trainer, "gradient's norm", trainer->last_norm, error);
    if (recipe->clip_value > 0)
        heed_gradients_clip(trainer->pool, trainer->gradients[0], trainer->model->params.trained, recipe->clip_value);
    update(trainer);
    state->step++;
    state->loss_sum += loss;
    state->tokens += tokens;
    state->norm_sum += trainer->last_norm;
    trainer->last_loss = loss;
    trainer->last_tokens = tokens;
    return HEED_OK;
}

bool heed_trainer_epoch_over(const heed_trainer *trainer)
{
    return trainer->state.step >= (trainer->state.epoch + 1) * trainer->steps_per_epoch;
}

bool heed_trainer_done(const heed_trainer *trainer)
{
    return trainer->state.finished;
}
