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

heed_status heed_safetensors_write(const char *path, const heed_safetensor *list, int count,
                                   const heed_metadata *metadata, int metadata_count, heed_error *error)
{
    heed_string_buffer header = {0};
    heed_bytes *parts = heed_alloc((size_t)count + 1, sizeof *parts);
    heed_status status = HEED_OK;
    if (parts == NULL)
        status = heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d tensors", path, count);
    if (status == HEED_OK)
        status = heed_safetensors_header(list, count, metadata, metadata_count, &header, error);
    for (int i = 0; i < count && status == HEED_OK; i++) {
        parts[i + 1].data = list[i].data.data;
        status = tensor_bytes(&list[i], &parts[i + 1].size, error);
    }
    if (status == HEED_OK) {
        parts[0].data = (const unsigned char *)header.text;
        parts[0].size = header.length;
        status = heed_file_write(path, parts, count + 1, error);
    }
    heed_free(parts);
    heed_string_free(&header);
    return status;
}
