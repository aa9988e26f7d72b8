/* Texts that are read as numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "compare.h"
#include "data/batches.h"
#include "test.h"

static heed_bytes text_at(void *context, size_t i) {
    const char *text = ((const char *const *)context)[i];
    return (heed_bytes){(const unsigned char *)text, strlen(text)};
}

static heed_status train(const char *options, const char *const *texts, size_t count, heed_tokenizer **out,
                         heed_error *error) {
    heed_arena arena = {0};
    const heed_json *json = heed_json_parse(&arena, options, strlen(options), "options", error);
    heed_status status = heed_tokenizer_train(json, "recipe.tokenizer.source", count, text_at, (void *)texts, out, error);
    heed_arena_free(&arena);
    return status;
}

static heed_status parse(const char *text, heed_tokenizer **out, heed_error *error) {
    heed_arena arena = {0};
    const heed_json *json = heed_json_parse(&arena, text, strlen(text), "json", error);
    heed_status status = json ? heed_tokenizer_parse(json, "source", out, error) : error->status;
    heed_arena_free(&arena);
    return status;
}

static void reads(void) {
    static const char *const texts[] = {"0.5 1;-2e-1, 3"};
    heed_tokenizer *t = NULL;
    heed_error error = {0};
    heed_arena arena = {0};
    heed_encoding e;
    if (!CHECK_OK(train("{\"type\":\"values\"}", texts, 1, &t, &error), &error))
        return;
    const heed_values *form = heed_values_of(t);
    CHECK_INT(form->channels, 2);
    CHECK_INT(form->steps, 2);
    CHECK(form->mean == NULL);
    static const char text[] = " 1.25,-7 ; .5\t+1E2;;3 4;";
    CHECK_OK(heed_tokenizer_encode(t, text, strlen(text), &arena, &e, &error), &error);
    CHECK_INT(e.count, 3);
    CHECK(e.ids == NULL && e.skipped_count == 0);
    static const double want[] = {1.25, -7, 0.5, 100, 3, 4};
    for (int i = 0; i < 6; i++)
        heed_compare_one("value", (size_t)i, (double)e.values[i], want[i], 0);
    CHECK_INT((int)e.spans[0].start, 1);
    CHECK_INT((int)e.spans[0].length, 7);
    CHECK_INT((int)e.spans[2].start, 20);
    CHECK_OK(heed_tokenizer_encode(t, "", 0, &arena, &e, &error), &error);
    CHECK_INT(e.count, 0);
    heed_arena_free(&arena);
    heed_tokenizer_free(t);
}

/* Every decimal is the double nearest to it, as the C library reads it. */
static void reads_exactly(void) {
    static const char *const numbers[] = {"0.1", "123456.789", "999999999999999", "0.000000000000001", "1e22", "1e-30",
                                          "3.14159265358979323846", "-0.3333333333333333333", "1234567890123456789"};
    static const char *const one[] = {"1"};
    heed_tokenizer *t = NULL;
    heed_error error = {0};
    heed_arena arena = {0};
    heed_encoding e;
    CHECK_OK(train("{\"type\":\"values\"}", one, 1, &t, &error), &error);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        CHECK_OK(heed_tokenizer_encode(t, numbers[i], strlen(numbers[i]), &arena, &e, &error), &error);
        heed_compare_one(numbers[i], 0, (double)e.values[0], (double)(heed_real)strtod(numbers[i], NULL), 0);
    }
    heed_arena_free(&arena);
    heed_tokenizer_free(t);
}

static void refuses(void) {
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"1 2;3", "step 2 has 1 number; it must have 2"}, {"1 2;3 4 5", "step 2 has more than 2 numbers"},
        {"1 x", "step 1: \"x\" is not a number"},         {"1 2;3 4a", "step 2: \"4a\" is not a number"},
        {"1 2e", "\"2e\" is not a number"},               {"1 .", "\".\" is not a number"},
        {"1 1e39", "1e39 is too large"},                  {"nan 1", "\"nan 1\" is not a number"},
        {"1 1-2", "\"1-2\" is not a number"},             {"1 1.2.3", "\"1.2.3\" is not a number"},
    };
    static const char *const good[] = {"1 2"};
    heed_tokenizer *t = NULL, *none = NULL;
    heed_error error = {0};
    heed_arena arena = {0};
    heed_encoding e;
    CHECK_OK(train("{\"type\":\"values\"}", good, 1, &t, &error), &error);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        heed_error one = {0};
        const char *const texts[] = {"1 2", cases[i].text};
        CHECK_STATUS(heed_tokenizer_encode(t, cases[i].text, strlen(cases[i].text), &arena, &e, &one), HEED_ERROR_FORMAT,
                     &one);
        CHECK_CONTAINS(one.message, cases[i].message);
        one = (heed_error){0};
        CHECK_STATUS(train("{\"type\":\"values\",\"standardise\":true}", texts, 2, &none, &one), HEED_ERROR_FORMAT, &one);
        CHECK_CONTAINS(one.message, "recipe.tokenizer.source: text 2: ");
        CHECK_CONTAINS(one.message, cases[i].message);
    }
    static const char *const empty[] = {" ;"};
    CHECK_STATUS(train("{\"type\":\"values\"}", empty, 1, &none, &error), HEED_ERROR_FORMAT, &error);
    CHECK_CONTAINS(error.message, "there is no number");
    heed_arena_free(&arena);
    heed_tokenizer_free(t);
}

