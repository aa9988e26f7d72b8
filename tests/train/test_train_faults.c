/* What must be refused, and what must survive: bad recipes, missing data, a full disk, a number that is not one. */
#include "compare.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/file.h"
#include "base/memory.h"
#include "scratch.h"
#include "small_task.h"
#include "train/trainer.h"

static heed_status train(const char *recipe, const char *folder, int max_steps, bool resume, heed_error *error) {
    char output[400];
    snprintf(output, sizeof output, "%s", scratch(folder));
    heed_train_options options = {.data_folder = scratch_folder, .output_folder = output, .threads = 1,
                                  .max_steps = max_steps, .resume = resume};
    memset(error, 0, sizeof *error);
    return heed_train(recipe, strlen(recipe), &options, error);
}

/* The recipe with the first `from` replaced by `to`; one static buffer. */
static const char *edited(const char *from, const char *to) {
    static char out[3000];
    const char *text = small_recipe_text((small_recipe){0}), *at = strstr(text, from);
    if (!CHECK(at != NULL))
        return "";
    snprintf(out, sizeof out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    return out;
}

static void bad_recipes(void) {
    static const struct {
        const char *from, *to, *said[3];
    } cases[] = {
        {"\"seed\":3", "\"sead\":3", {"sead", "unknown", "seed"}},
        {"\"seed\":3,", "", {"recipe.seed", "missing"}},
        {"\"seed\":3", "\"seed\":-1", {"recipe.seed", "-1", "from 0"}},
        {"\"seed\":3", "\"seed\":\"x\"", {"recipe.seed", "\"x\"", "number"}},
        {"\"name\":\"reverse\"", "\"name\":\"\"", {"recipe.name", "empty"}},
        {"\"task.tsv\"", "\"../task.tsv\"", {"recipe.data.train", "../task.tsv"}},
        {"\"task.tsv\"", "\"no.tsv\"", {"recipe.data.train", "no.tsv"}},
        {"\"hold_out\":100", "\"hold_out\":0", {"recipe.data.hold_out", "0", "from 1"}},
        {"\"hold_out\":100", "\"hold_out\":1500", {"recipe.data.hold_out", "1500"}},
        {"\"max_length\":20", "\"max_length\":1", {"recipe.data.max_length", "1"}},
        {"\"max_length\":20", "\"max_length\":1.5", {"recipe.data.max_length", "1.5", "whole"}},
        {"{\"type\":\"char\"}", "{\"type\":\"letters\"}", {"recipe.tokenizer.source", "letters", "char"}},
        {"{\"type\":\"char\"}", "{\"type\":\"char\",\"size\":3}", {"recipe.tokenizer.source", "size"}},
        {"\"model_type\":\"seq2seq\"", "\"model_type\":\"rnn\"", {"recipe.model", "rnn", "seq2seq"}},
        {"\"decoder_layers\":1", "\"decoder_layers\":0", {"recipe.model", "decoder_layers", "0"}},
        {"\"source_embedding\":16", "\"source_embedding\":1000000000", {"recipe.model", "source_embedding"}},
        {"\"score\":\"general\"", "\"score\":\"nearest\"", {"recipe.model", "nearest", "additive"}},
        {"\"score\":\"general\"", "\"score\":\"general\",\"vector\":\"once\"", {"recipe.model", "once", "none"}},
        {"\"score\":\"general\"", "\"score\":\"general\",\"attend\":\"during\"", {"attend", "during", "before"}},
        {"\"score\":\"general\"", "\"score\":\"none\",\"local\":\"monotonic\"", {"local", "monotonic", "score"}},
        {"\"input_feeding\":false", "\"input_feeding\":true,\"hard\":true", {"recipe.model", "hard", "input_feeding"}},
        {"\"score\":\"general\"", "\"score\":\"dot\",\"local\":\"near\"", {"local", "near", "predictive"}},
        {"\"score\":\"general\"", "\"score\":\"dot\",\"teacher_forcing\":2", {"recipe.model", "teacher_forcing", "2"}},
        {"\"input_feeding\"", "\"input_feading\"", {"recipe.model", "input_feading"}},
        {"\"dropout\":0", "\"dropout\":1.5", {"recipe.model", "dropout", "1.5"}},
        {"\"batch\":32", "\"batch\":0", {"recipe.train.batch", "0", "from 1"}},
        {"\"batch\":32", "\"batch\":1", {"recipe.train.shards", "2", "1"}},
        {"\"shards\":2", "\"shards\":1000", {"recipe.train.shards", "1000", "64"}},
        {"\"epochs\":3", "\"epochs\":0", {"recipe.train.epochs", "0"}},
        {"\"epochs\":3,", "", {"recipe.train.epochs", "missing"}},
        {"\"epochs\":3", "\"epoch\":3", {"recipe.train", "epoch", "epochs"}},
        {"\"clip\":2.0", "\"clip\":-2", {"recipe.train.clip", "-2"}},
        {"\"label_smoothing\":0.05", "\"label_smoothing\":1", {"recipe.train.label_smoothing", "0.9"}},
        {"\"name\":\"adam\"", "\"name\":\"lion\"", {"recipe.train.optimizer.name", "lion", "rmsprop"}},
        {"\"name\":\"adam\"", "\"name\":\"adam\",\"momentum\":0.9", {"recipe.train.optimizer", "momentum", "beta1"}},
        {"\"name\":\"adam\"", "\"name\":\"sgd\",\"nesterov\":true", {"recipe.train.optimizer.nesterov", "momentum"}},
        {"\"clip\":2.0", "\"clip\":2.0,\"clip_value\":0.5", {"recipe.train.clip is 2", "clip_value is 0.5"}},
        {"\"rate\":0.01", "\"rate\":0", {"recipe.train.optimizer.rate", "0"}},
        {"\"rate\":0.01", "\"rate\":0.01,\"beta3\":1", {"recipe.train.optimizer", "beta3"}},
        {"\"name\":\"cosine\"", "\"name\":\"sine\"", {"recipe.train.schedule.name", "sine", "plateau"}},
        {"\"final\":0.05", "\"patience\":2", {"recipe.train.schedule", "patience", "final"}},
        {"\"final\":0.05", "\"final\":2", {"recipe.train.schedule.final", "2"}},
        {"\"train\":{\"batch\"", "\"train\":[{\"batch\"", {"recipe"}},
        {"{\"name\":\"reverse\"", "[1", {"recipe"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        heed_error error;
        CHECK(train(edited(cases[i].from, cases[i].to), "refused", 0, false, &error) != HEED_OK);
        for (int k = 0; k < 3 && cases[i].said[k] != NULL; k++)
            CHECK_CONTAINS(error.message, cases[i].said[k]);
        CHECK(strchr(error.message, '\n') == NULL);
    }
    CHECK(!scratch_exists("refused")); /* nothing was written */
    heed_error error;
    CHECK(train("", "refused", 0, false, &error) != HEED_OK);
}

static void bad_data(void) {
    heed_error error;
    FILE *file = fopen(scratch("task2.tsv"), "w");
    fputs("ab\tb a\nno tab here\n", file);
    fclose(file);
    CHECK_STATUS(train(edited("task.tsv", "task2.tsv"), "refused", 0, false, &error), HEED_ERROR_FORMAT, &error);
    CHECK_CONTAINS(error.message, "task2.tsv:2");
}

static char *snapshot(const char *name, size_t *size) {
    char *data = NULL;
    heed_error error = {0};
    CHECK_OK(heed_file_read(scratch(name), &data, size, &error), &error);
    return data;
}

static void check_unchanged(const char *name, const char *before, size_t size) {
    size_t now = 0;
    char *data = snapshot(name, &now);
    CHECK(data != NULL && now == size && memcmp(data, before, size) == 0);
    heed_free(data);
}

/* A file may not grow beyond the checkpoint's size, less a little: as on a disk that is full. */
static void full_disk(void) {
    heed_error error;
    const char *recipe = small_recipe_text((small_recipe){0});
    size_t size = 0;
    CHECK_OK(train(recipe, "full", 10, false, &error), &error);
    char *before = snapshot("full/checkpoint.safetensors", &size);
    struct rlimit old, small;
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = size - 1000;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    heed_status status = train(recipe, "full", 10, true, &error);
    setrlimit(RLIMIT_FSIZE, &old);
    CHECK_STATUS(status, HEED_ERROR_IO, &error);
    CHECK_CONTAINS(error.message, "checkpoint.safetensors");
    check_unchanged("full/checkpoint.safetensors", before, size);
    CHECK(!scratch_exists("full/checkpoint.safetensors.tmp"));
    CHECK_OK(train(recipe, "full", 0, true, &error), &error);
    heed_free(before);
}

static void unwritable(void) {
    heed_error error;
    const char *recipe = small_recipe_text((small_recipe){0});
    FILE *file = fopen(scratch("wall"), "w");
    fclose(file);
    /* A file where the folder should be stops every user, root too. */
    CHECK_STATUS(train(recipe, "wall/model", 0, false, &error), HEED_ERROR_IO, &error);
    CHECK_CONTAINS(error.message, "wall");
    CHECK_STATUS(train(recipe, "wall", 0, false, &error), HEED_ERROR_IO, &error);
    if (geteuid() != 0) {
        CHECK(mkdir(scratch("locked"), 0500) == 0);
        CHECK_STATUS(train(recipe, "locked", 0, false, &error), HEED_ERROR_IO, &error);
        CHECK_CONTAINS(error.message, "locked");
    }
}

static void bad_checkpoints(void) {
    heed_error error;
    const char *recipe = small_recipe_text((small_recipe){0});
    CHECK_STATUS(train(recipe, "nothing", 0, true, &error), HEED_ERROR_IO, &error);
    CHECK_CONTAINS(error.message, "checkpoint.safetensors");
    CHECK_OK(train(recipe, "cut", 5, false, &error), &error);
    CHECK_STATUS(train(edited("\"clip\":2.0", "\"clip\":3.0"), "cut", 5, true, &error), HEED_ERROR_FORMAT, &error);
    CHECK_CONTAINS(error.message, "recipe");
    size_t size = 0;
    char *data = snapshot("cut/checkpoint.safetensors", &size);
    for (size_t n = 0; n < size; n += 1 + size / 7) {
        heed_bytes part = {(const unsigned char *)data, n};
        CHECK_OK(heed_file_write(scratch("cut/checkpoint.safetensors"), &part, 1, &error), &error);
        CHECK_STATUS(train(recipe, "cut", 5, true, &error), HEED_ERROR_FORMAT, &error);
        memset(&error, 0, sizeof error);
    }
    heed_free(data);
    /* Other data than the checkpoint's. */
    CHECK_OK(train(recipe, "other", 5, false, &error), &error);
    CHECK(small_task_write(scratch("task.tsv"), 1400));
    CHECK(train(recipe, "other", 5, true, &error) != HEED_OK);
    CHECK_CONTAINS(error.message, "data");
    CHECK(small_task_write(scratch("task.tsv"), 1500));
}

static void not_a_number(void) {
    heed_error error = {0};
    heed_trainer *trainer;
    const char *text = small_recipe_text((small_recipe){0});
    if (!CHECK_OK(heed_trainer_create(text, strlen(text), small_task_pairs, (void *)scratch("task.tsv"), 2, &trainer,
                                      &error), &error))
        return;
    CHECK_OK(heed_trainer_step(trainer, &error), &error);
    size_t bytes = trainer->model->params.size * sizeof(heed_real), last = trainer->model->params.size - 1;
    trainer->model->params.values[last] = (heed_real)NAN;
    heed_real *before = malloc(bytes);
    memcpy(before, trainer->model->params.values, bytes);
    CHECK_STATUS(heed_trainer_step(trainer, &error), HEED_ERROR_NUMERIC, &error);
    CHECK_CONTAINS(error.message, "step 2");
    CHECK(memcmp(before, trainer->model->params.values, bytes) == 0);
    CHECK_INT(trainer->state.step, 1);
    free(before);
    heed_trainer_free(trainer);
}

static bool cancel(void *context) {
    return --*(int *)context == 0;
}

static void cancelled(void) {
    heed_error error = {0};
    const char *recipe = small_recipe_text((small_recipe){0});
    char output[400];
    int steps = 12;
    snprintf(output, sizeof output, "%s", scratch("cancelled"));
    heed_train_options options = {.data_folder = scratch_folder, .output_folder = output, .threads = 1,
                                  .cancelled = cancel, .context = &steps};
    CHECK_STATUS(heed_train(recipe, strlen(recipe), &options, &error), HEED_ERROR_CANCELLED, &error);
    CHECK_CONTAINS(error.message, "step 12 of 132");
    CHECK_OK(train(recipe, "cancelled", 0, true, &error), &error);
}

/* The n-th allocation fails, for every n in turn until none does: an error, never a crash or a leak. */
static void failed_allocations(void) {
    heed_error error;
    const char *recipe = small_recipe_text((small_recipe){.epochs = 1, .hidden = 4});
    CHECK(small_task_write(scratch("task.tsv"), 150));
    int failed = 0;
    bool reached = true;
    for (uint64_t n = 1; reached && n < 10000; n += 1 + n / 50) {
        uint64_t before = heed_alloc_count();
        heed_alloc_fail_at(n);
        heed_status status = train(recipe, "memory", 0, false, &error);
        heed_alloc_fail_at(0);
        reached = heed_alloc_count() - before >= n;
        failed += status != HEED_OK;
        /* An arena that cannot merge its blocks goes on with them: not every failure must end the run. */
        if (status != HEED_OK && status != HEED_ERROR_MEMORY && !CHECK_STATUS(status, HEED_ERROR_MEMORY, &error))
            break;
    }
    CHECK(!reached);
    CHECK(failed > 50);
    CHECK(small_task_write(scratch("task.tsv"), 1500));
}

static void bad_evaluations(void) {
    heed_error error = {0};
    heed_model *model = NULL;
    heed_evaluation result;
    CHECK_OK(train(small_recipe_text((small_recipe){.epochs = 1}), "eval", 0, false, &error), &error);
    if (!CHECK_OK(heed_model_load_folder(scratch("eval"), NULL, &model, &error), &error))
        return;
    static const struct {
        const char *data, *references;
        int beam;
        heed_status status;
        const char *said;
    } cases[] = {
        {"a b\n", NULL, 1, HEED_ERROR_FORMAT, "in:1"},      {"", NULL, 1, HEED_ERROR_FORMAT, "no inputs"},
        {"ab\nba\n", "ab\tb a\n", 1, HEED_ERROR_FORMAT, "ba"}, {"ab\tb a\n", NULL, 0, HEED_ERROR_ARGUMENT, "beam"},
        {"ab\tb a\n", NULL, 17, HEED_ERROR_ARGUMENT, "beam"}, {"a\xff\n", "ab\tb a\n", 1, HEED_ERROR_FORMAT, "in:1"},
        {"ab\n", "ab\tb a\nab\n", 1, HEED_ERROR_FORMAT, "refs:2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        heed_bytes data = {(const unsigned char *)cases[i].data, strlen(cases[i].data)};
        CHECK_OK(heed_file_write(scratch("in"), &data, 1, &error), &error);
        if (cases[i].references != NULL) {
            heed_bytes references = {(const unsigned char *)cases[i].references, strlen(cases[i].references)};
            CHECK_OK(heed_file_write(scratch("refs"), &references, 1, &error), &error);
        }
        heed_evaluate_options options = {.data = scratch("in"), .beam = cases[i].beam, .threads = 1,
                                         .references = cases[i].references ? scratch("refs") : NULL};
        CHECK_STATUS(heed_evaluate(model, &options, &result, &error), cases[i].status, &error);
        CHECK_CONTAINS(error.message, cases[i].said);
        memset(&error, 0, sizeof error);
    }
    /* Inputs that cannot be read, and one too long, are wrong, not an error. */
    char inputs[1000], *at = inputs;
    at += sprintf(at, "12\t3\nxyz\ta\n");
    for (int i = 0; i < 300; i++)
        *at++ = 'a';
    strcpy(at, "\ta b\n");
    heed_bytes data = {(const unsigned char *)inputs, strlen(inputs)};
    CHECK_OK(heed_file_write(scratch("in"), &data, 1, &error), &error);
    for (int beam = 1; beam < 3; beam++) {
        heed_evaluate_options options = {.data = scratch("in"), .beam = beam, .threads = 2};
        CHECK_OK(heed_evaluate(model, &options, &result, &error), &error);
        CHECK_INT(result.inputs, 3);
        CHECK_INT(result.wrong, 3);
        CHECK_INT(result.symbols, 4);
        CHECK_INT(result.edits, 4);
        CHECK_INT(result.by_length_inputs[0], 2);
        CHECK_INT(result.by_length_inputs[64], 1);
    }
    heed_model_free(model);
}

int main(void) {
    if (!CHECK(scratch_open()) || !CHECK(small_task_write(scratch("task.tsv"), 1500)))
        return heed_test_finish("train faults");
    bad_recipes();
    bad_data();
    full_disk();
    unwritable();
    bad_checkpoints();
    not_a_number();
    cancelled();
    failed_allocations();
    bad_evaluations();
    scratch_close();
    return heed_test_finish("train faults");
}
