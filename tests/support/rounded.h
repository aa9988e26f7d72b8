/* What int8 keeps of parameters: what a quantised file gives back. */
#ifndef HEED_TEST_ROUNDED_H
#define HEED_TEST_ROUNDED_H

#include <stdlib.h>

#include "tensor/params.h"

static inline void round_to_int8(heed_params *params) {
    for (int i = 0; i < params->count; i++) {
        const heed_param *param = &params->list[i];
        const size_t width = heed_param_width(param);
        int8_t *q = malloc(width);
        for (size_t r = 0; q != NULL && param->rank == 2 && r < heed_param_rows(param); r++) {
            heed_real *row = params->values + param->offset + r * width;
            const float scale = heed_quantise_row(width, row, q);
            for (size_t c = 0; c < width; c++)
                row[c] = (heed_real)((float)q[c] * scale);
        }
        free(q);
    }
}

#endif
