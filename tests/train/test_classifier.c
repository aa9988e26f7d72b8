/* A classifier through the whole house: trained from a recipe, saved, loaded, evaluated, asked. The task: which letter
 * a word begins with, which a network that reads left to right must remember to the end. */
#include "compare.h"

#include "base/rng.h"
#include "data/batches.h"
#include "heed/heed.h"
#include "scratch.h"

enum { WORDS = 600, LETTERS = 4 };

static bool write_task(const char *path) {
    FILE *file = fopen(path, "w");
    heed_rng rng;
    heed_rng_seed(&rng, 4, 0);
    for (int i = 0; file != NULL && i < WORDS; i++) {
        const int length = 3 + (int)heed_rng_below(&rng, 6), first = (int)heed_rng_below(&rng, LETTERS);
        fprintf(file, "%c", 'a' + first);
        for (int k = 1; k < length; k++)
            fprintf(file, "%c", 'a' + (int)heed_rng_below(&rng, LETTERS));
        fprintf(file, "\tbegins-%c\n", 'a' + first);
    }
    return file != NULL && fclose(file) == 0;
}

static heed_status train(const char *cell, const char *rest, const char *folder, heed_error *error) {
    char recipe[1000], output[400];
    snprintf(recipe, sizeof recipe,
             "{\"name\":\"first\",\"seed\":3,\"data\":{\"train\":\"first.tsv\",\"hold_out\":60,\"max_length\":20},"
             "\"tokenizer\":{\"source\":{\"type\":\"char\"},\"target\":{\"type\":\"symbol\"}},"
             "\"model\":{\"model_type\":\"classifier\",\"embedding\":8,\"hidden\":16,\"cell\":\"%s\"%s},"
             "\"train\":{\"batch\":16,\"shards\":2,\"epochs\":12,\"optimizer\":{\"name\":\"adam\",\"rate\":0.02},"
             "\"schedule\":{\"name\":\"cosine\",\"warmup_steps\":5,\"final\":0.05},\"clip\":2.0}}",
             cell, rest);
    snprintf(output, sizeof output, "%s", scratch(folder));
    const heed_train_options options = {.data_folder = scratch_folder, .output_folder = output, .threads = 1};
    return heed_train(recipe, strlen(recipe), &options, error);
}

/* One step that chooses among the labels only, whatever length is asked for. */
static void answers(const heed_model *model, int beam, int max_length) {
    heed_error error = {0};
    heed_generation *generation = NULL;
    bool done = false;
    const heed_generate_options options = {.beam = beam, .max_length = max_length};
    if (!CHECK_OK(heed_generation_start(model, "cabba", 5, &options, &generation, &error), &error))
        return;
    CHECK_OK(heed_generation_advance(generation, &done, &error), &error);
    CHECK(done);
    CHECK_INT(heed_generation_count(generation), beam < LETTERS ? beam : LETTERS);
    for (int k = 0; k < heed_generation_count(generation); k++) {
        CHECK_INT(heed_generation_length(generation, k), 1);
        const heed_generation_step step = heed_generation_get(generation, k, 0);
        double sum = 0;
        CHECK_INT(step.candidate_count, LETTERS);
        for (int i = 0; i < step.candidate_count; i++) {
            CHECK(step.candidates[i] >= HEED_TOKEN_SPECIALS);
            sum += step.probabilities[i];
        }
        heed_compare_one("probabilities", 0, sum, 1, 1e-6);
        CHECK_INT(step.token, step.candidates[k]);
        if (k == 0)
            CHECK_STRING(heed_model_target_token(model, step.token), "begins-c");
    }
    heed_generation_free(generation);
}

static void learns(const char *cell, const char *rest) {
    heed_error error = {0};
    heed_model *model = NULL;
    heed_evaluation result;
    if (!CHECK_OK(train(cell, rest, cell, &error), &error) ||
        !CHECK_OK(heed_model_load_folder(scratch(cell), NULL, &model, &error), &error))
        return;
    char data[400];
    snprintf(data, sizeof data, "%s", scratch("first.tsv"));
    const heed_evaluate_options options = {.data = data, .beam = 1, .threads = 1};
    CHECK_OK(heed_evaluate(model, &options, &result, &error), &error);
    printf("%s%s: error rate %.4f\n", cell, rest, result.wer);
    CHECK(result.wer < 0.02);
    CHECK(result.inputs > 100 && result.symbols == result.inputs);
    answers(model, 1, 0);
    answers(model, 3, 7);
    answers(model, 6, 1);
    heed_model_free(model);
}

/* Targets without <eos>: what a batch of labels holds. */
static void batches(void) {
    heed_error error = {0};
    heed_examples examples = {.labels = true};
    heed_arena arena = {0};
    heed_batch batch;
    CHECK_OK(heed_examples_add(&examples, (int32_t[]){4, 5, 6}, 3, (int32_t[]){9}, 1, &error), &error);
    CHECK_OK(heed_examples_add(&examples, (int32_t[]){5}, 1, (int32_t[]){8}, 1, &error), &error);
    CHECK_OK(heed_batch_build(&examples, (int32_t[]){1, 0}, 2, &arena, &batch, &error), &error);
    CHECK_INT(batch.target_length, 1);
    CHECK_INT(batch.tokens, 2);
    CHECK_INT(batch.target_out[0], 8);
    CHECK_INT(batch.target_out[1], 9);
    CHECK_INT(batch.target_lengths[0] + batch.target_lengths[1], 2);
    heed_arena_free(&arena);
    heed_examples_free(&examples);
}

static void refusals(void) {
    heed_error error = {0};
    CHECK_STATUS(train("elman", "", "refused", &error), HEED_ERROR_UNKNOWN, &error);
    CHECK_CONTAINS(error.message, "cell \"elman\" is not one of: rnn rnn_relu gru lstm");
    error = (heed_error){0};
    CHECK_STATUS(train("gru", ",\"pooling\":\"max\"", "refused", &error), HEED_ERROR_UNKNOWN, &error);
    CHECK_CONTAINS(error.message, "pooling \"max\" is not one of: last mean");
    error = (heed_error){0};
    CHECK_STATUS(train("rnn", ",\"chrono\":100", "refused", &error), HEED_ERROR_ARGUMENT, &error);
    CHECK_CONTAINS(error.message, "goes with the cells gru and lstm, not with \"rnn\"");
    error = (heed_error){0};
    CHECK_STATUS(train("lstm", ",\"chrono\":100,\"forget_bias\":1", "refused", &error), HEED_ERROR_ARGUMENT, &error);
    CHECK_CONTAINS(error.message, "forget_bias or chrono, not both");
}

int main(void) {
    if (!CHECK(scratch_open()) || !CHECK(write_task(scratch("first.tsv"))))
        return heed_test_finish("train classifier");
    batches();
    refusals();
    learns("gru", "");
    learns("lstm", ",\"bidirectional\":true,\"layers\":2,\"dropout\":0.1");
    learns("rnn", ",\"pooling\":\"mean\"");
    scratch_close();
    return heed_test_finish("train classifier");
}
