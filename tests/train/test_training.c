/* Whole runs on a small task: it learns; threads, cuts and shards change no bit that they must not. */
#include "compare.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "heed/generate.h"
#include "scratch.h"
#include "small_task.h"
#include "train/trainer.h"

static heed_status train(small_recipe recipe, const char *folder, int threads, int max_steps, bool resume,
                         heed_error *error) {
    const char *text = small_recipe_text(recipe);
    char output[400];
    snprintf(output, sizeof output, "%s", scratch(folder));
    heed_train_options options = {.data_folder = scratch_folder, .output_folder = output, .threads = threads,
                                  .max_steps = max_steps, .resume = resume};
    return heed_train(text, strlen(text), &options, error);
}

/* The bytes of two files are the same, and there are some. */
static bool same_file(const char *a, const char *b) {
    char *x = NULL, *y = NULL;
    size_t n = 0, m = 0;
    heed_error error = {0};
    bool same = heed_file_read(scratch(a), &x, &n, &error) == HEED_OK &&
                heed_file_read(scratch(b), &y, &m, &error) == HEED_OK && n == m && n > 0 && memcmp(x, y, n) == 0;
    heed_free(x);
    heed_free(y);
    return same;
}

/* The log's lines without what the clock says. */
static char *read_log(const char *folder) {
    char path[100], *text = NULL;
    size_t size = 0;
    heed_error error = {0};
    snprintf(path, sizeof path, "%s/log.jsonl", folder);
    CHECK_OK(heed_file_read(scratch(path), &text, &size, &error), &error);
    char *out = text;
    for (char *line = text; line != NULL && *line != '\0';) {
        char *next = strchr(line, '\n'), *clock = strstr(line, ",\"seconds\"");
        size_t n = clock != NULL ? (size_t)(clock - line) : strlen(line);
        memmove(out, line, n);
        out[n] = '\n';
        out += n + 1;
        line = next == NULL ? NULL : next + 1;
    }
    if (out != NULL)
        *out = '\0';
    return text;
}

static void check_same_run(const char *a, const char *b) {
    char x[100], y[100];
    static const char *const files[] = {"f32/model.safetensors", "model.safetensors", "config.json", "tokenizer.json"};
    for (int i = 0; i < 4; i++) {
        snprintf(x, sizeof x, "%s/%s", a, files[i]);
        snprintf(y, sizeof y, "%s/%s", b, files[i]);
        CHECK(same_file(x, y));
    }
    char *log_a = read_log(a), *log_b = read_log(b);
    CHECK_STRING(log_a, log_b);
    CHECK(log_a != NULL && strlen(log_a) > 100);
    heed_free(log_a);
    heed_free(log_b);
}

static void learns(void) {
    heed_error error = {0};
    heed_model *model = NULL;
    heed_evaluation result;
    CHECK_OK(train((small_recipe){.epochs = 10}, "learns", 2, 0, false, &error), &error);
    static const char *const folders[] = {"learns", "learns/f32"};
    for (int i = 0; i < 2; i++) {
        if (!CHECK_OK(heed_model_load_folder(scratch(folders[i]), NULL, &model, &error), &error))
            return;
        heed_evaluate_options options = {.data = scratch("task.tsv"), .beam = 1, .threads = 1};
        CHECK_OK(heed_evaluate(model, &options, &result, &error), &error);
        CHECK_INT(result.inputs, 1500);
        CHECK(result.wer < 0.05);
        CHECK(result.per < 0.02);
        heed_evaluation other;
        options.threads = 3;
        CHECK_OK(heed_evaluate(model, &options, &other, &error), &error);
        CHECK(other.wrong == result.wrong && other.edits == result.edits && other.symbols == result.symbols);
        options.beam = 3;
        CHECK_OK(heed_evaluate(model, &options, &other, &error), &error);
        CHECK(other.wer < 0.05);
        heed_model_free(model);
    }
    /* The loss falls. */
    char *log = read_log("learns");
    double first = 0, last = 0;
    const char *end = strrchr(log, '{');
    CHECK(sscanf(strstr(log, "\"loss\":"), "\"loss\":%lf", &first) == 1);
    CHECK(end != NULL && sscanf(strstr(end, "\"loss\":"), "\"loss\":%lf", &last) == 1);
    CHECK(last < first / 2);
    heed_free(log);
}

