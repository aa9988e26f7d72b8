#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/safetensors.h"

enum { HEADER_MULTIPLE = 64 };

static heed_status tensor_bytes(const heed_safetensor *tensor, size_t *out, heed_error *error)
{
    size_t bytes = heed_dtype_size(tensor->dtype);
    for (int i = 0; i < tensor->rank; i++)
        if (tensor->dims[i] < 0 || !heed_mul_size(bytes, (size_t)tensor->dims[i], &bytes))
            return heed_fail(error, HEED_ERROR_ARGUMENT, "tensor %.100s has an impossible size", tensor->name);
    *out = bytes;
    return HEED_OK;
}

static heed_status write_entries(const heed_safetensor *list, int count, heed_json_writer *writer, heed_error *error)
{
    size_t at = 0;
    for (int i = 0; i < count; i++) {
        size_t bytes = 0;
        HEED_TRY(tensor_bytes(&list[i], &bytes, error));
        heed_json_write_object(writer, list[i].name);
        heed_json_write_string(writer, "dtype", heed_dtype_name(list[i].dtype));
        heed_json_write_array(writer, "shape");
        for (int k = 0; k < list[i].rank; k++)
            heed_json_write_int(writer, NULL, list[i].dims[k]);
        heed_json_write_end_array(writer);
        heed_json_write_array(writer, "data_offsets");
        heed_json_write_int(writer, NULL, (int64_t)at);
        if (!heed_add_size(at, bytes, &at))
            return heed_fail(error, HEED_ERROR_ARGUMENT, "tensor %.100s has an impossible size", list[i].name);
        heed_json_write_int(writer, NULL, (int64_t)at);
        heed_json_write_end_array(writer);
        heed_json_write_end_object(writer);
    }
    return HEED_OK;
}

heed_status heed_safetensors_header(const heed_safetensor *list, int count, const heed_metadata *metadata,
                                    int metadata_count, heed_string_buffer *out, heed_error *error)
{
    heed_json_writer writer = {out, false};
    size_t start = out->length;
    heed_string_append(out, "\0\0\0\0\0\0\0\0", 8);
    heed_json_write_object(&writer, NULL);
    if (metadata_count > 0) {
        heed_json_write_object(&writer, "__metadata__");
        for (int i = 0; i < metadata_count; i++)
            heed_json_write_string(&writer, metadata[i].key, metadata[i].value);
        heed_json_write_end_object(&writer);
    }
    HEED_TRY(write_entries(list, count, &writer, error));
    heed_json_write_end_object(&writer);
    while (!out->failed && (out->length - start) % HEADER_MULTIPLE != 0)
        heed_string_append(out, " ", 1);
    if (out->failed)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the header of %d tensors", count);
    uint64_t size = out->length - start - 8;
    for (int i = 0; i < 8; i++)
        out->text[start + (size_t)i] = (char)(size >> 8 * i & 0xFF);
    return HEED_OK;
}

/* A file as parts: the header, then the data of every tensor. */
typedef struct file_parts {
    heed_string_buffer header;
    heed_bytes *list; /* [count] */
    int count;
} file_parts;

static void free_parts(file_parts *parts)
{
    heed_free(parts->list);
    heed_string_free(&parts->header);
}

/* On failure there is nothing to free. */
static heed_status make_parts(const heed_safetensor *list, int count, const heed_metadata *metadata, int metadata_count,
                              const char *what, file_parts *out, heed_error *error)
{
    heed_status status = HEED_OK;
    *out = (file_parts){.list = heed_alloc((size_t)count + 1, sizeof *out->list), .count = count + 1};
    if (out->list == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d tensors", what, count);
    status = heed_safetensors_header(list, count, metadata, metadata_count, &out->header, error);
    for (int i = 0; i < count && status == HEED_OK; i++) {
        out->list[i + 1].data = list[i].data.data;
        status = tensor_bytes(&list[i], &out->list[i + 1].size, error);
    }
    out->list[0] = (heed_bytes){(const unsigned char *)out->header.text, out->header.length};
    if (status != HEED_OK)
        free_parts(out);
    return status;
}

heed_status heed_safetensors_write(const char *path, const heed_safetensor *list, int count,
                                   const heed_metadata *metadata, int metadata_count, heed_error *error)
{
    file_parts parts;
    HEED_TRY(make_parts(list, count, metadata, metadata_count, path, &parts, error));
    heed_status status = heed_file_write(path, parts.list, parts.count, error);
    free_parts(&parts);
    return status;
}

heed_status heed_safetensors_encode(const heed_safetensor *list, int count, const heed_metadata *metadata,
                                    int metadata_count, const char *what, heed_string_buffer *out, heed_error *error)
{
    file_parts parts;
    HEED_TRY(make_parts(list, count, metadata, metadata_count, what, &parts, error));
    for (int i = 0; i < parts.count; i++)
        heed_string_append(out, (const char *)parts.list[i].data, parts.list[i].size);
    free_parts(&parts);
    return out->failed ? heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d tensors", what, count) : HEED_OK;
}
