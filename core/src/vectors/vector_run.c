#include "vectors/vector_run.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "data/find.h"
#include "vectors/vector_training.h"

#define REPORT_SECONDS 0.5

typedef struct vector_run {
    heed_vector_training *training;
    heed_pool *pool;
    int threads;
    const heed_train_options *options;
    double start, epoch_start, last_report;
    double loss, epoch_loss; /* since the last report; of the epoch */
    int64_t examples, words, epoch_examples, epoch_words;
} vector_run;

static void report(vector_run *run)
{
    const heed_vector_training *training = run->training;
    const double now = heed_clock(), since = now - run->last_report;
    const int64_t total = heed_vector_training_steps(training);
    if (run->options->report == NULL || since < REPORT_SECONDS)
        return;
    const heed_progress progress = {
        .step = training->step,
        .total_steps = total,
        .epoch = (int)((training->step - 1) / training->steps_per_epoch) + 1,
        .epochs = (int)training->recipe.settings.epochs,
        .loss = run->examples > 0 ? run->loss / (double)run->examples : 0,
        .rate = heed_vector_training_rate(training, training->step),
        .tokens_per_second = (double)run->words / since,
        .seconds_left = (now - run->start) / (double)training->step * (double)(total - training->step),
        .dev_loss = -1,
        .dev_per = -1,
        .dev_wer = -1,
    };
    run->options->report(run->options->context, &progress);
    run->last_report = now;
    run->loss = 0;
    run->examples = run->words = 0;
}

static heed_status log_epoch(vector_run *run, heed_error *error)
{
    const heed_vector_training *training = run->training;
    char path[4096];
    const double now = heed_clock(), seconds = now - run->epoch_start;
    heed_string_buffer text = {0};
    heed_json_writer writer = {.out = &text};
    heed_json_write_object(&writer, NULL);
    heed_json_write_int(&writer, "epoch", training->step / training->steps_per_epoch);
    heed_json_write_int(&writer, "step", training->step);
    heed_json_write_real(&writer, "loss", run->epoch_loss / (double)(run->epoch_examples > 0 ? run->epoch_examples : 1), 6);
    heed_json_write_real(&writer, "seconds", seconds, 6);
    heed_json_write_real(&writer, "words_per_second", (double)run->epoch_words / seconds, 6);
    heed_json_write_int(&writer, "threads", run->threads);
    heed_json_write_end_object(&writer);
    heed_string_append(&text, "\n", 1);
    heed_status status = heed_path_join(path, sizeof path, run->options->output_folder, "log.jsonl", error);
    if (status == HEED_OK)
        status = text.failed ? heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a line of the log")
                             : heed_file_append(path, text.text, text.length, error);
    heed_string_free(&text);
    run->epoch_start = now;
    run->epoch_loss = 0;
    run->epoch_examples = run->epoch_words = 0;
    return status;
}

static heed_status advance(vector_run *run, heed_error *error)
{
    heed_vector_training *training = run->training;
    const int64_t left = training->steps_per_epoch - training->step % training->steps_per_epoch;
    double loss = 0;
    int64_t examples = 0, words = 0;
    HEED_TRY(heed_vector_training_advance(training, run->threads > 1 ? run->pool : NULL,
                                          left < HEED_VECTOR_STEPS_MAX ? (int)left : HEED_VECTOR_STEPS_MAX, &loss,
                                          &examples, &words, error));
    run->loss += loss;
    run->epoch_loss += loss;
    run->examples += examples;
    run->epoch_examples += examples;
    run->words += words;
    run->epoch_words += words;
    report(run);
    return training->step % training->steps_per_epoch == 0 ? log_epoch(run, error) : HEED_OK;
}

static heed_status save(vector_run *run, heed_error *error)
{
    char f32[4096];
    const char *folder = run->options->output_folder;
    const heed_model *model = heed_vector_training_model(run->training);
    HEED_TRY(heed_path_join(f32, sizeof f32, folder, "f32", error));
    HEED_TRY(heed_model_save(model, folder, 1, error));
    return heed_model_save(model, f32, 0, error);
}

static heed_status train(vector_run *run, heed_error *error)
{
    const heed_train_options *options = run->options;
    const heed_vector_training *training = run->training;
    const int64_t total = heed_vector_training_steps(training);
    run->start = run->epoch_start = run->last_report = heed_clock();
    while (training->step < total && (options->max_steps == 0 || training->step < options->max_steps)) {
        HEED_TRY(advance(run, error));
        if (options->cancelled != NULL && options->cancelled(options->context)) {
            HEED_TRY(save(run, error));
            return heed_fail(error, HEED_ERROR_CANCELLED, "stopped after step %lld of %lld; the vectors as they were then "
                             "are in %s", (long long)training->step, (long long)total, options->output_folder);
        }
    }
    return save(run, error);
}

static heed_status take(void *context, const void *bytes, size_t size, uint64_t total, heed_error *error)
{
    (void)total;
    return heed_corpus_feed(context, bytes, size, error);
}

typedef struct text_file {
    const heed_train_options *options;
    char path[4096];
} text_file;

/* What the options name, as it is; else what the recipe names, below the data folder. */
static heed_status read_file(void *context, const heed_vector_recipe *recipe, heed_corpus_reader *reader,
                             heed_error *error)
{
    text_file *file = context;
    const char *given = file->options->text;
    heed_error local = {0};
    heed_status status = HEED_OK;
    reader->where = given != NULL ? given : file->path;
    if (given != NULL)
        return heed_file_stream(given, take, reader, error);
    if (recipe->text_path == NULL)
        return heed_fail(error, HEED_ERROR_FORMAT, "recipe.data.text is missing, and no text was given");
    status = heed_data_find(file->options->data_folder, recipe->text_path, file->path, sizeof file->path, &local);
    if (status != HEED_OK)
        return heed_fail(error, status, "recipe.data.text: %s", local.message);
    return heed_file_stream(file->path, take, reader, error);
}

static heed_status begin(const heed_train_options *options, const char *recipe, size_t recipe_size, heed_error *error)
{
    char path[4096];
    const heed_bytes log = {(const unsigned char *)"", 0}, copy = {(const unsigned char *)recipe, recipe_size};
    HEED_TRY(heed_path_join(path, sizeof path, options->output_folder, "log.jsonl", error));
    HEED_TRY(heed_file_write(path, &log, 1, error));
    if (!options->keep_recipe)
        return HEED_OK;
    HEED_TRY(heed_path_join(path, sizeof path, options->output_folder, "recipe.json", error));
    return heed_file_write(path, &copy, 1, error);
}

heed_status heed_vector_run(const char *recipe, size_t recipe_size, const heed_train_options *options, heed_error *error)
{
    if (options->resume)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "word vectors have no checkpoints to resume from; train from the start");
    text_file file = {.options = options};
    vector_run run = {.options = options, .threads = options->threads > 0 ? options->threads : heed_cpu_count()};
    HEED_TRY(heed_folder_create(options->output_folder, error));
    heed_status status = heed_pool_create(run.threads, &run.pool, error);
    if (status == HEED_OK)
        status = heed_vector_training_create(recipe, recipe_size, read_file, &file, options->output_folder, &run.training,
                                             error);
    if (status == HEED_OK)
        status = begin(options, recipe, recipe_size, error);
    if (status == HEED_OK)
        status = train(&run, error);
    heed_vector_training_free(run.training);
    heed_pool_free(run.pool);
    return status;
}
