#include "bench/bench_manifest.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { MOST_ELEMENTS = 1 << 28, MOST_TENSORS = 4096 };

const heed_bench_entry *heed_bench_manifest_find(const heed_bench_manifest *manifest, const char *name)
{
    for (int i = 0; i < manifest->count; i++)
        if (strcmp(manifest->entries[i].name, name) == 0)
            return &manifest->entries[i];
    return NULL;
}

static heed_status read_shape(const heed_json *tensor, const char *where, heed_bench_entry *entry, heed_error *error)
{
    const heed_json *shape = heed_json_get(tensor, "shape");
    if (!shape || shape->type != HEED_JSON_ARRAY || shape->count < 1 || shape->count > HEED_BENCH_RANK_MAX)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.shape must be a list of 1 or 2 sizes", where);
    entry->count = 1;
    for (const heed_json *size = shape->first; size; size = size->next) {
        const double n = size->type == HEED_JSON_NUMBER ? size->number : 0;
        if (!(n >= 1 && n <= MOST_ELEMENTS) || n != (int)n || entry->count > MOST_ELEMENTS / (size_t)n)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s.shape: sizes must be whole numbers from 1, their product at "
                             "most %d", where, (int)MOST_ELEMENTS);
        entry->dims[entry->rank++] = (int)n;
        entry->count *= (size_t)n;
    }
    return HEED_OK;
}

static heed_status read_entry(const heed_json *tensor, heed_bench_manifest *out, heed_error *error)
{
    static const char *const fields[] = {"name", "dtype", "shape", "offset", NULL};
    char where[64];
    const char *dtype = "";
    int64_t offset = -1;
    heed_bench_entry entry = {.name = ""};
    snprintf(where, sizeof where, "manifest: tensors[%d]", out->count);
    if (tensor->type != HEED_JSON_OBJECT)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s must be an object", where);
    HEED_TRY(heed_json_only(tensor, where, fields, error));
    HEED_TRY(heed_json_string(tensor, where, "name", &entry.name, error));
    HEED_TRY(heed_json_string(tensor, where, "dtype", &dtype, error));
    HEED_TRY(heed_json_int(tensor, where, "offset", 0, INT64_C(1) << 40, &offset, error));
    HEED_TRY(read_shape(tensor, where, &entry, error));
    entry.integers = strcmp(dtype, "i32") == 0;
    if (!entry.integers && strcmp(dtype, "f32") != 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.dtype is \"%s\"; it must be f32 or i32", where, dtype);
    if (!*entry.name || heed_bench_manifest_find(out, entry.name))
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.name \"%s\" must be there, and once only", where, entry.name);
    if (offset < 0 || (uint64_t)offset != out->bytes)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.offset is %lld, but the tensors before it end at %zu", where,
                         (long long)offset, out->bytes);
    entry.offset = out->bytes;
    if (!heed_add_size(out->bytes, entry.count * 4, &out->bytes))
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: the tensors are too many for this machine", where);
    out->entries[out->count++] = entry;
    return HEED_OK;
}

heed_status heed_bench_manifest_parse(heed_arena *arena, const char *text, size_t size, heed_bench_manifest *out,
                                      heed_error *error)
{
    *out = (heed_bench_manifest){0};
    heed_error parsing = {0};
    const heed_json *json = heed_json_parse(arena, text, size, "manifest", &parsing);
    if (!json)
        return heed_fail(error, parsing.status, "%s", parsing.message);
    const heed_json *tensors = heed_json_get(json, "tensors");
    out->config = heed_json_get(json, "config");
    if (!tensors || tensors->type != HEED_JSON_ARRAY || tensors->count < 1 || tensors->count > MOST_TENSORS)
        return heed_fail(error, HEED_ERROR_FORMAT, "manifest.tensors must be a list of 1 to %d tensors",
                         (int)MOST_TENSORS);
    if (!out->config || out->config->type != HEED_JSON_OBJECT)
        return heed_fail(error, HEED_ERROR_FORMAT, "manifest.config must be an object");
    out->entries = heed_arena_alloc(arena, (size_t)tensors->count * sizeof *out->entries);
    if (!out->entries)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: manifest");
    for (const heed_json *tensor = tensors->first; tensor; tensor = tensor->next)
        HEED_TRY(read_entry(tensor, out, error));
    return HEED_OK;
}
