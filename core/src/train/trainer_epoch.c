/* The end of an epoch: dev figures, the log's line, the best model. */
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/string_buffer.h"
#include "train/trainer.h"

enum { SLICE = 128 /* dev examples of one batch when their loss is computed */ };

static int32_t slice_count(const heed_trainer *trainer)
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
    trainer->dev_losses = heed_alloc((size_t)slice_count(trainer), sizeof *trainer->dev_losses);
    trainer->dev_order = order;
    if (order == NULL || trainer->dev_losses == NULL)
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
} loss_work;

static void run_worker(void *context, int worker)
{
    const loss_work *work = context;
    heed_trainer *trainer = work->trainer;
    heed_tape *tape = &trainer->dev_tapes[worker];
    heed_error *error = &work->errors[worker];
    heed_arena arena = {0};
    tape->recording = tape->training = false;
    for (int32_t i = worker; i < slice_count(trainer) && error->status == HEED_OK; i += trainer->threads) {
        int32_t from = i * SLICE, left = trainer->dev_examples.count - from;
        heed_batch batch;
        heed_tape_reset(tape);
        heed_arena_reset(&arena);
        if (heed_batch_build(&trainer->dev_examples, trainer->dev_order + from, left < SLICE ? left : SLICE, &arena,
                             &batch, error) != HEED_OK)
            break;
        const heed_tensor *loss = trainer->model->arch->loss(trainer->model, tape, &batch, 0);
        if (heed_tape_check(tape, error) == HEED_OK)
            trainer->dev_losses[i] = loss->data[0];
    }
    heed_arena_free(&arena);
}

static heed_status dev_loss(heed_trainer *trainer, heed_error *error)
{
    HEED_TRY(make_order(trainer, error));
    heed_error *errors = heed_alloc((size_t)trainer->threads, sizeof *errors);
    if (errors == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the dev set");
    loss_work work = {trainer, errors};
    heed_pool_run(trainer->pool, run_worker, &work, trainer->threads);
    heed_status status = HEED_OK;
    for (int i = 0; i < trainer->threads && status == HEED_OK; i++)
        if (errors[i].status != HEED_OK)
            status = heed_fail(error, errors[i].status, "%s", errors[i].message);
    heed_free(errors);
    HEED_TRY(status);
    double sum = 0;
    int64_t tokens = 0;
    for (int32_t i = 0; i < slice_count(trainer); i++)
        sum += trainer->dev_losses[i];
    for (int32_t i = 0; i < trainer->dev_examples.count; i++)
        tokens += trainer->dev_examples.list[i].target_length + 1;
    trainer->dev_loss = sum / (double)tokens;
    return HEED_OK;
}

heed_status heed_trainer_judge(heed_trainer *trainer, heed_error *error)
{
    heed_evaluation evaluation = {0};
    HEED_TRY(heed_params_pack(&trainer->model->params, error));
    HEED_TRY(dev_loss(trainer, error));
    HEED_TRY(heed_eval_set_run(&trainer->dev, trainer->model, 1, trainer->pool, trainer->dev_tapes, trainer->threads,
                               error));
    heed_eval_set_sum(&trainer->dev, &evaluation);
    trainer->dev_wer = evaluation.wer;
    trainer->dev_per = evaluation.per;
    return HEED_OK;
}

heed_status heed_trainer_log(const heed_trainer *trainer, heed_error *error)
{
    const heed_trainer_state *state = &trainer->state;
    const heed_recipe *recipe = &trainer->recipe;
    double steps = (double)trainer->steps_per_epoch;
    double rate = recipe->schedule->rate(&recipe->schedule_settings, &state->schedule, state->step - 1);
    heed_string_buffer text = {0};
    heed_json_writer writer = {.out = &text};
    heed_json_write_object(&writer, NULL);
    heed_json_write_int(&writer, "epoch", state->epoch + 1);
    heed_json_write_int(&writer, "step", state->step);
    heed_json_write_real(&writer, "loss", state->loss_sum / (double)state->tokens, 6);
    heed_json_write_real(&writer, "dev_loss", trainer->dev_loss, 6);
    heed_json_write_real(&writer, "dev_per", trainer->dev_per, 6);
    heed_json_write_real(&writer, "dev_wer", trainer->dev_wer, 6);
    heed_json_write_real(&writer, "rate", rate, 6);
    heed_json_write_real(&writer, "gradient_norm", state->norm_sum / steps, 6);
    heed_json_write_real(&writer, "seconds", state->seconds, 6);
    heed_json_write_real(&writer, "tokens_per_second", (double)state->tokens / state->seconds, 6);
    heed_json_write_end_object(&writer);
    heed_string_append(&text, "\n", 1);
    heed_status status = text.failed ? heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a line of the log")
                                     : heed_file_append(trainer->log_path, text.text, text.length, error);
    heed_string_free(&text);
    return status;
}

static bool is_better(const heed_trainer *trainer)
{
    const heed_trainer_state *state = &trainer->state;
    if (state->best_epoch == 0 || trainer->dev_wer != state->best_wer)
        return state->best_epoch == 0 || trainer->dev_wer < state->best_wer;
    return trainer->dev_loss < state->best_loss;
}

heed_status heed_trainer_finish_epoch(heed_trainer *trainer, heed_error *error)
{
    heed_trainer_state *state = &trainer->state;
    const heed_recipe *recipe = &trainer->recipe;
    double start = heed_clock();
    HEED_TRY(heed_trainer_judge(trainer, error));
    state->seconds += heed_clock() - start;
    HEED_TRY(heed_trainer_log(trainer, error));
    bool better = is_better(trainer);
    if (better) {
        state->best_epoch = state->epoch + 1;
        state->best_wer = trainer->dev_wer;
        state->best_loss = trainer->dev_loss;
        memcpy(trainer->best, trainer->model->params.values, trainer->model->params.size * sizeof *trainer->best);
        HEED_TRY(heed_trainer_export(trainer, error));
    }
    state->epochs_without_gain = better ? 0 : state->epochs_without_gain + 1;
    if (recipe->schedule->epoch_done != NULL)
        recipe->schedule->epoch_done(&recipe->schedule_settings, &state->schedule, better);
    state->epoch++;
    state->loss_sum = state->norm_sum = state->seconds = 0;
    state->tokens = 0;
    state->finished = state->epoch >= recipe->epochs ||
                      (recipe->early_stopping > 0 && state->epochs_without_gain >= recipe->early_stopping);
    return HEED_OK;
}

heed_status heed_trainer_export(heed_trainer *trainer, heed_error *error)
{
    char folder[4096];
    heed_params *params = &trainer->model->params;
    heed_real *current = params->values;
    if (trainer->state.best_epoch == 0)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "there is no model to write before the first epoch's end");
    HEED_TRY(heed_path_join(folder, sizeof folder, trainer->output_folder, "f32", error));
    HEED_TRY(heed_folder_create(folder, error));
    params->values = trainer->best;
    heed_status status = heed_model_save(trainer->model, folder, 0, error);
    if (status == HEED_OK)
        status = heed_model_save(trainer->model, trainer->output_folder, 1, error);
    params->values = current;
    return status;
}
