/* Training in memory, a piece at a time: the same bits as with files, a model that runs between the pieces, what is
 * refused, and no harm when memory is out. */
#include <math.h>

#include "compare.h"

#include "base/file.h"
#include "base/memory.h"
#include "heed/generate.h"
#include "heed/training.h"
#include "models/arch.h"
#include "scratch.h"
#include "small_task.h"
#include "train/trainer.h"

static char *task;
static size_t task_size;

static heed_training *create(const char *recipe) {
    heed_training *training = NULL;
    heed_error error = {0};
    CHECK_OK(heed_training_create(recipe, strlen(recipe), task, task_size, &training, &error), &error);
    return training;
}

/* The greedy output for `text`, with the model as it is. */
static void output(heed_training *training, const char *text, char out[128]) {
    heed_error error = {0};
    heed_generation *generation = NULL;
    const heed_model *model;
    const heed_generate_options options = {.beam = 1};
    bool done = false;
    out[0] = '\0';
    if (!CHECK_OK(heed_training_model(training, &model, &error), &error) ||
        !CHECK_OK(heed_generation_start(model, text, strlen(text), &options, &generation, &error), &error))
        return;
    while (!done && CHECK_OK(heed_generation_advance(generation, &done, &error), &error)) {
    }
    for (int i = 0; i < heed_generation_length(generation, 0); i++)
        strcat(out, heed_model_target_token(model, heed_generation_get(generation, 0, i).token));
    heed_generation_free(generation);
}

/* heed_train and the pieces, with runs of the model between them, end with the same weights. `parts`: of a step;
 * `steps`: of both epochs. */
enum { LARGE_PARTS = 6 }; /* of a step of small_recipe with a batch of 700 and hidden = 48 */

static void same_bits(small_recipe settings, int parts, int steps) {
    const char *recipe = small_recipe_text(settings);
    heed_error error = {0};
    heed_trainer *whole = NULL;
    heed_training *training = create(recipe);
    heed_training_event event = HEED_TRAINING_STEP;
    heed_progress progress = {0};
    const heed_model *model;
    char text[128];
    if (training == NULL || !CHECK_OK(heed_trainer_create(recipe, strlen(recipe), small_task_pairs,
                                                          (void *)scratch("task.tsv"), 2, &whole, &error), &error))
        return;
    int events[5] = {0};
    while (event != HEED_TRAINING_FINISHED && CHECK_OK(heed_training_advance(training, &event, &error), &error)) {
        events[event]++;
        if (events[event] % 5 == 0)
            output(training, "abc", text);
    }
    while (!heed_trainer_done(whole)) {
        while (!heed_trainer_epoch_over(whole))
            if (!CHECK_OK(heed_trainer_step(whole, &error), &error))
                return;
        CHECK_OK(heed_trainer_judge(whole, &error), &error);
        heed_trainer_next_epoch(whole);
    }
    CHECK_INT(events[HEED_TRAINING_STEP], steps);
    CHECK_INT(events[HEED_TRAINING_PART], steps * (parts - 1));
    CHECK_INT(events[HEED_TRAINING_EPOCH], 1);
    CHECK_INT(events[HEED_TRAINING_JUDGING], 38); /* 100 dev words: 7 slices of loss, 13 of decoding, of which the
                                                      last ends the epoch; twice */
    CHECK_OK(heed_training_model(training, &model, &error), &error);
    CHECK(memcmp(model->params.values, whole->model->params.values, model->params.size * sizeof(heed_real)) == 0);
    heed_training_progress(training, &progress);
    CHECK_INT(progress.step, steps);
    CHECK_INT(progress.epoch, 2);
    CHECK(progress.epoch_done);
    CHECK(progress.dev_loss == whole->dev_loss && progress.dev_wer == whole->dev_wer && progress.dev_per == whole->dev_per);
    CHECK_OK(heed_training_advance(training, &event, &error), &error); /* nothing happens any more */
    CHECK(event == HEED_TRAINING_FINISHED);
    heed_trainer_free(whole);
    heed_training_free(training);
}

