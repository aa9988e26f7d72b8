/* heed/training.h as flat calls, but for what begins it; see exports.c for what 0, -1 and addresses mean. */
#include <stddef.h>

#include "export.h"
#include "heed/model.h"
#include "heed/training.h"

static heed_model_files last_files;

/* The heed_training_event, or -1 on failure. */
int EXPORT(heed_wasm_training_advance)(heed_training *training)
{
    heed_training_event event;
    return heed_training_advance(training, &event, fresh_error()) == HEED_OK ? (int)event : -1;
}

char *EXPORT(heed_wasm_training_json)(heed_training *training)
{
    char *json = NULL;
    return heed_training_json(training, &json, fresh_error()) == HEED_OK ? json : NULL;
}

/* The training's own: it is not freed by the caller. */
const heed_model *EXPORT(heed_wasm_training_model)(heed_training *training)
{
    const heed_model *model = NULL;
    return heed_training_model(training, &model, fresh_error()) == HEED_OK ? model : NULL;
}

void EXPORT(heed_wasm_training_free)(heed_training *training) { heed_training_free(training); }

/* Address and size of config.json, of tokenizer.json, of model.safetensors: six numbers, valid until the next call of
 * this or of heed_wasm_files_free. NULL on failure. */
const heed_model_files *EXPORT(heed_wasm_model_encode)(const heed_model *model, int quantize)
{
    heed_model_files_free(&last_files);
    return heed_model_encode(model, quantize, &last_files, fresh_error()) == HEED_OK ? &last_files : NULL;
}

void EXPORT(heed_wasm_files_free)(void) { heed_model_files_free(&last_files); }
