#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "tensor/tensor.h"

void heed_trace_free(heed_trace *trace)
{
    for (int i = 0; i < trace->count; i++)
        heed_free(trace->entries[i].values);
    heed_free(trace->entries);
    memset(trace, 0, sizeof *trace);
}

void heed_trace_keep(heed_tape *tape, const char *name, const heed_tensor *x)
{
    heed_trace *trace = tape->trace;
    if (!trace || !x || !heed_tensor_ok(x))
        return;
    size_t count = heed_tensor_count(x);
    heed_real *values = heed_alloc(count ? count : 1, sizeof *values);
    if (values && trace->count == trace->capacity) {
        int capacity = trace->capacity ? 2 * trace->capacity : 16;
        heed_trace_entry *entries = heed_realloc(trace->entries, (size_t)trace->capacity * sizeof *entries,
                                                 (size_t)capacity, sizeof *entries);
        if (entries) {
            trace->entries = entries;
            trace->capacity = capacity;
        }
    }
    if (!values || trace->count == trace->capacity) {
        heed_free(values);
        heed_op_fail(tape, HEED_ERROR_MEMORY, "out of memory: trace of %s", name);
        return;
    }
    heed_trace_entry *entry = &trace->entries[trace->count++];
    memset(entry, 0, sizeof *entry);
    snprintf(entry->name, sizeof entry->name, "%s", name);
    entry->rank = x->rank;
    memcpy(entry->dims, x->dims, sizeof entry->dims);
    memcpy(values, x->data, count * sizeof *values);
    entry->values = values;
    entry->watched = tape->recording && x->grad ? x : NULL;
}

void heed_trace_watch(heed_tape *tape, const char *name, const heed_tensor *x)
{
    char full[96];
    if (!tape->trace || !tape->recording || !heed_tensor_ok(x) || !x->grad)
        return;
    snprintf(full, sizeof full, "%s.gradient_norm", name);
    const int count = tape->trace->count;
    heed_trace_keep(tape, full, heed_tensor_new(tape, false, x->rank - 1, x->dims));
    if (tape->trace->count > count) {
        tape->trace->entries[count].watched = x;
        tape->trace->entries[count].norm = true;
    }
}

static bool is_kept(const heed_trace *trace, int count, const char *name)
{
    for (int e = 0; e < count; e++)
        if (strcmp(trace->entries[e].name, name) == 0)
            return true;
    return false;
}

static void take_norms(const heed_tape *tape, const heed_tensor *x, heed_real *out)
{
    const size_t size = (size_t)heed_tensor_last(x), rows = heed_tensor_rows(x);
    for (size_t i = 0; i < rows; i++)
        out[i] = (heed_real)sqrt(tape->kernels->sum_squares(size, x->grad + i * size));
}

/* From last to first, as what ops keep on the way back comes. */
void heed_trace_take_gradients(heed_tape *tape)
{
    const int count = tape->trace ? tape->trace->count : 0;
    for (int e = count - 1; e >= 0; e--) {
        const heed_trace_entry entry = tape->trace->entries[e]; /* the list may move */
        char full[sizeof entry.name + 16];
        tape->trace->entries[e].watched = NULL;
        if (!entry.watched)
            continue;
        snprintf(full, sizeof full, "%s.gradient", entry.name);
        if (entry.norm)
            take_norms(tape, entry.watched, entry.values);
        else if (!is_kept(tape->trace, count, full))
            heed_trace_keep(tape, full, heed_tensor_view(tape, entry.watched->grad, NULL, entry.rank, entry.dims));
    }
}
