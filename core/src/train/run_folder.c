/* Checkpoints: the flat blocks, and the numbers of the state as JSON with every bit. The log, and the best model. */
#include "train/run_folder.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/string_buffer.h"
#include "io/checkpoint.h"

enum { BLOCKS = 4 };

static void list_blocks(const heed_trainer *trainer, heed_checkpoint_block blocks[BLOCKS])
{
    size_t size = trainer->model->params.size;
    blocks[0] = (heed_checkpoint_block){"values", trainer->model->params.values, size};
    blocks[1] = (heed_checkpoint_block){"m", trainer->m, size};
    blocks[2] = (heed_checkpoint_block){"v", trainer->v, size};
    blocks[3] = (heed_checkpoint_block){"best", trainer->best, size};
}

static void write_state(const heed_trainer *trainer, heed_string_buffer *text)
{
    const heed_trainer_state *state = &trainer->state;
    char data_hash[17];
    snprintf(data_hash, sizeof data_hash, "%016" PRIx64, trainer->data_hash);
    heed_json_writer writer = {.out = text};
    heed_json_write_object(&writer, NULL);
    heed_json_write_string(&writer, "recipe", trainer->recipe_text);
    heed_json_write_string(&writer, "data", data_hash);
    heed_json_write_int(&writer, "step", state->step);
    heed_json_write_int(&writer, "epoch", state->epoch);
    heed_json_write_bool(&writer, "finished", state->finished);
    heed_json_write_real(&writer, "loss_sum", state->loss_sum, 17);
    heed_json_write_int(&writer, "tokens", state->tokens);
    heed_json_write_real(&writer, "norm_sum", state->norm_sum, 17);
    heed_json_write_real(&writer, "seconds", state->seconds, 17);
    heed_json_write_int(&writer, "best_epoch", state->best_epoch);
    heed_json_write_real(&writer, "best_wer", state->best_wer, 17);
    heed_json_write_real(&writer, "best_loss", state->best_loss, 17);
    heed_json_write_int(&writer, "epochs_without_gain", state->epochs_without_gain);
    heed_json_write_real(&writer, "schedule_scale", state->schedule.scale, 17);
    heed_json_write_int(&writer, "schedule_epochs_without_gain", state->schedule.epochs_without_gain);
    heed_json_write_end_object(&writer);
}

heed_status heed_run_folder_checkpoint(const heed_run_folder *folder, const heed_trainer *trainer, heed_error *error)
{
    heed_checkpoint_block blocks[BLOCKS];
    heed_string_buffer text = {0};
    list_blocks(trainer, blocks);
    write_state(trainer, &text);
    heed_status status = text.failed
                             ? heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a checkpoint")
                             : heed_checkpoint_write(folder->checkpoint, blocks, BLOCKS, text.text, error);
    heed_string_free(&text);
    return status;
}

static heed_status read_numbers(const heed_trainer *trainer, const heed_json *json, heed_trainer_state *state,
                                heed_error *error)
{
    const double largest = 1e300;
    const char *where = "checkpoint";
    int64_t steps = trainer->total_steps, epochs = trainer->recipe.epochs;
    HEED_TRY(heed_json_int(json, where, "step", 0, steps, &state->step, error));
    HEED_TRY(heed_json_int(json, where, "epoch", 0, epochs, &state->epoch, error));
    HEED_TRY(heed_json_bool(json, where, "finished", &state->finished, error));
    HEED_TRY(heed_json_real(json, where, "loss_sum", 0, largest, &state->loss_sum, error));
    HEED_TRY(heed_json_int(json, where, "tokens", 0, INT64_MAX, &state->tokens, error));
    HEED_TRY(heed_json_real(json, where, "norm_sum", 0, largest, &state->norm_sum, error));
    HEED_TRY(heed_json_real(json, where, "seconds", 0, largest, &state->seconds, error));
    HEED_TRY(heed_json_int(json, where, "best_epoch", 0, epochs, &state->best_epoch, error));
    HEED_TRY(heed_json_real(json, where, "best_wer", -1, 1, &state->best_wer, error));
    HEED_TRY(heed_json_real(json, where, "best_loss", 0, largest, &state->best_loss, error));
    HEED_TRY(heed_json_int(json, where, "epochs_without_gain", 0, epochs, &state->epochs_without_gain, error));
    HEED_TRY(heed_json_real(json, where, "schedule_scale", 0, 1, &state->schedule.scale, error));
    HEED_TRY(heed_json_int(json, where, "schedule_epochs_without_gain", 0, epochs,
                           &state->schedule.epochs_without_gain, error));
    if (trainer->method != NULL) /* it may have ended before its last step */
        return HEED_OK;
    int64_t first = state->epoch * trainer->steps_per_epoch;
    if (state->step < first || state->step > first + trainer->steps_per_epoch)
        return heed_fail(error, HEED_ERROR_FORMAT, "checkpoint.step is %lld; it must be from %lld to %lld in epoch %lld",
                         (long long)state->step, (long long)first, (long long)(first + trainer->steps_per_epoch),
                         (long long)state->epoch + 1);
    return HEED_OK;
}

