/* heed/model.h and heed/generate.h as flat calls; see exports.c for what 0, -1 and addresses mean. */
#include <stddef.h>
#include <stdlib.h>

#include "export.h"
#include "heed/generate.h"
#include "heed/isa.h"
#include "heed/model.h"
#include "heed/predict.h"
#include "heed/vectors.h"

const char *EXPORT(heed_wasm_isa)(void) { return heed_isa_name(); }

/* A model whose weights come in pieces: begin, feed .., finish, or cancel instead of finish, which frees the loader too.
 * weights_size is 0 when it is not known; the flags are those of heed_load_options. */
heed_model_loader *EXPORT(heed_wasm_load_begin)(const char *config, size_t config_size, const char *tokenizer,
                                                size_t tokenizer_size, size_t weights_size, int f32, int trainable)
{
    const heed_model_files files = {config, config_size, tokenizer, tokenizer_size, NULL, weights_size};
    const heed_load_options options = {f32, trainable};
    heed_model_loader *loader = NULL;
    return heed_model_load_begin(&files, &options, &loader, fresh_error()) == HEED_OK ? loader : NULL;
}

int EXPORT(heed_wasm_load_feed)(heed_model_loader *loader, const void *bytes, size_t size)
{
    return heed_model_load_feed(loader, bytes, size, fresh_error()) == HEED_OK ? 0 : -1;
}

heed_model *EXPORT(heed_wasm_load_finish)(heed_model_loader *loader)
{
    heed_model *model = NULL;
    return heed_model_load_finish(loader, &model, fresh_error()) == HEED_OK ? model : NULL;
}

void EXPORT(heed_wasm_load_cancel)(heed_model_loader *loader) { heed_model_load_cancel(loader); }

char *EXPORT(heed_wasm_model_describe)(const heed_model *model)
{
    char *json = NULL;
    return heed_model_describe(model, &json, fresh_error()) == HEED_OK ? json : NULL;
}

void EXPORT(heed_wasm_model_free)(heed_model *model) { heed_model_free(model); }

/* Texts are NUL-terminated, "" for none, and NULL for no target. numbers[8]: beam, max_length, length_penalty,
 * attention_temperature, temperature, top_k, top_p, seed of heed_generate_options; the whole ones must be whole. */
heed_generation *EXPORT(heed_wasm_generation_start)(const heed_model *model, const char *text, size_t size,
                                                    const double *numbers, const char *trace, const char *mute,
                                                    const char *target)
{
    const heed_generate_options options = {
        .beam = (int)numbers[0], .max_length = (int)numbers[1], .length_penalty = numbers[2],
        .attention_temperature = numbers[3], .temperature = numbers[4], .top_k = (int)numbers[5], .top_p = numbers[6],
        .seed = (uint64_t)(int64_t)numbers[7], .trace = trace[0] ? trace : NULL, .mute = mute[0] ? mute : NULL, .target = target};
    heed_generation *generation = NULL;
    return heed_generation_start(model, text, size, &options, &generation, fresh_error()) == HEED_OK ? generation
                                                                                                      : NULL;
}

/* 1 when the output is complete, 0 when there is more, -1 on failure. */
int EXPORT(heed_wasm_generation_advance)(heed_generation *generation)
{
    bool done = false;
    return heed_generation_advance(generation, &done, fresh_error()) == HEED_OK ? done : -1;
}

char *EXPORT(heed_wasm_generation_json)(const heed_generation *generation)
{
    char *json = NULL;
    return heed_generation_json(generation, &json, fresh_error()) == HEED_OK ? json : NULL;
}

char *EXPORT(heed_wasm_generation_memory)(const heed_generation *generation)
{
    char *json = NULL;
    return heed_generation_memory(generation, &json, fresh_error()) == HEED_OK ? json : NULL;
}

void EXPORT(heed_wasm_generation_free)(heed_generation *generation) { heed_generation_free(generation); }

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

static heed_prediction last_prediction;

/* Of values, floats [rows, steps, channels]. rows, steps, channels, labels, first_label and the address of the values: six
 * numbers, valid until the next call of this or of heed_wasm_prediction_free. NULL on failure. */
const heed_prediction *EXPORT(heed_wasm_predict)(const heed_model *model, const float *values, int rows, int steps,
                                                 int channels)
{
    heed_prediction_free(&last_prediction);
    return heed_predict(model, values, rows, steps, channels, &last_prediction, fresh_error()) == HEED_OK
               ? &last_prediction : NULL;
}

void EXPORT(heed_wasm_prediction_free)(void) { heed_prediction_free(&last_prediction); }
