#include "models/recurrent_traces.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

enum { TRACES_MAX = 320 };

void heed_trace_list_add(heed_trace_list *list, const char *prefix, const char *const *names)
{
    for (; *names; names++) {
        char full[96];
        snprintf(full, sizeof full, "%s%s", prefix, *names);
        const char *copy =
            list->count + 1 < TRACES_MAX ? heed_arena_string(&list->model->arena, full, strlen(full)) : NULL;
        if (copy)
            list->names[list->count++] = copy;
        else
            list->failed = true;
    }
}

static void add_layer(heed_trace_list *list, const heed_recurrent_layer *layer, int l)
{
    const bool below = l + 1 < layer->layers; /* the states of the top layer have a name of the model's */
    for (int d = 0; d < (layer->bidirectional ? 2 : 1); d++) {
        char prefix[64];
        snprintf(prefix, sizeof prefix, "%s.", layer->trace[l][d]);
        if (below && d == 0)
            heed_trace_list_add(list, prefix, (const char *const[]){"h", NULL});
        heed_trace_list_add(list, prefix, layer->cell->traces);
        heed_trace_list_add(list, prefix, (const char *const[]){"h.gradient_norm", NULL});
    }
}

heed_status heed_recurrent_traces(heed_model *model, const heed_recurrent_layer *const *layers, int count,
                                  heed_trace_list *list, heed_error *error)
{
    *list = (heed_trace_list){.model = model};
    list->names = heed_arena_alloc_zero(&model->arena, TRACES_MAX * sizeof *list->names);
    if (!list->names)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the names of traces");
    for (int i = 0; i < count; i++)
        for (int l = layers[i]->layers - 1; l >= 0; l--)
            add_layer(list, layers[i], l);
    return HEED_OK;
}

heed_status heed_trace_list_end(heed_trace_list *list, heed_error *error)
{
    if (list->failed)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the names of traces");
    list->model->traces = list->names;
    return HEED_OK;
}