static void threads(void) {
    heed_error error = {0};
    small_recipe recipe = {.shards = 3, .dropout = 0.2, .epochs = 2};
    static const char *const folders[] = {"threads1", "threads2", "threads3"};
    for (int i = 0; i < 3; i++)
        CHECK_OK(train(recipe, folders[i], i + 1, 0, false, &error), &error);
    check_same_run("threads1", "threads2");
    check_same_run("threads1", "threads3");
    recipe = (small_recipe){.shards = -1, .batch = 400, .hidden = 48, .dropout = 0.2, .epochs = 1}; /* in pieces */
    CHECK_OK(train(recipe, "pieces1", 1, 0, false, &error), &error);
    CHECK_OK(train(recipe, "pieces2", 2, 2, false, &error), &error);
    CHECK_OK(train(recipe, "pieces2", 1, 0, true, &error), &error);
    check_same_run("pieces1", "pieces2");
}

/* 1400 training pairs in batches of 32: 44 steps an epoch. Cuts in the middle, at an epoch's end, and twice. */
static void cut_and_resumed(void) {
    heed_error error = {0};
    static const char schedule[] = "{\"name\":\"plateau\",\"warmup_steps\":5,\"factor\":0.5,\"patience\":1}";
    small_recipe recipe = {.dropout = 0.2, .epochs = 4, .schedule = schedule, .accumulate = 2};
    CHECK_OK(train(recipe, "uncut", 2, 0, false, &error), &error);
    static const struct {
        const char *folder;
        int steps[3];
    } cuts[] = {{"cut1", {7, 0}}, {"cut2", {22, 0}}, {"cut3", {30, 25, 0}}};
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k == 0 || cuts[i].steps[k - 1] != 0; k++)
            CHECK_OK(train(recipe, cuts[i].folder, 1 + k % 2, cuts[i].steps[k], k > 0, &error), &error);
        check_same_run("uncut", cuts[i].folder);
    }
    /* Resuming a finished run writes the same model again and adds nothing. */
    CHECK_OK(train(recipe, "cut1", 1, 0, true, &error), &error);
    check_same_run("uncut", "cut1");
    /* Lines of the log that are later than the checkpoint are cut: here, of an epoch that is to come. */
    CHECK_OK(train(recipe, "late", 1, 30, false, &error), &error);
    const char line[] = "{\"epoch\":2,\"step\":44}\n{\"epo";
    CHECK_OK(heed_file_append(scratch("late/log.jsonl"), line, sizeof line - 1, &error), &error);
    CHECK_OK(train(recipe, "late", 1, 0, true, &error), &error);
    check_same_run("uncut", "late");
}

/* Two seeds of dropout give two models: the comparisons above could fail. */
static void differs(void) {
    heed_error error = {0};
    CHECK_OK(train((small_recipe){.epochs = 1, .dropout = 0.2}, "a", 1, 0, false, &error), &error);
    CHECK_OK(train((small_recipe){.epochs = 1, .dropout = 0.3}, "b", 1, 0, false, &error), &error);
    CHECK(!same_file("a/f32/model.safetensors", "b/f32/model.safetensors"));
}

static void early_stopping(void) {
    heed_error error = {0};
    /* So slow that no dev word is ever right: only the loss falls, and the first epochs count as better. With a rate
     * this large it soon rises, and the best epoch's weights must be the ones that are kept. */
    CHECK_OK(train((small_recipe){.epochs = 60, .early_stopping = 2, .rate = 0.2, .score = "none"}, "early", 2, 0, false,
                   &error),
             &error);
    char *log = read_log("early");
    int lines = 0;
    double best = 2, wer, last_best = 0;
    for (char *line = log; line != NULL && *line != '\0'; line = strchr(line, '\n') + 1) {
        lines++;
        CHECK(sscanf(strstr(line, "\"dev_wer\":"), "\"dev_wer\":%lf", &wer) == 1);
        if (wer < best) {
            best = wer;
            last_best = lines;
        }
    }
    CHECK(lines < 60);
    CHECK(lines - last_best >= 2);
    heed_free(log);
}

