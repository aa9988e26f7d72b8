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
}

void heed_trace_watch(heed_tape *tape, const char *name, const heed_tensor *x)
{
    char full[96];
    if (!tape->trace || !tape->recording || !heed_tensor_ok(x) || !x->grad)
        return;
    snprintf(full, sizeof full, "%s.gradient_norm", name);
    const int count = tape->trace->count;
    heed_trace_keep(tape, full, heed_tensor_new(tape, false, x->rank - 1, x->dims));
    if (tape->trace->count > count)
        tape->trace->entries[count].watched = x;
}

void heed_trace_take_gradients(heed_tape *tape)
{
    for (int e = 0; tape->trace && e < tape->trace->count; e++) {
        heed_trace_entry *entry = &tape->trace->entries[e];
        const heed_tensor *x = entry->watched;
        const size_t size = x ? (size_t)heed_tensor_last(x) : 0, rows = x ? heed_tensor_rows(x) : 0;
        for (size_t i = 0; i < rows; i++)
            entry->values[i] = (heed_real)sqrt(tape->kernels->sum_squares(size, x->grad + i * size));
        entry->watched = NULL;
    }
}
