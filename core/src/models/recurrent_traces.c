#include "models/recurrent_traces.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

enum { TRACES_MAX = 64 };

typedef struct trace_list {
    heed_arena *arena;
    const char **names; /* NULL-terminated */
    int count;
    bool failed;
} trace_list;

static void add(trace_list *list, const char *prefix, const char *name)
{
    char full[96];
    snprintf(full, sizeof full, "%s.%s", prefix, name);
    const char *copy = list->count + 1 < TRACES_MAX ? heed_arena_string(list->arena, full, strlen(full)) : NULL;
    if (copy)
        list->names[list->count++] = copy;
    else
        list->failed = true;
}

heed_status heed_recurrent_traces(heed_model *model, const heed_recurrent_layer *const *layers, int count,
                                  const char *const *more, heed_error *error)
{
    trace_list list = {.arena = &model->arena};
    list.names = heed_arena_alloc_zero(&model->arena, TRACES_MAX * sizeof *list.names);
    if (!list.names)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the names of traces");
    for (int i = 0; i < count; i++)
        for (int d = 0; d < (layers[i]->bidirectional ? 2 : 1); d++) {
            for (const char *const *name = layers[i]->cell->traces; *name; name++)
                add(&list, layers[i]->trace[d], *name);
            add(&list, layers[i]->trace[d], "h.gradient_norm");
        }
    for (; *more && list.count + 1 < TRACES_MAX; more++)
        list.names[list.count++] = *more;
    if (list.failed || *more)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the names of traces");
    model->traces = list.names;
    return HEED_OK;
}
