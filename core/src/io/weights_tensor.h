/* What reading and writing of weights share: how a parameter appears in the file. */
#ifndef HEED_IO_WEIGHTS_TENSOR_H
#define HEED_IO_WEIGHTS_TENSOR_H

#include <math.h>
#include <stdio.h>

#include "base/error.h"
#include "tensor/params.h"

enum { HEED_WEIGHTS_NAME = 128 };

/* The name of the scales of a matrix in int8. */
static inline void heed_weights_scale_name(const heed_param *param, char out[HEED_WEIGHTS_NAME])
{
    snprintf(out, HEED_WEIGHTS_NAME, "%s.scale", param->name);
}

static inline void heed_weights_dims(const heed_param *param, int64_t *dims)
{
    for (int i = 0; i < param->rank; i++)
        dims[i] = param->dims[i];
}

static inline heed_status heed_weights_check_finite(double value, const char *name, size_t i, heed_error *error)
{
    if (isfinite(value))
        return HEED_OK;
    return heed_fail(error, HEED_ERROR_NUMERIC, "weights: %s holds %s at element %zu", name,
                     isnan(value) ? "a NaN" : "an infinity", i);
}

#endif
