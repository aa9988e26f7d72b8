#ifndef HEED_DATA_FIND_H
#define HEED_DATA_FIND_H

#include <stddef.h>

#include "heed/status.h"

/* The file that `path` of a recipe means: itself when absolute, otherwise below `folder` (what HEED_DATA names; the
 * caller reads the environment). Fails when the path is empty or climbs out by "..", when it is relative and
 * `folder` is NULL or empty, when it does not fit in out[size], and when there is no such file, saying how to get
 * it. */
heed_status heed_data_find(const char *folder, const char *path, char *out, size_t size, heed_error *error);

#endif
