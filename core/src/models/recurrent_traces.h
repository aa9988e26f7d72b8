/* The list of traces of a model with recurrent layers. */
#ifndef HEED_RECURRENT_TRACES_H
#define HEED_RECURRENT_TRACES_H

#include "models/arch.h"
#include "nn/layers.h"

typedef struct heed_trace_list {
    heed_model *model;
    const char **names; /* NULL-terminated, in the model's arena */
    int count;
    bool failed;
} heed_trace_list;

/* Begins the list with what the `layers` keep with their cells and directions. */
heed_status heed_recurrent_traces(heed_model *model, const heed_recurrent_layer *const *layers, int count,
                                  heed_trace_list *list, heed_error *error);
/* Adds "<prefix><name>" of every one of `names` (NULL-terminated). */
void heed_trace_list_add(heed_trace_list *list, const char *prefix, const char *const *names);
/* The list becomes model->traces. Fails when one of the calls above ran out of memory. */
heed_status heed_trace_list_end(heed_trace_list *list, heed_error *error);

#endif
