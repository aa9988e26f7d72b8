/* The end of an epoch: dev figures, the best weights. */
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "models/head.h"
#include "train/trainer.h"

enum { SLICE = 16 /* dev examples of one batch when their loss is computed: who stops training waits for one */ };

static int32_t loss_slices(const heed_trainer *trainer)
{
    return (trainer->dev_examples.count + SLICE - 1) / SLICE;
}

/* The dev examples by length, so that a slice has little padding; made once. */
static heed_status make_order(heed_trainer *trainer, heed_error *error)
{
    if (trainer->dev_order != NULL)
        return HEED_OK;
    const heed_examples *examples = &trainer->dev_examples;
    int32_t *order = heed_alloc((size_t)examples->count, sizeof *order);
    trainer->dev_losses = heed_alloc((size_t)loss_slices(trainer), sizeof *trainer->dev_losses);
    trainer->dev_fits = heed_alloc((size_t)loss_slices(trainer), sizeof *trainer->dev_fits);
    trainer->dev_order = order;
    if (order == NULL || trainer->dev_losses == NULL || trainer->dev_fits == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the dev set");
    int32_t n = 0;
    for (int32_t length = 1; length <= trainer->recipe.max_length && n < examples->count; length++)
        for (int32_t i = 0; i < examples->count; i++)
            if (examples->list[i].source_length == length)
                order[n++] = i;
    return HEED_OK;
}

typedef struct loss_work {
    heed_trainer *trainer;
    heed_error *errors; /* [threads] */
    int32_t first, end; /* slices */
} loss_work;

static void run_worker(void *context, int worker)
{
    const loss_work *work = context;
    heed_trainer *trainer = work->trainer;
    heed_tape *tape = &trainer->dev_tapes[worker];
    heed_error *error = &work->errors[worker];
    heed_arena arena = {0};
    tape->recording = tape->training = false;
    for (int32_t i = work->first + worker; i < work->end && error->status == HEED_OK; i += trainer->threads) {
        int32_t from = i * SLICE, left = trainer->dev_examples.count - from;
        heed_batch batch;
        heed_tape_reset(tape);
        heed_arena_reset(&arena);
        if (heed_batch_build(&trainer->dev_examples, trainer->dev_order + from, left < SLICE ? left : SLICE, &arena,
                             &batch, error) != HEED_OK)
            break;
        const heed_tensor *loss = trainer->model->arch->loss(trainer->model, tape, &batch, 0);
        if (heed_tape_check(tape, error) != HEED_OK)
            break;
        trainer->dev_losses[i] = (double)loss->data[0];
        trainer->dev_fits[i] = (heed_fit){0};
        if (batch.answers != NULL && heed_fit_batch(&trainer->dev_fits[i], trainer->model, tape, &batch, error) != HEED_OK)
            break;
    }
    heed_arena_free(&arena);
}

static heed_status run_losses(heed_trainer *trainer, int32_t first, int32_t end, heed_error *error)
{
    HEED_TRY(make_order(trainer, error));
    heed_error *errors = heed_alloc((size_t)trainer->threads, sizeof *errors);
    if (errors == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the dev set");
    loss_work work = {trainer, errors, first, end};
    heed_pool_run(trainer->pool, run_worker, &work, trainer->threads);
    heed_status status = HEED_OK;
    for (int i = 0; i < trainer->threads && status == HEED_OK; i++)
        if (errors[i].status != HEED_OK)
            status = heed_fail(error, errors[i].status, "%s", errors[i].message);
    heed_free(errors);
    return status;
}

static double dev_loss(const heed_trainer *trainer)
{
    double sum = 0;
    int64_t tokens = 0;
    for (int32_t i = 0; i < loss_slices(trainer); i++)
        sum += trainer->dev_losses[i];
    for (int32_t i = 0; i < trainer->dev_examples.count; i++)
        tokens += heed_examples_tokens(&trainer->dev_examples, i);
    return sum / (double)tokens;
}

static bool is_better(const heed_trainer *trainer)
{
    const heed_trainer_state *state = &trainer->state;
    if (state->best_epoch == 0 || trainer->dev_wer != state->best_wer)
        return state->best_epoch == 0 || trainer->dev_wer < state->best_wer;
    return trainer->dev_loss < state->best_loss;
}

/* How many outputs are wrong, or how far off they are. */
static void sum_up(heed_trainer *trainer)
{
    heed_evaluation evaluation = {0};
    trainer->dev_loss = dev_loss(trainer);
    if (trainer->model->values_out.channels == 0) {
        heed_eval_set_sum(&trainer->dev, &evaluation);
        trainer->dev_wer = evaluation.wer;
        trainer->dev_per = evaluation.per;
        return;
    }
    heed_fit *fit = &trainer->dev_fit;
    *fit = (heed_fit){0};
    for (int32_t i = 0; i < loss_slices(trainer); i++)
        heed_fit_join(fit, &trainer->dev_fits[i]);
    if (trainer->model->head.loss->binary)
        trainer->dev_wer = (double)fit->wrong / (double)fit->rows;
}

static void conclude(heed_trainer *trainer)
{
    heed_trainer_state *state = &trainer->state;
    sum_up(trainer);
    trainer->better = is_better(trainer);
    if (!trainer->better)
        return;
    state->best_epoch = state->epoch + 1;
    state->best_wer = trainer->dev_wer;
    state->best_loss = trainer->dev_loss;
    memcpy(trainer->best, trainer->model->params.values, trainer->model->params.size * sizeof *trainer->best);
}

void heed_trainer_dev_figures(const heed_trainer *trainer, heed_progress *out)
{
    const heed_fit *fit = &trainer->dev_fit;
    out->dev_loss = trainer->dev_loss;
    out->dev_per = trainer->dev_per;
    out->dev_wer = trainer->dev_wer;
    out->numbers = fit->count > 0;
    out->dev_mse = heed_fit_mse(fit);
    out->dev_mae = heed_fit_mae(fit);
    out->dev_r2 = heed_fit_r2(fit);
}

heed_status heed_trainer_pack(heed_trainer *trainer, heed_error *error)
{
    if (trainer->packed_step == trainer->state.step)
        return HEED_OK;
    HEED_TRY(heed_params_pack(&trainer->model->params, error));
    trainer->packed_step = trainer->state.step;
    return HEED_OK;
}

/* Parts [first, end): slices of the loss, then slices of the decoding. */
static heed_status judge(heed_trainer *trainer, int32_t first, int32_t end, heed_error *error)
{
    const double start = heed_clock();
    const int32_t losses = loss_slices(trainer), parts = heed_trainer_judge_parts(trainer);
    HEED_TRY(heed_trainer_pack(trainer, error));
    if (first < losses)
        HEED_TRY(run_losses(trainer, first, end < losses ? end : losses, error));
    if (end > losses)
        HEED_TRY(heed_eval_set_run_slices(&trainer->dev, trainer->model, 1, trainer->pool, trainer->dev_tapes,
                                          trainer->threads, first > losses ? first - losses : 0, end - losses, error));
    if (end == parts)
        conclude(trainer);
    trainer->state.seconds += heed_clock() - start;
    return HEED_OK;
}

int32_t heed_trainer_judge_parts(const heed_trainer *trainer)
{
    return loss_slices(trainer) + heed_eval_set_slices(&trainer->dev);
}

heed_status heed_trainer_judge_part(heed_trainer *trainer, int32_t part, heed_error *error)
{
    return judge(trainer, part, part + 1, error);
}

heed_status heed_trainer_judge(heed_trainer *trainer, heed_error *error)
{
    return judge(trainer, 0, heed_trainer_judge_parts(trainer), error);
}

void heed_trainer_next_epoch(heed_trainer *trainer)
{
    heed_trainer_state *state = &trainer->state;
    const heed_recipe *recipe = &trainer->recipe;
    state->epochs_without_gain = trainer->better ? 0 : state->epochs_without_gain + 1;
    if (recipe->schedule->epoch_done != NULL)
        recipe->schedule->epoch_done(&recipe->schedule_settings, &state->schedule, trainer->better);
    state->epoch++;
    state->loss_sum = state->norm_sum = state->seconds = 0;
    state->tokens = 0;
    state->finished = state->epoch >= recipe->epochs ||
                      (recipe->early_stopping > 0 && state->epochs_without_gain >= recipe->early_stopping);
}
