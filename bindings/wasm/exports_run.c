/* Running a model, loaded or in training: heed/generate.h and heed/predict.h as flat calls; see exports.c for what 0,
 * -1 and addresses mean. */
#include <stddef.h>

#include "export.h"
#include "heed/generate.h"
#include "heed/isa.h"
#include "heed/model.h"
#include "heed/predict.h"

const char *EXPORT(heed_wasm_isa)(void) { return heed_isa_name(); }

char *EXPORT(heed_wasm_model_describe)(const heed_model *model)
{
    char *json = NULL;
    return heed_model_describe(model, &json, fresh_error()) == HEED_OK ? json : NULL;
}

void EXPORT(heed_wasm_model_free)(heed_model *model) { heed_model_free(model); }

/* Texts are NUL-terminated, "" for none, and NULL for no target. numbers[9]: beam, max_length, length_penalty,
 * attention_temperature, temperature, top_k, top_p, seed, no_cache of heed_generate_options; whole ones must be whole. */
heed_generation *EXPORT(heed_wasm_generation_start)(const heed_model *model, const char *text, size_t size,
                                                    const double *numbers, const char *trace, const char *mute,
                                                    const char *target)
{
    const heed_generate_options options = {
        .beam = (int)numbers[0], .max_length = (int)numbers[1], .length_penalty = numbers[2],
        .attention_temperature = numbers[3], .temperature = numbers[4], .top_k = (int)numbers[5], .top_p = numbers[6],
        .seed = (uint64_t)(int64_t)numbers[7], .no_cache = numbers[8] != 0,
        .trace = trace[0] ? trace : NULL, .mute = mute[0] ? mute : NULL, .target = target};
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

static heed_prediction last_prediction;

/* Of values, floats [rows, steps, channels]. rows, steps, channels, labels, first_label and the address of the values:
 * six numbers, valid until the next call of this or of heed_wasm_prediction_free. NULL on failure. */
const heed_prediction *EXPORT(heed_wasm_predict)(const heed_model *model, const float *values, int rows, int steps,
                                                 int channels)
{
    heed_prediction_free(&last_prediction);
    return heed_predict(model, values, rows, steps, channels, &last_prediction, fresh_error()) == HEED_OK
               ? &last_prediction : NULL;
}

/* Texts as of heed_wasm_generation_start; the result of heed_predict_json. */
char *EXPORT(heed_wasm_predict_json)(const heed_model *model, const char *text, size_t size, const char *trace,
                                     const char *target)
{
    const heed_predict_options options = {.trace = trace[0] ? trace : NULL, .target = target};
    char *json = NULL;
    return heed_predict_json(model, text, size, &options, &json, fresh_error()) == HEED_OK ? json : NULL;
}

void EXPORT(heed_wasm_prediction_free)(void) { heed_prediction_free(&last_prediction); }
