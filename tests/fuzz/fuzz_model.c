/* A model's three files at once, "config.json NUL tokenizer.json NUL model.safetensors": what loads can read any text, and
 * what does not load says why and leaves nothing behind. */
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
    heed_status status = heed_model_load(&files, &model, &error);
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
