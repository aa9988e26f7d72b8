#include "heed/status.h"

const char *heed_status_name(heed_status status)
{
    switch (status) {
    case HEED_OK: return "ok";
    case HEED_ERROR_ARGUMENT: return "argument";
    case HEED_ERROR_SHAPE: return "shape";
    case HEED_ERROR_MEMORY: return "memory";
    case HEED_ERROR_IO: return "io";
    case HEED_ERROR_FORMAT: return "format";
    case HEED_ERROR_UNKNOWN: return "unknown";
    case HEED_ERROR_NUMERIC: return "numeric";
    case HEED_ERROR_CANCELLED: return "cancelled";
    case HEED_ERROR_EMPTY_INPUT: return "empty_input";
    case HEED_ERROR_LONG_INPUT: return "long_input";
    }
    return "unlisted";
}
