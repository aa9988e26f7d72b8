/* The list of traces of a model with recurrent layers. */
#ifndef HEED_RECURRENT_TRACES_H
#define HEED_RECURRENT_TRACES_H

#include "models/arch.h"
#include "nn/layers.h"

/* Sets model->traces: what the `layers` keep with their cells and directions, then `more` (NULL-terminated). */
heed_status heed_recurrent_traces(heed_model *model, const heed_recurrent_layer *const *layers, int count,
                                  const char *const *more, heed_error *error);

#endif
