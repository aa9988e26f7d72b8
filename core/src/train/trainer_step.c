/* One optimiser step: shards of a batch on the pool, their gradients summed in order, clipped, applied. */
#include <math.h>
#include <string.h>

#include "train/trainer.h"

/* A batch is cut into so many: those of shard k are k * pieces and the following. */
static int cuts(const heed_trainer *trainer) { return (int)trainer->recipe.shards * trainer->pieces; }

/* Streams of random numbers: even ones belong to the data's order (heed_batch_plan_make has its own), these to
 * dropout. */
static uint64_t dropout_stream(const heed_trainer *trainer, int64_t batch, int cut)
{
    uint64_t number = (uint64_t)(trainer->state.epoch * trainer->plan.batch_count + batch);
    return number * (uint64_t)cuts(trainer) + (uint64_t)cut + ((uint64_t)1 << 62);
}

typedef struct step_work {
    heed_trainer *trainer;
    int32_t first, end; /* batches of the epoch that make up this step */
    int32_t parts;      /* of a shard: pieces, of one batch after another */
    int64_t tokens;     /* target tokens of them all */
    double seed;        /* 1 / tokens */
} step_work;

static heed_status run_piece(const step_work *work, int32_t batch_index, int index, int piece)
{
    heed_trainer *trainer = work->trainer;
    const heed_recipe *recipe = &trainer->recipe;
    heed_shard *shard = &trainer->shards[index];
    heed_tape *tape = &shard->tape;
    const int cut = index * trainer->pieces + piece;
    heed_batch batch;
    heed_arena_reset(&shard->batch_arena);
    HEED_TRY(heed_batch_shard(&trainer->plan, &trainer->examples, batch_index, cut, cuts(trainer), &shard->batch_arena,
                              &batch, &shard->error));
    if (batch.rows == 0)
        return HEED_OK;
    heed_tape_reset(tape);
    heed_rng_seed(&tape->rng, (uint64_t)recipe->seed, dropout_stream(trainer, batch_index, cut));
    tape->share = batch.tokens * work->seed;
    heed_tensor *loss = trainer->model->arch->loss(trainer->model, tape, &batch, recipe->label_smoothing);
    HEED_TRY(heed_tape_check(tape, &shard->error));
    shard->loss += loss->data[0];
    return heed_tape_backward(tape, loss, (heed_real)work->seed, &shard->error);
}

/* The shard's part i, with what comes before the first and after the last. */
static heed_status run_part(const step_work *work, int index, int32_t i)
{
    const heed_params *params = &work->trainer->model->params;
    heed_shard *shard = &work->trainer->shards[index];
    const int pieces = work->trainer->pieces;
    if (i == 0) {
        heed_params_begin_gradients(params, &shard->tape);
        shard->loss = 0;
        shard->error.status = HEED_OK;
    }
    HEED_TRY(run_piece(work, work->first + i / pieces, index, i % pieces));
    if (i + 1 == work->parts)
        heed_params_end_gradients(params, &shard->tape);
    return HEED_OK;
}

static void run_shard(void *context, int index)
{
    const step_work *work = context;
    for (int32_t i = 0; i < work->parts; i++)
        if (run_part(work, index, i) != HEED_OK)
            return;
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

static heed_status fail_part(const heed_trainer *trainer, int shard, heed_error *error)
{
    const heed_error *failure = &trainer->shards[shard].error;
    return heed_fail(error, failure->status, "step %lld: %s", (long long)trainer->state.step + 1, failure->message);
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

/* What the step at hand is made of. */
static heed_status begin(heed_trainer *trainer, step_work *work, heed_error *error)
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
    *work = (step_work){.trainer = trainer, .first = (int32_t)first, .end = trainer->plan.batch_count};
    if (end < trainer->plan.batch_count)
        work->end = (int32_t)end;
    work->parts = (work->end - work->first) * trainer->pieces;
    work->tokens = count_tokens(trainer, work->first, work->end);
    work->seed = 1 / (double)work->tokens;
    return HEED_OK;
}

/* Once every shard has its gradient. */
static heed_status finish(const step_work *work, heed_error *error)
{
    heed_trainer *trainer = work->trainer;
    heed_trainer_state *state = &trainer->state;
    const heed_recipe *recipe = &trainer->recipe;
    double loss = 0;
    for (int k = 0; k < (int)recipe->shards; k++) {
        if (trainer->shards[k].error.status != HEED_OK)
            return fail_part(trainer, k, error);
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
    state->tokens += work->tokens;
    state->norm_sum += trainer->last_norm;
    trainer->last_loss = loss;
    trainer->last_tokens = work->tokens;
    return HEED_OK;
}

heed_status heed_trainer_step(heed_trainer *trainer, heed_error *error)
{
    if (trainer->method != NULL)
        return trainer->method->step(trainer, error);
    step_work work;
    HEED_TRY(begin(trainer, &work, error));
    heed_pool_run(trainer->pool, run_shard, &work, (int)trainer->recipe.shards);
    return finish(&work, error);
}

heed_status heed_trainer_step_part(heed_trainer *trainer, bool *done, heed_error *error)
{
    step_work work;
    *done = trainer->method != NULL;
    if (*done)
        return trainer->method->step(trainer, error);
    HEED_TRY(begin(trainer, &work, error));
    const int shard = trainer->parts_done / work.parts;
    if (run_part(&work, shard, trainer->parts_done % work.parts) == HEED_OK) {
        trainer->parts_done++;
        *done = trainer->parts_done == work.parts * trainer->recipe.shards;
        if (!*done)
            return HEED_OK;
    }
    trainer->parts_done = 0; /* done, or failed: what would come next is the step's first part */
    return *done ? finish(&work, error) : fail_part(trainer, shard, error);
}

bool heed_trainer_epoch_over(const heed_trainer *trainer)
{
    return trainer->state.step >= (trainer->state.epoch + 1) * trainer->steps_per_epoch;
}

bool heed_trainer_done(const heed_trainer *trainer)
{
    return trainer->state.finished;
}
