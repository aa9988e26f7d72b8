/* Filling a heed_error. */
#ifndef HEED_BASE_ERROR_H
#define HEED_BASE_ERROR_H

#include "heed/status.h"

#if defined(__GNUC__)
#define HEED_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define HEED_PRINTF(text, first)
#endif

/* Records the failure in `error` unless it already holds one, and returns `status`. `error` may be NULL.
 * Use: return heed_fail(error, HEED_ERROR_SHAPE, "matmul: inner sizes differ: [%d, %d] x [%d, %d]", ...); */
heed_status heed_fail(heed_error *error, heed_status status, const char *format, ...) HEED_PRINTF(3, 4);

/* Returns the status of `call` from the enclosing function when it is not HEED_OK. */
#define HEED_TRY(call)                       \
    do {                                     \
        heed_status heed_try_ = (call);      \
        if (heed_try_ != HEED_OK)            \
            return heed_try_;                \
    } while (0)

#endif
