/* What begins training in vectors-*.wasm, and heed/vectors.h beyond what models are asked (exports_neighbours.c). */
#include <stddef.h>

#include "export.h"
#include "heed/training.h"
#include "heed/vectors.h"

/* `text` is what the vectors are trained on. */
heed_training *EXPORT(heed_wasm_training_create)(const char *recipe, size_t recipe_size, const char *text,
                                                 size_t text_size)
{
    heed_training *training = NULL;
    heed_training_create_vectors(recipe, recipe_size, text, text_size, &training, fresh_error());
    return training;
}

char *EXPORT(heed_wasm_vectors_examples)(const char *recipe, size_t recipe_size, const char *text, size_t text_size,
                                         const char *sentence, size_t sentence_size)
{
    char *json = NULL;
    heed_vectors_examples(recipe, recipe_size, text, text_size, sentence, sentence_size, &json, fresh_error());
    return json;
}

char *EXPORT(heed_wasm_vectors_cooccurrence)(const char *recipe, size_t recipe_size, const char *text, size_t text_size,
                                             int words)
{
    char *json = NULL;
    heed_vectors_cooccurrence(recipe, recipe_size, text, text_size, words, &json, fresh_error());
    return json;
}
