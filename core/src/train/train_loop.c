/* heed_train: the loop over a heed_trainer, with reports, checkpoints by the clock and cancelling. */
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "data/find.h"
#include "train/run_folder.h"
#include "vectors/vector_run.h"
#include "vectors/vector_training.h"

#define REPORT_SECONDS 0.5

typedef struct run_loop {
    heed_trainer *trainer;
    const heed_run_folder *folder;
    const heed_train_options *options;
    double start;        /* of this call */
    int64_t first_step;  /* of this call */
    double last_report, last_checkpoint;
    double loss_sum;     /* since the last report */
    int64_t tokens;
} run_loop;

static void report(run_loop *loop, bool epoch_done)
{
    const heed_trainer *trainer = loop->trainer;
    const heed_trainer_state *state = &trainer->state;
    double now = heed_clock(), since = now - loop->last_report;
    if (loop->options->report == NULL || (!epoch_done && since < REPORT_SECONDS))
        return;
    int64_t steps = state->step - loop->first_step;
    heed_progress progress = {
        .step = state->step,
        .total_steps = trainer->total_steps,
        .parts = heed_trainer_parts(trainer),
        .epoch = (int)(epoch_done ? state->epoch : state->epoch + 1),
        .epochs = (int)trainer->recipe.epochs,
        .loss = loop->tokens > 0 ? loop->loss_sum / (double)loop->tokens : 0,
        .rate = trainer->last_rate,
        .gradient_norm = trainer->last_norm,
        .tokens_per_second = since > 0 ? (double)loop->tokens / since : 0,
        .seconds_left = steps > 0 ? (now - loop->start) / (double)steps * (double)(trainer->total_steps - state->step)
                                  : 0,
        .epoch_done = epoch_done,
    };
    heed_trainer_dev_figures(trainer, &progress);
    if (state->finished)
        progress.seconds_left = 0;
    loop->options->report(loop->options->context, &progress);
    loop->last_report = heed_clock();
    loop->loss_sum = 0;
    loop->tokens = 0;
}

static heed_status checkpoint(run_loop *loop, heed_error *error)
{
    HEED_TRY(heed_run_folder_checkpoint(loop->folder, loop->trainer, error));
    loop->last_checkpoint = heed_clock();
    return HEED_OK;
}

/* A step and, when it was an epoch's last, the end of the epoch. An epoch's end waits for nothing, so that a run which
 * is cut right after its last step and resumed goes the same way. */
static heed_status advance(run_loop *loop, heed_error *error)
{
    heed_trainer *trainer = loop->trainer;
    if (!heed_trainer_epoch_over(trainer)) {
        double before = heed_clock();
        HEED_TRY(heed_trainer_step(trainer, error));
        trainer->state.seconds += heed_clock() - before;
        loop->loss_sum += trainer->last_loss;
        loop->tokens += trainer->last_tokens;
    }
    if (!heed_trainer_epoch_over(trainer)) {
        report(loop, false);
        return HEED_OK;
    }
    HEED_TRY(heed_trainer_judge(trainer, error));
    HEED_TRY(heed_run_folder_log(loop->folder, trainer, error));
    if (trainer->better)
        HEED_TRY(heed_run_folder_export(loop->folder, trainer, error));
    heed_trainer_next_epoch(trainer);
    report(loop, true);
    return checkpoint(loop, error);
}

static heed_status run(run_loop *loop, heed_error *error)
{
    const heed_train_options *options = loop->options;
    double interval = options->checkpoint_seconds > 0 ? options->checkpoint_seconds : 60;
    while (!heed_trainer_done(loop->trainer)) {
        HEED_TRY(advance(loop, error));
        if (options->cancelled != NULL && options->cancelled(options->context)) {
            HEED_TRY(checkpoint(loop, error));
            return heed_fail(error, HEED_ERROR_CANCELLED, "stopped after step %lld of %lld; the checkpoint is in %s",
                             (long long)loop->trainer->state.step, (long long)loop->trainer->total_steps,
                             loop->folder->path);
        }
        if (options->max_steps > 0 && loop->trainer->state.step - loop->first_step >= options->max_steps)
            return checkpoint(loop, error);
        if (heed_clock() - loop->last_checkpoint >= interval)
            HEED_TRY(checkpoint(loop, error));
    }
    return heed_run_folder_export(loop->folder, loop->trainer, error);
}

/* The recipe's file of pairs, below the data folder. */
static heed_status read_pairs(void *context, const heed_recipe *recipe, heed_pairs *pairs, heed_error *error)
{
    const heed_train_options *options = context;
    char path[4096];
    heed_error local = {0};
    if (recipe->train_path == NULL)
        return heed_fail(error, HEED_ERROR_FORMAT, "recipe.data.train is missing");
    heed_status status = heed_data_find(options->data_folder, recipe->train_path, path, sizeof path, &local);
    if (status != HEED_OK)
        return heed_fail(error, status, "recipe.data.train: %s", local.message);
    char *text;
    size_t size;
    HEED_TRY(heed_file_read(path, &text, &size, error));
    status = heed_recipe_read(recipe, pairs, text, size, path, error);
    heed_free(text);
    return status;
}

heed_status heed_train(const char *recipe_json, size_t recipe_size, const heed_train_options *options,
                       heed_error *error)
{
    heed_trainer *trainer;
    heed_run_folder folder;
    heed_train_options settings = *options;
    if (options->output_folder == NULL || options->max_steps < 0)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "training needs an output folder and max_steps of 0 or more");
    if (heed_vector_recipe_is(recipe_json, recipe_size))
        return heed_vector_run(recipe_json, recipe_size, options, error);
    HEED_TRY(heed_run_folder_open(&folder, options->output_folder, error));
    HEED_TRY(heed_trainer_create_by(&heed_trainer_regression, recipe_json, recipe_size, read_pairs, &settings,
                                    options->threads, &trainer, error));
    heed_status status = options->resume ? heed_run_folder_resume(&folder, trainer, error)
                                         : heed_run_folder_begin(&folder, trainer, error);
    if (status == HEED_OK && options->keep_recipe)
        status = heed_run_folder_keep_recipe(&folder, trainer, error);
    if (status == HEED_OK) {
        double now = heed_clock();
        run_loop loop = {.trainer = trainer, .folder = &folder, .options = options, .start = now,
                         .first_step = trainer->state.step, .last_report = now, .last_checkpoint = now};
        status = run(&loop, error);
    }
    heed_trainer_free(trainer);
    return status;
}
