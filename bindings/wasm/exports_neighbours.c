/* What a model of word vectors can be asked, loaded or in training: heed/vectors.h. */
#include <stddef.h>
#include <stdlib.h>

#include "export.h"
#include "heed/vectors.h"

/* heed_vectors_ask of a model of word vectors. */
char *EXPORT(heed_wasm_vectors_ask)(const heed_model *model, const char *query, size_t size, int wanted)
{
    char *json = NULL;
    heed_vectors *vectors = NULL;
    heed_error *error = fresh_error();
    if (heed_vectors_open(model, &vectors, error) == HEED_OK)
        heed_vectors_ask(vectors, query, size, wanted, &json, error);
    heed_vectors_free(vectors);
    return json;
}

/* The first sizes[0] vectors (or all, when there are fewer), floats one after another, for heed_wasm_free. sizes[0]
 * becomes how many they are, sizes[1] the numbers of each. */
float *EXPORT(heed_wasm_vectors_rows)(const heed_model *model, int *sizes)
{
    heed_vectors *vectors = NULL;
    heed_error *error = fresh_error();
    if (heed_vectors_open(model, &vectors, error) != HEED_OK)
        return NULL;
    const int count = heed_vectors_count(vectors);
    sizes[0] = sizes[0] < count ? sizes[0] : count;
    sizes[1] = heed_vectors_dim(vectors);
    float *out = malloc((size_t)sizes[0] * (size_t)sizes[1] * sizeof *out);
    for (int i = 0; out != NULL && i < sizes[0]; i++)
        heed_vectors_row(vectors, i, out + (size_t)i * (size_t)sizes[1]);
    heed_vectors_free(vectors);
    if (out == NULL)
        *error = (heed_error){HEED_ERROR_MEMORY, "out of memory for vectors"};
    return out;
}
