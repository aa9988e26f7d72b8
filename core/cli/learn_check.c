#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "learn_check.h"

#include <string.h>
#include <time.h>

const learn_check learn_checks[] = {
#define LEARN_CHECK(...) {__VA_ARGS__},
#include "learn_checks.def"
#undef LEARN_CHECK
};
const int learn_check_count = sizeof learn_checks / sizeof learn_checks[0];

static void write_recipe(const learn_check *check, int seed, int epochs, char *out, size_t size)
{
    const int batch = check->batch > 0 ? check->batch : 32;
    char train[512];
    snprintf(train, sizeof train,
             "{\"batch\":%d,\"epochs\":%d,\"optimizer\":{\"name\":\"adam\",\"rate\":%g},\"clip\":1,"
             "\"schedule\":{\"name\":\"cosine\",\"warmup_steps\":50,\"final\":0.02}}",
             batch, epochs > 0 ? epochs : check->epochs, check->rate);
    snprintf(out, size,
             "{\"name\":\"%s\",\"seed\":%d,"
             "\"data\":{\"task\":\"%s\",\"options\":%s,\"examples_per_epoch\":%d,\"dev\":%d,\"max_length\":250},"
             "\"tokenizer\":%s,\"model\":%s,\"train\":%s}",
             check->name, seed, check->task, check->options, batch * check->batches, check->mse ? 300 : 64,
             check->tokenizer, check->model, check->train != NULL ? check->train : train);
}

enum { OTHER = 1000 /* the seed of the last measurement is so much larger */ };

typedef struct exam {
    const heed_model *model;
    int inputs, right;
    heed_status status;
    heed_error *error;
} exam;

/* The text of the best output, as JSON writes it; the targets of tasks have nothing that JSON writes otherwise. */
static bool says(heed_generation *generation, const char *target, exam *at)
{
    char *json = NULL;
    bool right = false;
    at->status = heed_generation_json(generation, &json, at->error);
    if (at->status != HEED_OK)
        return false;
    const char *best = cli_json_first(cli_json_member(json, "hypotheses"));
    const char *text = best != NULL ? cli_json_member(best, "text") : NULL;
    if (text != NULL) {
        const size_t length = strlen(target);
        right = (size_t)(cli_json_end(text) - text) == length + 2 && memcmp(text + 1, target, length) == 0;
    }
    heed_text_free(json);
    return right;
}

static void ask(void *context, const char *source, const char *target)
{
    static const heed_generate_options greedy = {.beam = 1};
    exam *at = context;
    heed_generation *generation = NULL;
    bool done = false;
    if (at->status != HEED_OK)
        return;
    at->status = heed_generation_start(at->model, source, strlen(source), &greedy, &generation, at->error);
    while (at->status == HEED_OK && !done)
        at->status = heed_generation_advance(generation, &done, at->error);
    if (at->status == HEED_OK) {
        at->inputs++;
        at->right += says(generation, target, at);
    }
    heed_generation_free(generation);
}

/* Inputs of another seed's dev set: what may be drawn for a dev set is never drawn for training. */
static heed_status measure(const learn_check *check, heed_training *training, int seed, int inputs, learn_result *out)
{
    for (int i = 0; i < learn_check_parts(check); i++) {
        exam at = {.error = &out->error};
        const char *options = check->parts[i].options != NULL ? check->parts[i].options : check->options;
        heed_status status = heed_training_model(training, &at.model, &out->error);
        if (status == HEED_OK)
            status = heed_tasks_examples(check->task, options, (uint64_t)seed + OTHER, true, inputs, ask, &at,
                                         &out->error);
        if (status != HEED_OK || at.status != HEED_OK)
            return status != HEED_OK ? status : at.status;
        out->reached[i] = 100.0 * at.right / at.inputs;
    }
    return HEED_OK;
}

static heed_status train(heed_training *training, learn_result *out)
{
    heed_training_event event = HEED_TRAINING_STEP;
    heed_status status = HEED_OK;
    while (status == HEED_OK && event != HEED_TRAINING_FINISHED)
        status = heed_training_advance(training, &event, &out->error);
    return status;
}

/* Of the processor, in this thread, which does all the work: others on the machine do not count. */
static double seconds_here(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void learn_check_run(const learn_check *check, int seed, int epochs, int inputs, learn_result *out)
{
    char recipe[2048];
    heed_training *training = NULL;
    heed_progress end;
    const double start = seconds_here();
    *out = (learn_result){.status = HEED_OK};
    write_recipe(check, seed, epochs, recipe, sizeof recipe);
    out->status = heed_training_create(recipe, strlen(recipe), NULL, 0, &training, &out->error);
    if (out->status == HEED_OK)
        out->status = train(training, out);
    if (out->status == HEED_OK) {
        heed_training_progress(training, &end);
        out->steps = end.step;
        out->seconds = seconds_here() - start;
        out->reached[0] = end.dev_mse;
        if (!check->mse)
            out->status = measure(check, training, seed, inputs, out);
    }
    heed_training_free(training);
}
