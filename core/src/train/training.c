/* What all kinds of training share: time and loss since the last look, and how it is told. */
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "train/training_kind.h"

heed_status heed_training_start(const heed_training_kind *kind, const char *recipe, size_t recipe_size, const char *given,
                                size_t given_size, heed_training **out, heed_error *error)
{
    *out = NULL;
    heed_training *training = heed_alloc(1, sizeof *training);
    if (training == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for training");
    training->kind = kind;
    const heed_status status = kind->create(training, recipe, recipe_size, given, given_size, error);
    if (status == HEED_OK)
        *out = training;
    else
        heed_training_free(training);
    return status;
}

void heed_training_free(heed_training *training)
{
    if (training == NULL)
        return;
    training->kind->free(training->work);
    heed_free(training);
}

heed_status heed_training_advance(heed_training *training, heed_training_event *event, heed_error *error)
{
    const double start = heed_clock();
    heed_status status = HEED_OK;
    *event = HEED_TRAINING_FINISHED;
    if (!training->kind->done(training))
        status = training->kind->advance(training, event, error);
    training->seconds += heed_clock() - start;
    return status;
}

heed_status heed_training_model(heed_training *training, const heed_model **out, heed_error *error)
{
    *out = NULL;
    return training->kind->model(training, out, error);
}

void heed_training_progress(heed_training *training, heed_progress *out)
{
    if (training->tokens > 0) {
        double seconds = training->seconds - training->sum_start;
        training->last_loss = training->examples > 0 ? training->loss_sum / (double)training->examples : 0;
        training->last_speed = seconds > 0 ? (double)training->tokens / seconds : 0;
        training->sum_start = training->seconds;
        training->loss_sum = 0;
        training->tokens = training->examples = 0;
    }
    *out = (heed_progress){.loss = training->last_loss, .tokens_per_second = training->last_speed, .parts = 1,
                           .epoch_done = training->epoch_done};
    training->kind->progress(training, out);
    if (out->step > 0 && !training->kind->done(training))
        out->seconds_left = training->seconds / (double)out->step * (double)(out->total_steps - out->step);
}

static void write_figure(heed_json_writer *writer, const char *key, double value)
{
    if (value < 0)
        heed_json_write_null(writer, key);
    else
        heed_json_write_real(writer, key, value, 6);
}

heed_status heed_training_json(heed_training *training, char **json, heed_error *error)
{
    heed_progress now;
    heed_string_buffer text = {0};
    heed_json_writer writer = {.out = &text};
    heed_training_progress(training, &now);
    heed_json_write_object(&writer, NULL);
    heed_json_write_int(&writer, "step", now.step);
    heed_json_write_int(&writer, "total_steps", now.total_steps);
    heed_json_write_int(&writer, "epoch", now.epoch);
    heed_json_write_int(&writer, "epochs", now.epochs);
    heed_json_write_int(&writer, "parts", now.parts);
    heed_json_write_real(&writer, "loss", now.loss, 6);
    heed_json_write_real(&writer, "rate", now.rate, 6);
    heed_json_write_real(&writer, "gradient_norm", now.gradient_norm, 6);
    heed_json_write_real(&writer, "tokens_per_second", now.tokens_per_second, 6);
    heed_json_write_real(&writer, "seconds", training->seconds, 6);
    heed_json_write_bool(&writer, "epoch_done", now.epoch_done);
    heed_json_write_bool(&writer, "finished", training->kind->done(training));
    write_figure(&writer, "accuracy", now.dev_wer < 0 ? -1 : 1 - now.dev_wer);
    write_figure(&writer, "dev_loss", now.dev_loss);
    write_figure(&writer, "dev_per", now.dev_per);
    if (now.numbers) {
        heed_json_write_real(&writer, "dev_mse", now.dev_mse, 6);
        heed_json_write_real(&writer, "dev_mae", now.dev_mae, 6);
        heed_json_write_real(&writer, "dev_r2", now.dev_r2, 6);
    }
    heed_json_write_end_object(&writer);
    if (text.failed) {
        heed_string_free(&text);
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the progress of training");
    }
    *json = text.text; /* the buffer's memory comes from heed_alloc and is handed over */
    return HEED_OK;
}