static void progress_and_model(void) {
    heed_training *training = create(small_recipe_text((small_recipe){.epochs = 8}));
    heed_error error = {0};
    heed_training_event event = HEED_TRAINING_STEP;
    heed_progress first = {0}, again = {0}, last = {0};
    char *json = NULL, text[128];
    if (training == NULL)
        return;
    CHECK_OK(heed_training_advance(training, &event, &error), &error);
    CHECK_INT(event, HEED_TRAINING_PART); /* of two shards */
    CHECK_OK(heed_training_advance(training, &event, &error), &error);
    heed_training_progress(training, &first);
    heed_training_progress(training, &again);
    CHECK_INT(first.step, 1);
    CHECK_INT(first.total_steps, 8 * 44);
    CHECK(first.loss > 1 && first.loss < 5 && again.loss == first.loss);
    heed_compare_one("rate", 0, first.rate, 0.01 / 20, 1e-12);
    CHECK(first.dev_wer == -1 && !first.epoch_done);
    CHECK_OK(heed_training_json(training, &json, &error), &error);
    CHECK_CONTAINS(json, "\"accuracy\":null,\"dev_loss\":null");
    heed_text_free(json);
    while (event != HEED_TRAINING_FINISHED && CHECK_OK(heed_training_advance(training, &event, &error), &error)) {
    }
    heed_training_progress(training, &last);
    CHECK(last.loss < first.loss / 2);
    CHECK(last.dev_wer < 0.2 && last.seconds_left == 0);
    CHECK_OK(heed_training_json(training, &json, &error), &error);
    CHECK_CONTAINS(json, "\"finished\":true,\"accuracy\":");
    heed_text_free(json);
    output(training, "abcdef", text);
    CHECK_STRING(text, "fedcba");
    heed_training_free(training);
}

/* The files in memory are those that are written, and load to a model that says the same. */
static void encoded(void) {
    heed_training *training = create(small_recipe_text((small_recipe){.epochs = 1}));
    heed_error error = {0};
    heed_training_event event = HEED_TRAINING_STEP;
    const heed_model *model;
    heed_model *loaded = NULL;
    heed_model_files files = {0};
    if (training == NULL)
        return;
    for (int i = 0; i < 10; i++)
        CHECK_OK(heed_training_advance(training, &event, &error), &error);
    CHECK_OK(heed_training_model(training, &model, &error), &error);
    for (int quantize = 0; quantize < 2; quantize++) {
        static const heed_load_options trainable = {.trainable = 1};
        static const char *const names[] = {"encoded/config.json", "encoded/tokenizer.json", "encoded/model.safetensors"};
        CHECK_OK(heed_model_encode(model, quantize, &files, &error), &error);
        CHECK_OK(heed_model_save(model, scratch("encoded"), quantize, &error), &error);
        const heed_bytes parts[] = {{(const unsigned char *)files.config, files.config_size},
                                    {(const unsigned char *)files.tokenizer, files.tokenizer_size},
                                    {files.weights, files.weights_size}};
        for (int i = 0; i < 3; i++) {
            char *data = NULL;
            size_t size = 0;
            CHECK_OK(heed_file_read(scratch(names[i]), &data, &size, &error), &error);
            CHECK(size > 0 && size == parts[i].size && memcmp(data, parts[i].data, size) == 0);
            heed_free(data);
        }
        if (CHECK_OK(heed_model_load(&files, &trainable, &loaded, &error), &error) && !quantize)
            CHECK(memcmp(loaded->params.values, model->params.values, model->params.size * sizeof(heed_real)) == 0);
        heed_model_free(loaded);
        heed_model_files_free(&files);
        CHECK(files.weights == NULL);
    }
    heed_training_free(training);
}

