/* IDX: an input is the file of images, then, from the first magic number of labels on, that of labels. */
#include <string.h>

#include "data/idx.h"
#include "fuzz_file.h"

static size_t find_labels(const uint8_t *data, size_t size)
{
    for (size_t at = 0; at + 4 <= size; at++)
        if (memcmp(data + at, "\0\0\x08\x01", 4) == 0)
            return at;
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t labels = find_labels(data, size);
    heed_idx idx;
    heed_error error = {0};
    fuzz_file("a-labels-idx1-ubyte", data + labels, size - labels);
    fuzz_file("a-images-idx3-ubyte", data, labels);
    const heed_status status = heed_idx_read(scratch("a"), &idx, &error);
    if (status != HEED_OK) {
        FUZZ_CHECK_REFUSED(status, error);
        FUZZ_CHECK(idx.image_file == NULL && idx.label_file == NULL && idx.count == 0);
        return 0;
    }
    fuzz_accepted++;
    const size_t pixels = (size_t)idx.count * (size_t)idx.height * (size_t)idx.width;
    FUZZ_CHECK(pixels == labels - 16 && (size_t)idx.count == size - labels - 8);
    FUZZ_CHECK(pixels == 0 || memcmp(idx.pixels, data + 16, pixels) == 0);
    for (int32_t i = 0; i < idx.count; i++)
        FUZZ_CHECK(idx.labels[i] <= 9);
    heed_idx_free(&idx);
    return 0;
}
