#include "models/input.h"

#include "base/error.h"
#include "nn/layers.h"

heed_status heed_input_declare(heed_model *model, const char *name, const heed_json *config, const char *field,
                               int vocabulary, int64_t size, heed_input_layer *out, heed_error *error)
{
    const int channels = model->values_in.channels;
    HEED_TRY(heed_json_int(config, "config", field, 1, 4096, &size, error));
    if (channels > 0 && heed_json_get(config, field) != NULL)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "config: %s is for text; the source is numbers, %d in a step", field,
                         channels);
    *out = channels > 0 ? (heed_input_layer){-1, channels}
                        : (heed_input_layer){heed_embedding_declare(&model->params, name, vocabulary, (int)size),
                                             (int)size};
    return HEED_OK;
}

heed_tensor *heed_input_apply(const heed_model *model, heed_tape *tape, const heed_input_layer *layer,
                              const heed_source *source)
{
    if (layer->embedding < 0) /* not written to: it has no gradient */
        return heed_tensor_view(tape, (heed_real *)source->values, NULL, 3,
                                (int[]){source->rows, source->length, layer->width});
    return heed_embedding(tape, heed_params_tensor(tape, &model->params, layer->embedding), source->ids, source->rows,
                          source->length);
}
