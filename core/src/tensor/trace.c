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
    if (!trace || !heed_tensor_ok(x))
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
