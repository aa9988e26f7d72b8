/* Recipes of word vectors with a text behind them, parted by a form feed: what a figure shows of them. */
#include <string.h>

#include "base/json.h"
#include "fuzz.h"
#include "heed/vectors.h"

static bool look(heed_status status, const heed_error *error, char *json)
{
    heed_arena arena = {0};
    if (status != HEED_OK)
        FUZZ_CHECK_REFUSED(status, *error);
    else
        FUZZ_CHECK(heed_json_parse(&arena, json, strlen(json), "json", NULL) != NULL);
    heed_arena_free(&arena);
    heed_text_free(json);
    return status == HEED_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *recipe = (const char *)data;
    const uint8_t *feed = size > 0 ? memchr(data, '\f', size) : NULL;
    const size_t recipe_size = feed != NULL ? (size_t)(feed - data) : size;
    const char *text = recipe + recipe_size + (feed != NULL);
    const size_t text_size = size - recipe_size - (feed != NULL);
    heed_error examples_error = {0}, counts_error = {0};
    char *examples = NULL, *counts = NULL;
    heed_status status = heed_vectors_examples(recipe, recipe_size, text, text_size, text,
                                               text_size < 100 ? text_size : 100, &examples, &examples_error);
    bool fine = look(status, &examples_error, examples);
    status = heed_vectors_cooccurrence(recipe, recipe_size, text, text_size, 5, &counts, &counts_error);
    fine = look(status, &counts_error, counts) || fine;
    fuzz_accepted += fine;
    return 0;
}
