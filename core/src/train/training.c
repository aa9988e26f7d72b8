#include "heed/training.h"

#include "base/clock.h"
#include "base/memory.h"
#include "train/trainer.h"
#include "vectors/vector_training.h"

enum { JUDGED_AT_ONCE = 8 }; /* dev inputs: who stops training should not wait for many */

struct heed_training {
    heed_trainer *trainer;         /* of a model with a loss, or */
    heed_vector_training *vectors; /* of word vectors; the other is NULL */
    int32_t judged;     /* parts of the dev set since the epoch's last step */
    bool epoch_done;
    double seconds;     /* in all pieces of work */
    double loss_sum, sum_start; /* since the last progress; sum_start is `seconds` then */
    int64_t tokens, examples;   /* the loss is the mean over `examples` */
    double last_loss, last_speed; /* what the last progress said: nats, tokens a second */
};

typedef struct given_text {
    const char *pairs;
    size_t size;
} given_text;

static heed_status read_pairs(void *context, const heed_recipe *recipe, heed_pairs *pairs, heed_error *error)
{
    const given_text *given = context;
    (void)recipe;
    if (given->pairs == NULL)
        return heed_fail(error, HEED_ERROR_ARGUMENT,
                         "recipe.data: the recipe makes no examples of its own, and none were given");
    return heed_pairs_parse(pairs, given->pairs, given->size, "data", error);
}

static heed_status read_text(void *context, const heed_vector_recipe *recipe, heed_corpus_reader *reader,
                             heed_error *error)
{
    const given_text *given = context;
    (void)recipe;
    if (given->pairs == NULL)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "recipe.data: word vectors are trained on a text, and none was given");
    return heed_corpus_feed(reader, given->pairs, given->size, error);
}

static heed_status create(heed_training *training, const char *recipe, size_t recipe_size, given_text *given,
                          heed_error *error)
{
    if (heed_vector_recipe_is(recipe, recipe_size))
        return heed_vector_training_create(recipe, recipe_size, read_text, given, NULL, &training->vectors, error);
    HEED_TRY(heed_trainer_create(recipe, recipe_size, read_pairs, given, 1, &training->trainer, error));
    training->trainer->dev.slice = JUDGED_AT_ONCE;
    const heed_task_setup *task = &training->trainer->recipe.task;
    if (given->pairs != NULL && task->task != NULL)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "recipe.data.task is \"%s\", and examples were given; it can only "
                         "be one of them", task->task->name);
    return HEED_OK;
}

