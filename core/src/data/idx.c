#include "data/idx.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

enum { AXES_MAX = 3 };

static uint32_t big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Reads a file of bytes with so many axes; where its data begin in *data. */
static heed_status read_file(const char *path, int axes, char **file, uint32_t sizes[AXES_MAX], const uint8_t **data,
                             heed_error *error)
{
    size_t size = 0, count = 1;
    HEED_TRY(heed_file_read(path, file, &size, error));
    const unsigned char *bytes = (const unsigned char *)*file;
    const size_t header = 4 + 4 * (size_t)axes;
    if (size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s is compressed; gunzip it first", path);
    if (size < header || big_endian(bytes) != 0x800 + (uint32_t)axes)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s is no IDX file of %d-dimensional bytes", path, axes);
    for (int i = 0; i < axes; i++) {
        sizes[i] = big_endian(bytes + 4 + 4 * i);
        if (!heed_mul_size(count, sizes[i], &count))
            count = SIZE_MAX;
    }
    if (count != size - header)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s has %zu bytes behind its header, which promises %zu", path,
                         size - header, count);
    *data = bytes + header;
    return HEED_OK;
}

static heed_status read_both(const char *prefix, heed_idx *out, heed_error *error)
{
    char path[4096];
    uint32_t images[AXES_MAX] = {0}, labels[AXES_MAX] = {0};
    if ((size_t)snprintf(path, sizeof path, "%s-images-idx3-ubyte", prefix) >= sizeof path)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "the path of the images is too long");
    HEED_TRY(read_file(path, 3, &out->image_file, images, &out->pixels, error));
    if (images[0] > INT32_MAX || images[1] < 1 || images[1] > HEED_IDX_SIDE || images[2] < 1 || images[2] > HEED_IDX_SIDE)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s has %u images of %u x %u; a side has 1 to %d pixels", path,
                         (unsigned)images[0], (unsigned)images[1], (unsigned)images[2], HEED_IDX_SIDE);
    snprintf(path, sizeof path, "%s-labels-idx1-ubyte", prefix);
    HEED_TRY(read_file(path, 1, &out->label_file, labels, &out->labels, error));
    if (labels[0] != images[0])
        return heed_fail(error, HEED_ERROR_FORMAT, "%s has %u labels, and there are %u images", path, (unsigned)labels[0],
                         (unsigned)images[0]);
    out->count = (int32_t)images[0];
    out->height = (int)images[1];
    out->width = (int)images[2];
    for (int32_t i = 0; i < out->count; i++)
        if (out->labels[i] > 9)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s: label %d is %d; it must be a digit", path, (int)i + 1,
                             out->labels[i]);
    return HEED_OK;
}

heed_status heed_idx_read(const char *prefix, heed_idx *out, heed_error *error)
{
    *out = (heed_idx){0};
    heed_status status = read_both(prefix, out, error);
    if (status != HEED_OK)
        heed_idx_free(out);
    return status;
}

void heed_idx_free(heed_idx *idx)
{
    heed_free(idx->image_file);
    heed_free(idx->label_file);
    *idx = (heed_idx){0};
}
