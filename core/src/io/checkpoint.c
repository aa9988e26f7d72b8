#include "io/checkpoint.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "io/safetensors.h"

static const heed_dtype real_dtype = sizeof(heed_real) == sizeof(double) ? HEED_F64 : HEED_F32;

static heed_status check_finite(const char *path, const heed_checkpoint_block *block, const heed_safetensor *tensor,
                                heed_error *error)
{
    for (size_t i = 0; i < block->count; i++)
        if (!isfinite(tensor == NULL ? (double)block->values[i] : heed_safetensor_real(tensor, i)))
            return heed_fail(error, HEED_ERROR_NUMERIC, "%s: block %s holds a NaN or an infinity at element %zu", path,
                             block->name, i);
    return HEED_OK;
}

/* Of names, sizes, numbers and state: a bit that a disk has turned over is a number like any other otherwise. */
static void write_checksum(const heed_safetensor *list, int count, const char *state, char out[17])
{
    uint64_t sum = HEED_HASH_START;
    for (int i = 0; i < count; i++) {
        const size_t elements = (size_t)list[i].dims[0];
        sum = heed_hash(sum, list[i].name, strlen(list[i].name) + 1);
        sum = heed_hash(sum, list[i].data.data, elements * heed_dtype_size(list[i].dtype));
    }
    snprintf(out, 17, "%016" PRIx64, heed_hash(sum, state, strlen(state)));
}

heed_status heed_checkpoint_write(const char *path, const heed_checkpoint_block *blocks, int count, const char *state,
                                  heed_error *error)
{
    char checksum[17];
    heed_metadata metadata[] = {{"format", "heed checkpoint"}, {"checksum", checksum}, {"state", state}};
    for (int i = 0; i < count; i++)
        HEED_TRY(check_finite(path, &blocks[i], NULL, error));
    heed_safetensor *list = heed_alloc((size_t)count, sizeof *list);
    if (list == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d blocks", path, count);
    for (int i = 0; i < count; i++) {
        list[i].name = blocks[i].name;
        list[i].dtype = real_dtype;
        list[i].rank = 1;
        list[i].dims[0] = (int64_t)blocks[i].count;
        list[i].data.data = (const unsigned char *)blocks[i].values;
    }
    write_checksum(list, count, state, checksum);
    heed_status status = heed_safetensors_write(path, list, count, metadata, 3, error);
    heed_free(list);
    return status;
}

static heed_status check_block(const char *path, const heed_safetensors *file, const heed_checkpoint_block *block,
                               heed_error *error)
{
    const heed_safetensor *tensor = heed_safetensors_find(file, block->name);
    if (tensor == NULL)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: block %s is missing", path, block->name);
    if (tensor->dtype != real_dtype || tensor->rank != 1 || tensor->count != block->count) {
        char dims[200];
        return heed_fail(error, HEED_ERROR_SHAPE, "%s: block %s is %s %s; %s [%zu] is needed: another model or build "
                         "made this checkpoint", path, block->name, heed_dtype_name(tensor->dtype),
                         heed_dims_text(tensor->rank, tensor->dims, dims, sizeof dims), heed_dtype_name(real_dtype),
                         block->count);
    }
    return check_finite(path, block, tensor, error);
}

static heed_status read_state(const char *path, const heed_safetensors *file, heed_arena *arena,
                              const heed_json **state, heed_error *error)
{
    const char *text = heed_safetensors_metadata(file, "state");
    const char *format = heed_safetensors_metadata(file, "format");
    if (text == NULL || format == NULL || strcmp(format, "heed checkpoint") != 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: no checkpoint: the metadata has no state", path);
    const char *checksum = heed_safetensors_metadata(file, "checksum");
    char found[17];
    write_checksum(file->list, file->count, text, found);
    if (checksum == NULL)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: an older version wrote it, without a checksum: train from the "
                         "start", path);
    if (strcmp(checksum, found) != 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: it is damaged: its checksum is %s, it should be %.20s", path,
                         found, checksum);
    heed_error local = {0};
    *state = heed_json_parse(arena, text, strlen(text), path, &local);
    if (*state == NULL)
        return heed_fail(error, local.status, "state of %s", local.message);
    return HEED_OK;
}

static heed_status read_all(const char *path, heed_bytes bytes, const heed_checkpoint_block *blocks, int count,
                            heed_arena *arena, const heed_json **state, heed_error *error)
{
    heed_safetensors file;
    HEED_TRY(heed_safetensors_parse(arena, bytes.data, bytes.size, path, &file, error));
    for (int i = 0; i < count; i++)
        HEED_TRY(check_block(path, &file, &blocks[i], error));
    if (file.count != count)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: %d blocks; %d are needed", path, file.count, count);
    HEED_TRY(read_state(path, &file, arena, state, error));
    for (int i = 0; i < count; i++)
        if (blocks[i].count > 0)
            memcpy(blocks[i].values, heed_safetensors_find(&file, blocks[i].name)->data.data,
                   blocks[i].count * sizeof *blocks[i].values);
    return HEED_OK;
}

heed_status heed_checkpoint_read(const char *path, const heed_checkpoint_block *blocks, int count, heed_arena *arena,
                                 const heed_json **state, heed_error *error)
{
    char *text = NULL;
    size_t size = 0;
    *state = NULL;
    HEED_TRY(heed_file_read(path, &text, &size, error));
    heed_bytes bytes = {(const unsigned char *)text, size};
    heed_status status = read_all(path, bytes, blocks, count, arena, state, error);
    heed_free(text);
    return status;
}