heed_status heed_training_create(const char *recipe_json, size_t recipe_size, const char *pairs, size_t pairs_size,
                                 heed_training **out, heed_error *error)
{
    given_text given = {pairs, pairs_size};
    *out = NULL;
    heed_training *training = heed_alloc(1, sizeof *training);
    if (training == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for training");
    const heed_status status = create(training, recipe_json, recipe_size, &given, error);
    if (status != HEED_OK) {
        heed_training_free(training);
        return status;
    }
    *out = training;
    return HEED_OK;
}

void heed_training_free(heed_training *training)
{
    if (training == NULL)
        return;
    heed_trainer_free(training->trainer);
    heed_vector_training_free(training->vectors);
    heed_free(training);
}

static heed_status step(heed_training *training, heed_training_event *event, heed_error *error)
{
    heed_trainer *trainer = training->trainer;
    bool done;
    training->epoch_done = false;
    *event = HEED_TRAINING_PART;
    HEED_TRY(heed_trainer_step_part(trainer, &done, error));
    if (!done)
        return HEED_OK;
    *event = HEED_TRAINING_STEP;
    training->loss_sum += trainer->last_loss;
    training->tokens += trainer->last_tokens;
    training->examples += trainer->last_tokens;
    return HEED_OK;
}

static heed_status judge(heed_training *training, heed_training_event *event, heed_error *error)
{
    heed_trainer *trainer = training->trainer;
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

static heed_status advance_vectors(heed_training *training, heed_training_event *event, heed_error *error)
{
    heed_vector_training *vectors = training->vectors;
    const bool all = vectors->step == heed_vector_training_steps(vectors);
    *event = HEED_TRAINING_STEP;
    if (all || (vectors->step > 0 && vectors->step % vectors->steps_per_epoch == 0 && !training->epoch_done)) {
        *event = all ? HEED_TRAINING_FINISHED : HEED_TRAINING_EPOCH;
        training->epoch_done = true;
        return HEED_OK;
    }
    training->epoch_done = false;
    return heed_vector_training_advance(vectors, NULL, 1, &training->loss_sum, &training->examples, &training->tokens,
                                        error);
}

static heed_status advance_trainer(heed_training *training, heed_training_event *event, heed_error *error)
{
    return heed_trainer_epoch_over(training->trainer) ? judge(training, event, error) : step(training, event, error);
}

static bool is_done(const heed_training *training)
{
    return training->vectors != NULL
               ? training->epoch_done && training->vectors->step == heed_vector_training_steps(training->vectors)
               : heed_trainer_done(training->trainer);
}

heed_status heed_training_advance(heed_training *training, heed_training_event *event, heed_error *error)
{
    double start = heed_clock();
    heed_status status = HEED_OK;
    *event = HEED_TRAINING_FINISHED;
    if (!is_done(training))
        status = training->vectors != NULL ? advance_vectors(training, event, error)
                                           : advance_trainer(training, event, error);
    training->seconds += heed_clock() - start;
    return status;
}

/* What is known of the kind of training at hand: everything but loss and time. */
static void progress_of_trainer(const heed_training *training, heed_progress *out)
{
    const heed_trainer *trainer = training->trainer;
    out->step = trainer->state.step;
    out->total_steps = trainer->total_steps;
    out->epoch = (int)(training->epoch_done ? trainer->state.epoch : trainer->state.epoch + 1);
    out->epochs = (int)trainer->recipe.epochs;
    out->rate = trainer->last_rate;
    out->gradient_norm = trainer->last_norm;
    heed_trainer_dev_figures(trainer, out);
}

static void progress_of_vectors(const heed_training *training, heed_progress *out)
{
    const heed_vector_training *vectors = training->vectors;
    const int64_t epochs_done = vectors->step / vectors->steps_per_epoch;
    out->step = vectors->step;
    out->total_steps = heed_vector_training_steps(vectors);
    out->epochs = (int)vectors->recipe.settings.epochs;
    out->epoch = (int)(training->epoch_done || epochs_done == out->epochs ? epochs_done : epochs_done + 1);
    out->rate = heed_vector_training_rate(vectors, vectors->step);
    out->dev_loss = out->dev_per = out->dev_wer = -1;
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
    *out = (heed_progress){.loss = training->last_loss, .tokens_per_second = training->last_speed,
                           .epoch_done = training->epoch_done};
    (training->vectors != NULL ? progress_of_vectors : progress_of_trainer)(training, out);
    if (out->step > 0 && !is_done(training))
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
    heed_json_write_real(&writer, "loss", now.loss, 6);
    heed_json_write_real(&writer, "rate", now.rate, 6);
    heed_json_write_real(&writer, "gradient_norm", now.gradient_norm, 6);
    heed_json_write_real(&writer, "tokens_per_second", now.tokens_per_second, 6);
    heed_json_write_real(&writer, "seconds", training->seconds, 6);
    heed_json_write_bool(&writer, "epoch_done", now.epoch_done);
    heed_json_write_bool(&writer, "finished", is_done(training));
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

heed_status heed_training_model(heed_training *training, const heed_model **out, heed_error *error)
{
    *out = NULL;
    if (training->vectors != NULL) {
        *out = heed_vector_training_model(training->vectors);
        return HEED_OK;
    }
    HEED_TRY(heed_trainer_pack(training->trainer, error));
    *out = training->trainer->model;
    return HEED_OK;
}