static void refused(void) {
    const char *recipe = small_recipe_text((small_recipe){0});
    static const struct {
        const char *data, *said;
    } cases[] = {{NULL, "recipe.data"}, {"ab\tb a\nno tab\n", "data:2"}, {"", "hold_out"}, {"ab\tb a\n", "hold_out"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        heed_error error = {0};
        heed_training *training = (heed_training *)task;
        const char *data = cases[i].data;
        CHECK(heed_training_create(recipe, strlen(recipe), data, data ? strlen(data) : 0, &training, &error) != HEED_OK);
        CHECK_CONTAINS(error.message, cases[i].said);
        CHECK(training == NULL);
    }
    heed_error error = {0}, both = {0};
    heed_training *training = NULL;
    static const char text[] =
        "{\"name\":\"r\",\"seed\":1,"
        "\"data\":{\"task\":\"reverse\",\"examples_per_epoch\":50,\"dev\":10,\"max_length\":12},"
        "\"tokenizer\":{\"source\":{\"type\":\"char\"},\"target\":{\"type\":\"char\"}},"
        "\"model\":{\"model_type\":\"seq2seq\",\"encoder_hidden\":4,\"decoder_hidden\":8},"
        "\"train\":{\"batch\":8,\"epochs\":1,\"optimizer\":{\"name\":\"adam\",\"rate\":0.01},"
        "\"schedule\":{\"name\":\"constant\"}}}";
    CHECK_STATUS(heed_training_create(text, strlen(text), task, task_size, &training, &both), HEED_ERROR_ARGUMENT, &both);
    CHECK_CONTAINS(both.message, "recipe.data.task is \"reverse\", and examples were given");
    CHECK_OK(heed_training_create(text, strlen(text), NULL, 0, &training, &error), &error);
    heed_training_free(training);
    CHECK_STATUS(heed_training_create("{}", 2, task, task_size, &training, &error), HEED_ERROR_FORMAT, &error);
    CHECK_CONTAINS(error.message, "recipe.name");
}

static heed_status some_work(const char *recipe, heed_error *error) {
    const size_t few = (size_t)(strchr(task + task_size / 8, '\n') - task);
    heed_training *training = NULL;
    heed_training_event event = HEED_TRAINING_STEP;
    heed_model_files files = {0};
    const heed_model *model = NULL;
    char *json = NULL;
    heed_status status = heed_training_create(recipe, strlen(recipe), task, few, &training, error);
    while (status == HEED_OK && event != HEED_TRAINING_EPOCH)
        status = heed_training_advance(training, &event, error);
    if (status == HEED_OK)
        status = heed_training_json(training, &json, error);
    if (status == HEED_OK)
        status = heed_training_model(training, &model, error);
    if (status == HEED_OK)
        status = heed_model_encode(model, 1, &files, error);
    heed_model_files_free(&files);
    heed_text_free(json);
    heed_training_free(training);
    return status;
}

static void failed_allocations(void) {
    const char *recipe = small_recipe_text((small_recipe){.hidden = 4});
    int failed = 0;
    bool reached = true;
    for (uint64_t n = 1; reached && n < 10000; n += 1 + n / 200) {
        heed_error error = {0};
        uint64_t before = heed_alloc_count();
        heed_alloc_fail_at(n);
        heed_status status = some_work(recipe, &error);
        heed_alloc_fail_at(0);
        reached = heed_alloc_count() - before >= n;
        failed += status != HEED_OK;
        if (status != HEED_OK && !CHECK_STATUS(status, HEED_ERROR_MEMORY, &error))
            break;
    }
    CHECK(!reached);
    CHECK(failed > 50);
}

/* The parts of a step that the figures tell of; the loss of the first step. */
static double first_step(small_recipe settings, int *parts) {
    heed_error error = {0};
    heed_training *training = create(small_recipe_text(settings));
    heed_training_event event = HEED_TRAINING_PART;
    heed_progress now = {0};
    int count = 0;
    while (training && event == HEED_TRAINING_PART &&
           CHECK_OK(heed_training_advance(training, &event, &error), &error))
        count++;
    CHECK_INT(event, HEED_TRAINING_STEP);
    heed_training_progress(training, &now);
    CHECK_INT(now.parts, count);
    *parts = count;
    heed_training_free(training);
    return now.loss;
}

/* Where the recipe leaves it open a small step stays whole, and a large one is divided into so many that each is as small,
 * with the same sum. */
static void divided(void) {
    int parts;
    first_step((small_recipe){.shards = -1}, &parts);
    CHECK_INT(parts, 1);
    const double whole = first_step((small_recipe){.shards = 1, .batch = 700, .hidden = 48}, &parts);
    CHECK_INT(parts, 1);
    const double sum = first_step((small_recipe){.shards = -1, .batch = 700, .hidden = 48}, &parts);
    CHECK_INT(parts, LARGE_PARTS);
    CHECK(fabs(sum - whole) < 1e-4 * whole);
    first_step((small_recipe){.shards = -1, .batch = 2, .hidden = 768}, &parts); /* a row is the least */
    CHECK_INT(parts, 2);
    same_bits((small_recipe){.epochs = 2, .dropout = 0.2, .shards = -1, .batch = 700, .hidden = 48}, LARGE_PARTS, 4);
}

int main(void) {
    heed_error error = {0};
    if (!CHECK(scratch_open()) || !CHECK(small_task_write(scratch("task.tsv"), 1500)) ||
        !CHECK_OK(heed_file_read(scratch("task.tsv"), &task, &task_size, &error), &error))
        return heed_test_finish("train live training");
    same_bits((small_recipe){.epochs = 2, .dropout = 0.2, .shards = 1}, 1, 88);
    same_bits((small_recipe){.epochs = 2, .dropout = 0.2, .shards = 3, .accumulate = 2}, 6, 44);
    divided();
    progress_and_model();
    encoded();
    refused();
    failed_allocations();
    heed_free(task);
    scratch_close();
    return heed_test_finish("train live training");
}
