#define _POSIX_C_SOURCE 200809L
#include "data/find.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

/* Whether one of the names between slashes is "..". */
static int climbs(const char *path)
{
    for (const char *name = path; name != NULL;) {
        const char *slash = strchr(name, '/');
        size_t n = slash == NULL ? strlen(name) : (size_t)(slash - name);
        if (n == 2 && memcmp(name, "..", 2) == 0)
            return 1;
        name = slash == NULL ? NULL : slash + 1;
    }
    return 0;
}

heed_status heed_data_find(const char *folder, const char *path, char *out, size_t size, heed_error *error)
{
    if (path == NULL || *path == '\0')
        return heed_fail(error, HEED_ERROR_ARGUMENT, "the name of a data file is empty");
    if (*path == '/') {
        if (strlen(path) >= size)
            return heed_fail(error, HEED_ERROR_ARGUMENT, "path does not fit into %zu bytes: %.200s", size, path);
        memcpy(out, path, strlen(path) + 1);
    } else {
        if (climbs(path))
            return heed_fail(error, HEED_ERROR_ARGUMENT, "%.200s: a data file lies below the data folder, not above it",
                             path);
        if (folder == NULL || *folder == '\0')
            return heed_fail(error, HEED_ERROR_IO, "%.200s: no data folder is set; set HEED_DATA to the folder that "
                             "holds it", path);
        HEED_TRY(heed_path_join(out, size, folder, path, error));
    }
    if (access(out, R_OK) != 0)
        return heed_fail(error, HEED_ERROR_IO, "%.300s: no such data file; HEED_DATA names the data folder, and "
                         "./book data NAME fills it", out);
    return HEED_OK;
}