/* After two epochs a step allocates nothing, but for the plan of an epoch, which its first step makes. */
static void allocates_nothing(void) {
    heed_error error = {0};
    const char *text = small_recipe_text((small_recipe){.epochs = 4, .dropout = 0.2});
    heed_trainer *trainer;
    if (!CHECK_OK(heed_trainer_create(text, strlen(text), small_task_pairs, (void *)scratch("task.tsv"), 2, &trainer,
                                      &error), &error))
        return;
    uint64_t before = 0;
    for (int epoch = 0; epoch < 3; epoch++) {
        CHECK_OK(heed_trainer_step(trainer, &error), &error);
        before = heed_alloc_count();
        while (!heed_trainer_epoch_over(trainer))
            if (!CHECK_OK(heed_trainer_step(trainer, &error), &error))
                break;
        if (epoch == 2)
            CHECK_INT(heed_alloc_count() - before, 0);
        trainer->state.epoch++; /* without the dev figures, which are not a step */
    }
    CHECK_INT(trainer->state.step, 3 * trainer->steps_per_epoch);
    CHECK_INT(trainer->steps_per_epoch, 44);
    heed_trainer_free(trainer);
}

static void accumulation(void) {
    heed_error error = {0};
    heed_trainer *trainer;
    const char *text = small_recipe_text((small_recipe){.accumulate = 3});
    if (!CHECK_OK(heed_trainer_create(text, strlen(text), small_task_pairs, (void *)scratch("task.tsv"), 1, &trainer,
                                      &error), &error))
        return;
    CHECK_INT(trainer->steps_per_epoch, 15); /* 44 batches, three a step */
    int64_t tokens = 0, all = 0;
    while (!heed_trainer_epoch_over(trainer)) {
        CHECK_OK(heed_trainer_step(trainer, &error), &error);
        tokens += trainer->last_tokens;
    }
    for (int32_t i = 0; i < trainer->examples.count; i++)
        all += trainer->examples.list[i].target_length + 1;
    CHECK_INT(tokens, all);
    CHECK_STATUS(heed_trainer_step(trainer, &error), HEED_ERROR_ARGUMENT, &error);
    heed_trainer_free(trainer);
}

/* Eight times four rows are 32 rows: gradients of parts add up to that of the whole, to rounding. */
static void accumulation_is_a_larger_batch(void) {
    heed_error error = {0};
    heed_trainer *trainers[2] = {0};
    CHECK(small_task_write(scratch("few.tsv"), 132)); /* 100 are held out */
    for (int i = 0; i < 2; i++) {
        const char *text = small_recipe_text((small_recipe){.batch = i ? 4 : 32, .accumulate = i ? 8 : 1, .shards = 1,
                                                            .schedule = "{\"name\":\"constant\"}"});
        if (!CHECK_OK(heed_trainer_create(text, strlen(text), small_task_pairs, (void *)scratch("few.tsv"), 1,
                                          &trainers[i], &error), &error))
            return;
        CHECK_INT(trainers[i]->steps_per_epoch, 1);
        CHECK_OK(heed_trainer_step(trainers[i], &error), &error);
    }
    const heed_real *whole = trainers[0]->gradients[0], *parts = trainers[1]->gradients[0];
    double largest = 0;
    for (size_t i = 0; i < trainers[0]->model->params.size; i++)
        largest = fmax(largest, fabs((double)whole[i]));
    CHECK(largest > 1e-3);
    for (size_t i = 0; i < trainers[0]->model->params.size; i++)
        if (!CHECK(fabs((double)whole[i] - (double)parts[i]) <= 1e-5 * largest))
            break;
    heed_compare_one("loss", 0, trainers[1]->last_loss, trainers[0]->last_loss, 1e-5);
    heed_compare_one("norm", 0, trainers[1]->last_norm, trainers[0]->last_norm, 1e-5);
    heed_trainer_free(trainers[0]);
    heed_trainer_free(trainers[1]);
}

int main(void) {
    if (!CHECK(scratch_open()) || !CHECK(small_task_write(scratch("task.tsv"), 1500)))
        return heed_test_finish("train training");
    learns();
    threads();
    cut_and_resumed();
    differs();
    early_stopping();
    allocates_nothing();
    accumulation();
    accumulation_is_a_larger_batch();
    scratch_close();
    return heed_test_finish("train training");
}
