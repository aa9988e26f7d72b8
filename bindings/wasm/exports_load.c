/* Loading a model, in heed-*.wasm; the others make the models that they run. */
#include <stddef.h>

#include "export.h"
#include "heed/model.h"

/* A model whose weights come in pieces: begin, feed .., finish, or cancel instead of finish, which frees the loader
 * too. weights_size is 0 when it is not known; the flags are those of heed_load_options. */
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
