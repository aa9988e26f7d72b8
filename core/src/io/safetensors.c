/* Reading. Nothing in the file is believed: every tensor's place and size is derived twice, from shape and offsets. */
#include "io/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static const struct {
    const char *name;
    size_t size;
} dtypes[HEED_DTYPES] = {[HEED_F32] = {"F32", 4}, [HEED_F64] = {"F64", 8}, [HEED_I8] = {"I8", 1},
                         [HEED_U8] = {"U8", 1},   [HEED_I32] = {"I32", 4}, [HEED_I64] = {"I64", 8}};

size_t heed_dtype_size(heed_dtype dtype)
{
    return dtypes[dtype].size;
}

const char *heed_dtype_name(heed_dtype dtype)
{
    return dtypes[dtype].name;
}

const char *heed_dims_text(int rank, const int64_t *dims, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "[");
    for (int i = 0; i < rank && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%lld", i == 0 ? "" : ", ", (long long)dims[i]);
    if (used < size)
        snprintf(out + used, size - used, "]");
    return out;
}

typedef struct placed { /* a tensor and where its bytes are said to be */
    heed_safetensor tensor;
    uint64_t begin, end;
} placed;

/* A JSON number as a size; 0 on failure. 2^53 is where a double stops holding every integer. */
static int to_size(const heed_json *value, uint64_t *out)
{
    if (value == NULL || value->type != HEED_JSON_NUMBER || value->number < 0 || value->number > 9007199254740992.0 ||
        value->number != floor(value->number))
        return 0;
    *out = (uint64_t)value->number;
    return 1;
}

static heed_status read_dtype(const heed_json *entry, const char *what, heed_dtype *out, heed_error *error)
{
    const heed_json *value = heed_json_get(entry, "dtype");
    if (value == NULL || value->type != HEED_JSON_STRING)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: tensor %.100s: dtype is missing or no string", what,
                         entry->key);
    for (int i = 0; i < HEED_DTYPES; i++)
        if (strcmp(dtypes[i].name, value->string) == 0) {
            *out = (heed_dtype)i;
            return HEED_OK;
        }
    return heed_fail(error, HEED_ERROR_FORMAT, "%s: tensor %.100s: dtype %.20s is not supported; F32, F64, I8, U8, I32 "
                     "and I64 are", what, entry->key, value->string);
}

static heed_status read_shape(const heed_json *entry, const char *what, heed_safetensor *tensor, size_t *bytes,
                              heed_error *error)
{
    const heed_json *shape = heed_json_get(entry, "shape");
    if (shape == NULL || shape->type != HEED_JSON_ARRAY || shape->count > HEED_SAFETENSOR_RANK_MAX)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: tensor %.100s: shape is missing, no array or has more than %d "
                         "axes", what, entry->key, HEED_SAFETENSOR_RANK_MAX);
    tensor->count = 1;
    for (const heed_json *axis = shape->first; axis != NULL; axis = axis->next) {
        uint64_t size;
        if (!to_size(axis, &size) || size > SIZE_MAX || !heed_mul_size(tensor->count, (size_t)size, &tensor->count))
            return heed_fail(error, HEED_ERROR_FORMAT, "%s: tensor %.100s: impossible size of axis %d", what,
                             entry->key, tensor->rank);
        tensor->dims[tensor->rank++] = (int64_t)size;
    }
    if (!heed_mul_size(tensor->count, dtypes[tensor->dtype].size, bytes))
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: tensor %.100s: impossible size", what, entry->key);
    return HEED_OK;
}

static heed_status read_entry(const heed_json *entry, const char *what, uint64_t data_size, placed *out,
                              heed_error *error)
{
    static const char *const allowed[] = {"dtype", "shape", "data_offsets", NULL};
    char dims[200];
    size_t bytes = 0;
    HEED_TRY(heed_json_only(entry, entry->key, allowed, error));
    out->tensor.name = entry->key;
    HEED_TRY(read_dtype(entry, what, &out->tensor.dtype, error));
    HEED_TRY(read_shape(entry, what, &out->tensor, &bytes, error));
    const heed_json *offsets = heed_json_get(entry, "data_offsets");
    if (offsets == NULL || offsets->type != HEED_JSON_ARRAY || offsets->count != 2 ||
        !to_size(offsets->first, &out->begin) || !to_size(offsets->first->next, &out->end))
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: tensor %.100s: data_offsets must be two sizes", what,
                         entry->key);
    if (out->begin > out->end || out->end > data_size)
        return heed_fail(error, HEED_ERROR_FORMAT,
                         "%s: tensor %.100s: bytes %llu to %llu lie outside the %llu that the "
                         "file has", what, entry->key, (unsigned long long)out->begin, (unsigned long long)out->end,
                         (unsigned long long)data_size);
    if (out->end - out->begin != bytes)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: tensor %.100s: %s %s needs %zu bytes but has %llu", what,
                         entry->key, dtypes[out->tensor.dtype].name,
                         heed_dims_text(out->tensor.rank, out->tensor.dims, dims, sizeof dims), bytes,
                         (unsigned long long)(out->end - out->begin));
    return HEED_OK;
}