static void standardises(void) {
    static const char *const texts[] = {"1 5;3 5", "5 5", "7 5"};
    heed_tokenizer *t = NULL, *copy = NULL;
    heed_error error = {0};
    heed_arena arena = {0};
    heed_encoding e;
    if (!CHECK_OK(train("{\"type\":\"values\",\"standardise\":true}", texts, 3, &t, &error), &error))
        return;
    copy = heed_tokenizer_copy(t);
    const heed_values *form = heed_values_of(copy);
    CHECK_INT(form->steps, 0); /* they differ */
    heed_compare_one("mean", 0, form->mean[0], 4, 1e-12);
    heed_compare_one("scale", 0, form->scale[0], sqrt(5), 1e-12);
    heed_compare_one("mean", 1, form->mean[1], 5, 1e-12);
    heed_compare_one("scale", 1, form->scale[1], 1, 0); /* never changes */
    CHECK_OK(heed_tokenizer_encode(copy, "9 5", 3, &arena, &e, &error), &error);
    heed_compare_one("value", 0, (double)e.values[0], sqrt(5), 1e-6);
    heed_compare_one("value", 1, (double)e.values[1], 0, 0);
    heed_compare_one("restored", 0, heed_values_restore(form, 0, (double)e.values[0]), 9, 1e-5);
    heed_arena_free(&arena);
    heed_tokenizer_free(t);
    heed_tokenizer_free(copy);
}

static void parsing_refuses(void) {
    static const struct {
        const char *json, *message;
    } cases[] = {
        {"{\"type\":\"values\"}", "source.channels is missing"},
        {"{\"type\":\"values\",\"channels\":0}", "source.channels is 0"},
        {"{\"type\":\"values\",\"channels\":1,\"tokens\":[]}", "\"tokens\""},
        {"{\"type\":\"values\",\"channels\":2,\"mean\":[0],\"scale\":[1,1]}", "source.mean must be 2 numbers"},
        {"{\"type\":\"values\",\"channels\":1,\"mean\":[0]}", "source.scale must be 1 numbers"},
        {"{\"type\":\"values\",\"channels\":1,\"mean\":[0],\"scale\":[0]}", "source.scale[0] must be a number above 0"},
        {"{\"type\":\"values\",\"channels\":1,\"standardise\":true}", "\"standardise\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        heed_tokenizer *t = NULL;
        heed_error error = {0};
        CHECK_STATUS(parse(cases[i].json, &t, &error), HEED_ERROR_FORMAT, &error);
        CHECK_CONTAINS(error.message, cases[i].message);
        CHECK(t == NULL);
    }
}

/* Numbers on one side or on both, and rows of different lengths. */
static void batches(void) {
    heed_error error = {0};
    heed_examples examples = {.channels = 2, .answer_channels = 1, .labels = true};
    heed_arena arena = {0};
    heed_batch batch;
    const heed_example first = {.values = (heed_real[]){1, 2, 3, 4}, .answers = (heed_real[]){9}, .source_length = 2,
                                .target_length = 1};
    const heed_example second = {.values = (heed_real[]){5, 6}, .answers = (heed_real[]){7, 8}, .source_length = 1,
                                 .target_length = 2};
    CHECK_OK(heed_examples_append(&examples, &first, &error), &error);
    CHECK_OK(heed_examples_append(&examples, &second, &error), &error);
    CHECK_OK(heed_batch_build(&examples, (int32_t[]){1, 0}, 2, &arena, &batch, &error), &error);
    static const double values[] = {5, 6, 0, 0, 1, 2, 3, 4}, answers[] = {7, 8, 9, 0};
    CHECK(batch.source == NULL && batch.target_in == NULL && batch.target_out == NULL);
    CHECK_INT(batch.tokens, 3);
    for (int i = 0; i < 8; i++)
        heed_compare_one("values", (size_t)i, (double)batch.values[i], values[i], 0);
    for (int i = 0; i < 4; i++)
        heed_compare_one("answers", (size_t)i, (double)batch.answers[i], answers[i], 0);
    heed_examples_free(&examples);
    heed_arena_reset(&arena);
    heed_examples mixed = {.channels = 1};
    const heed_example text = {.values = (heed_real[]){1, 2, 3}, .target = (int32_t[]){5, 6}, .source_length = 3,
                               .target_length = 2};
    CHECK_OK(heed_examples_append(&mixed, &text, &error), &error);
    CHECK_OK(heed_batch_build(&mixed, (int32_t[]){0}, 1, &arena, &batch, &error), &error);
    CHECK(batch.source == NULL && batch.answers == NULL && batch.tokens == 3);
    CHECK(batch.target_in[0] == HEED_TOKEN_BOS && batch.target_in[2] == 6 && batch.target_out[2] == HEED_TOKEN_EOS);
    heed_compare_one("values", 2, (double)batch.values[2], 3, 0);
    heed_examples_free(&mixed);
    heed_arena_free(&arena);
}

int main(void) {
    reads();
    reads_exactly();
    refuses();
    standardises();
    parsing_refuses();
    batches();
    return heed_test_finish("values");
}
