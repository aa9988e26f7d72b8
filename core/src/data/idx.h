/* Images with labels in LeCun's IDX format, as MNIST has them: of both files a header of big-endian numbers, then
 * bytes. */
#ifndef HEED_DATA_IDX_H
#define HEED_DATA_IDX_H

#include <stdint.h>

#include "heed/status.h"

enum { HEED_IDX_SIDE = 256 /* pixels of a side, at most */ };

typedef struct heed_idx { /* zero-initialise; heed_idx_free at the end */
    char *image_file, *label_file;
    const uint8_t *pixels; /* [count, height, width] 0 to 255 */
    const uint8_t *labels; /* [count] 0 to 9 */
    int32_t count;
    int height, width;
} heed_idx;

/* Reads "<prefix>-images-idx3-ubyte" and "<prefix>-labels-idx1-ubyte". A file of another kind or size, one that is
 * still compressed, files that do not belong together and labels above 9 are refused. */
heed_status heed_idx_read(const char *prefix, heed_idx *out, heed_error *error);
void heed_idx_free(heed_idx *idx);

#endif
