/* The first layer of a model: what it reads as vectors, one of each step. */
#ifndef HEED_MODELS_INPUT_H
#define HEED_MODELS_INPUT_H

#include "models/arch.h"
#include "ops/ops.h"

typedef struct heed_input_layer {
    int embedding; /* parameter id; -1: numbers are vectors already */
    int width;     /* of the vectors */
} heed_input_layer;

/* Where the model reads text, a table of embeddings "<name>.weight" of config.<field> numbers each (`size` when it is
 * absent); where it reads numbers, nothing, and the field is refused. */
heed_status heed_input_declare(heed_model *model, const char *name, const heed_json *config, const char *field,
                               int vocabulary, int64_t size, heed_input_layer *out, heed_error *error);
/* [B, T, width] */
heed_tensor *heed_input_apply(const heed_model *model, heed_tape *tape, const heed_input_layer *layer,
                              const heed_source *source);

#endif