static int compare_places(const void *a, const void *b)
{
    const placed *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return strcmp(x->tensor.name, y->tensor.name);
}

static heed_status check_metadata(const heed_json *metadata, const char *what, heed_error *error)
{
    if (metadata->type != HEED_JSON_OBJECT)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: __metadata__ is no object", what);
    for (const heed_json *value = metadata->first; value != NULL; value = value->next)
        if (value->type != HEED_JSON_STRING)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s: __metadata__.%.100s is no string", what, value->key);
    return HEED_OK;
}

/* Bytes of tensors must follow one another and fill the file: no overlap, no hole, no tail. */
static heed_status place_tensors(placed *list, uint64_t data_size, const char *what, heed_safetensors *out,
                                 heed_error *error)
{
    uint64_t at = 0;
    qsort(list, (size_t)out->count, sizeof *list, compare_places);
    for (int i = 0; i < out->count; i++) {
        if (list[i].begin < at)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s: tensor %.100s overlaps %.100s", what, list[i].tensor.name,
                             list[i - 1].tensor.name);
        if (list[i].begin > at)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s: a hole of %llu bytes before tensor %.100s", what,
                             (unsigned long long)(list[i].begin - at), list[i].tensor.name);
        at = list[i].end;
        out->list[i] = list[i].tensor;
        out->list[i].data.size = (size_t)(list[i].end - list[i].begin);
    }
    if (data_size != HEED_SIZE_UNKNOWN && at != data_size)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: %llu bytes after the last tensor", what,
                         (unsigned long long)(data_size - at));
    return HEED_OK;
}

static heed_status parse_header(heed_arena *arena, const char *text, size_t size, uint64_t data_size, const char *what,
                                heed_safetensors *out, heed_error *error)
{
    heed_error local = {0};
    const heed_json *json = heed_json_parse(arena, text, size, what, &local);
    if (json == NULL)
        return heed_fail(error, local.status, "header of %s", local.message);
    if (json->type != HEED_JSON_OBJECT)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: the header is no JSON object", what);
    placed *list = heed_arena_alloc_zero(arena, (size_t)json->count * sizeof *list);
    out->list = heed_arena_alloc_zero(arena, (size_t)json->count * sizeof *out->list);
    if (list == NULL || out->list == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d tensors", what, (int)json->count);
    for (const heed_json *entry = json->first; entry != NULL; entry = entry->next) {
        if (strcmp(entry->key, "__metadata__") == 0) {
            HEED_TRY(check_metadata(entry, what, error));
            out->metadata = entry;
            continue;
        }
        HEED_TRY(read_entry(entry, what, data_size, &list[out->count], error));
        out->count++;
    }
    return place_tensors(list, data_size, what, out, error);
}

heed_status heed_safetensors_parse_header(heed_arena *arena, const char *json, size_t size, uint64_t data_size,
                                          const char *what, heed_safetensors *out, heed_error *error)
{
    memset(out, 0, sizeof *out);
    heed_status status = parse_header(arena, json, size, data_size, what, out, error);
    if (status != HEED_OK)
        memset(out, 0, sizeof *out);
    return status;
}

heed_status heed_safetensors_parse(heed_arena *arena, const void *bytes, size_t size, const char *what,
                                   heed_safetensors *out, heed_error *error)
{
    heed_reader reader = {{bytes, size}, 0, 0};
    memset(out, 0, sizeof *out);
    uint64_t header_size = heed_read_u64(&reader);
    if (reader.failed)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: %zu bytes are too few for a safetensors file", what, size);
    heed_bytes header = heed_read_bytes(&reader, header_size);
    if (reader.failed)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: the header is said to have %llu bytes but the file has %zu; is "
                         "it cut, or no safetensors file?", what, (unsigned long long)header_size, size);
    HEED_TRY(heed_safetensors_parse_header(arena, (const char *)header.data, header.size, size - reader.at, what, out,
                                           error));
    for (int i = 0; i < out->count; i++)
        out->list[i].data = heed_read_bytes(&reader, out->list[i].data.size);
    return HEED_OK;
}

const heed_safetensor *heed_safetensors_find(const heed_safetensors *file, const char *name)
{
    for (int i = 0; i < file->count; i++)
        if (strcmp(file->list[i].name, name) == 0)
            return &file->list[i];
    return NULL;
}

const char *heed_safetensors_metadata(const heed_safetensors *file, const char *key)
{
    const heed_json *value = heed_json_get(file->metadata, key);
    return value == NULL ? NULL : value->string;
}

double heed_safetensor_real(const heed_safetensor *tensor, size_t i)
{
    float single;
    double wide;
    if (tensor->dtype == HEED_F64) {
        memcpy(&wide, tensor->data.data + i * sizeof wide, sizeof wide);
        return wide;
    }
    memcpy(&single, tensor->data.data + i * sizeof single, sizeof single);
    return single;
}
