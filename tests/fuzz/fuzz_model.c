/* A model's three files at once, "config.json NUL tokenizer.json NUL model.safetensors": what loads can read any text,
 * and what does not load says why and leaves nothing behind. */
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "heed/generate.h"

static void run(const heed_model *model, const char *text, size_t size)
{
    const heed_generate_options options = {.beam = 2, .max_length = 4};
    heed_generation *generation = NULL;
    heed_error error = {0};
    char *json = NULL;
    bool done = false;
    heed_status status = heed_generation_start(model, text, size, &options, &generation, &error);
    while (status == HEED_OK && !done)
        status = heed_generation_advance(generation, &done, &error);
    if (status == HEED_OK)
        status = heed_generation_json(generation, &json, &error);
    if (status != HEED_OK)
        FUZZ_CHECK_REFUSED(status, error);
    if (generation != NULL && done)
        for (int i = 0; i < heed_generation_length(generation, 0); i++)
            FUZZ_CHECK(isfinite(heed_generation_get(generation, 0, i).log_probability));
    heed_text_free(json);
    heed_generation_free(generation);
}

/* The weights in pieces, their size not known: the same verdict. */
static void check_pieces(const heed_model_files *files, const heed_load_options *options, heed_status expected)
{
    const heed_model_files texts = {files->config, files->config_size, files->tokenizer, files->tokenizer_size, NULL, 0};
    heed_model_loader *loader = NULL;
    heed_model *model = NULL;
    heed_error error = {0};
    const char *bytes = files->weights;
    heed_status status = heed_model_load_begin(&texts, options, &loader, &error);
    for (size_t at = 0; status == HEED_OK && at < files->weights_size; at += 97)
        status = heed_model_load_feed(loader, bytes + at, files->weights_size - at < 97 ? files->weights_size - at : 97,
                                      &error);
    if (status == HEED_OK)
        status = heed_model_load_finish(loader, &model, &error);
    else
        heed_model_load_cancel(loader);
    FUZZ_CHECK((status == HEED_OK) == (expected == HEED_OK) && (model != NULL) == (status == HEED_OK));
    heed_model_free(model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *config = (const char *)data, *end = config + size;
    const char *first = size == 0 ? NULL : memchr(config, '\0', size);
    const char *second = first == NULL ? NULL : memchr(first + 1, '\0', (size_t)(end - first - 1));
    if (second == NULL)
        return 0;
    const heed_model_files files = {config, (size_t)(first - config), first + 1, (size_t)(second - first - 1), second + 1,
                                    (size_t)(end - second - 1)};
    heed_model *model = NULL;
    heed_error error = {0};
    char *json = NULL;
    const heed_load_options options = {.f32 = size % 2, .trainable = size % 7 == 0};
    heed_status status = heed_model_load(&files, &options, &model, &error);
    check_pieces(&files, &options, status);
    if (status != HEED_OK) {
        FUZZ_CHECK_REFUSED(status, error);
        FUZZ_CHECK(model == NULL);
        return 0;
    }
    fuzz_accepted++;
    FUZZ_CHECK(heed_model_describe(model, &json, &error) == HEED_OK);
    heed_text_free(json);
    run(model, "AB\xC3\xA9" "a", 5);
    run(model, "", 0);
    heed_model_free(model);
    return 0;
}