static heed_status read_state(const heed_run_folder *folder, const heed_trainer *trainer, const heed_json *json,
                              heed_trainer_state *state, heed_error *error)
{
    char data_hash[17];
    const char *recipe = "", *data = "";
    snprintf(data_hash, sizeof data_hash, "%016" PRIx64, trainer->data_hash);
    HEED_TRY(heed_json_string(json, "checkpoint", "recipe", &recipe, error));
    HEED_TRY(heed_json_string(json, "checkpoint", "data", &data, error));
    if (strcmp(recipe, trainer->recipe_text) != 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s is of another recipe than the one given: train from the start",
                         folder->checkpoint);
    if (strcmp(data, data_hash) != 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s is of other training data than what is there now",
                         folder->checkpoint);
    return read_numbers(trainer, json, state, error);
}

/* Keeps the first `lines` lines of the log. */
static heed_status cut_log(const heed_run_folder *folder, int64_t lines, heed_error *error)
{
    char *text = NULL;
    size_t size = 0, kept = 0;
    heed_error missing = {0};
    if (heed_file_read(folder->log, &text, &size, &missing) != HEED_OK)
        return missing.status == HEED_ERROR_MEMORY ? heed_fail(error, missing.status, "%s", missing.message) : HEED_OK;
    while (lines > 0 && kept < size) {
        const char *end = memchr(text + kept, '\n', size - kept);
        if (end == NULL)
            break; /* an unfinished line is a later one */
        kept = (size_t)(end - text) + 1;
        lines--;
    }
    heed_status status = HEED_OK;
    const heed_bytes part = {(const unsigned char *)text, kept};
    if (kept < size)
        status = heed_file_write(folder->log, &part, 1, error);
    heed_free(text);
    return status;
}

heed_status heed_run_folder_resume(const heed_run_folder *folder, heed_trainer *trainer, heed_error *error)
{
    heed_arena arena = {0};
    heed_checkpoint_block blocks[BLOCKS];
    const heed_json *json = NULL;
    heed_trainer_state state = trainer->state;
    list_blocks(trainer, blocks);
    heed_status status = heed_checkpoint_read(folder->checkpoint, blocks, BLOCKS, &arena, &json, error);
    if (status == HEED_OK)
        status = read_state(folder, trainer, json, &state, error);
    if (status == HEED_OK)
        status = cut_log(folder, state.epoch, error);
    if (status == HEED_OK)
        trainer->state = state;
    trainer->packed_step = -1;
    heed_arena_free(&arena);
    return status;
}

heed_status heed_run_folder_open(heed_run_folder *folder, const char *path, heed_error *error)
{
    HEED_TRY(heed_path_join(folder->checkpoint, sizeof folder->checkpoint, path, "checkpoint.safetensors", error));
    HEED_TRY(heed_path_join(folder->log, sizeof folder->log, path, "log.jsonl", error));
    HEED_TRY(heed_path_join(folder->f32, sizeof folder->f32, path, "f32", error));
    memcpy(folder->path, path, strlen(path) + 1); /* shorter than the joined ones */
    return HEED_OK;
}

heed_status heed_run_folder_begin(const heed_run_folder *folder, const heed_trainer *trainer, heed_error *error)
{
    HEED_TRY(heed_folder_create(folder->path, error));
    HEED_TRY(heed_run_folder_checkpoint(folder, trainer, error));
    const heed_bytes nothing = {(const unsigned char *)"", 0};
    return heed_file_write(folder->log, &nothing, 1, error);
}

heed_status heed_run_folder_keep_recipe(const heed_run_folder *folder, const heed_trainer *trainer, heed_error *error)
{
    char path[4096];
    const heed_bytes part = {(const unsigned char *)trainer->recipe_text, strlen(trainer->recipe_text)};
    HEED_TRY(heed_path_join(path, sizeof path, folder->path, "recipe.json", error));
    return heed_file_write(path, &part, 1, error);
}

heed_status heed_run_folder_log(const heed_run_folder *folder, const heed_trainer *trainer, heed_error *error)
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
    if (trainer->dev_per >= 0)
        heed_json_write_real(&writer, "dev_per", trainer->dev_per, 6);
    if (trainer->dev_wer >= 0)
        heed_json_write_real(&writer, "dev_wer", trainer->dev_wer, 6);
    if (trainer->dev_fit.count > 0) {
        heed_json_write_real(&writer, "dev_mse", heed_fit_mse(&trainer->dev_fit), 6);
        heed_json_write_real(&writer, "dev_mae", heed_fit_mae(&trainer->dev_fit), 6);
        heed_json_write_real(&writer, "dev_r2", heed_fit_r2(&trainer->dev_fit), 6);
    }
    heed_json_write_real(&writer, "rate", rate, 6);
    if (trainer->method == NULL)
        heed_json_write_real(&writer, "gradient_norm", state->norm_sum / steps, 6);
    heed_json_write_real(&writer, "seconds", state->seconds, 6);
    heed_json_write_real(&writer, "tokens_per_second", (double)state->tokens / state->seconds, 6);
    heed_json_write_end_object(&writer);
    heed_string_append(&text, "\n", 1);
    heed_status status = text.failed ? heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a line of the log")
                                     : heed_file_append(folder->log, text.text, text.length, error);
    heed_string_free(&text);
    return status;
}

heed_status heed_run_folder_export(const heed_run_folder *folder, heed_trainer *trainer, heed_error *error)
{
    heed_params *params = &trainer->model->params;
    heed_real *current = params->values;
    if (trainer->state.best_epoch == 0)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "there is no model to write before the first epoch's end");
    HEED_TRY(heed_folder_create(folder->f32, error));
    params->values = trainer->best;
    heed_status status = heed_model_save(trainer->model, folder->f32, 0, error);
    if (status == HEED_OK)
        status = heed_model_save(trainer->model, folder->path, 1, error);
    params->values = current;
    return status;
}
