#define _POSIX_C_SOURCE 200809L
#include "base/spool.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static heed_status grow(heed_spool *spool, size_t more, heed_error *error)
{
    size_t needed, capacity = spool->capacity < 4096 ? 4096 : spool->capacity;
    const int fits = heed_add_size(spool->used, more, &needed);
    while (fits && capacity < needed && capacity <= SIZE_MAX / 2)
        capacity *= 2;
    char *larger = fits && capacity >= needed ? heed_realloc(spool->buffer, spool->used, capacity, 1) : NULL;
    if (larger == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for more than %zu bytes", spool->used);
    spool->buffer = larger;
    spool->capacity = capacity;
    return HEED_OK;
}

#ifdef __EMSCRIPTEN__

/* There are no files: everything is in memory. */
static heed_status open_file(heed_spool *spool, const char *folder, heed_error *error)
{
    (void)spool;
    return heed_fail(error, HEED_ERROR_IO, "%s: there are no files here", folder);
}

static heed_status flush(heed_spool *spool, heed_error *error)
{
    (void)spool;
    (void)error;
    return HEED_OK;
}

static heed_status map_file(heed_spool *spool, heed_error *error)
{
    return flush(spool, error);
}

static void close_file(heed_spool *spool)
{
    (void)spool;
}

#else
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static heed_status open_file(heed_spool *spool, const char *folder, heed_error *error)
{
    char path[4096];
    const int n = snprintf(path, sizeof path, "%s/heed-XXXXXX", folder);
    if (n < 0 || (size_t)n >= sizeof path)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "path is longer than %zu bytes: %.200s", sizeof path - 1, folder);
    spool->descriptor = mkstemp(path);
    if (spool->descriptor < 0)
        return heed_fail(error, HEED_ERROR_IO, "%s: cannot create a temporary file: %s", folder, strerror(errno));
    unlink(path);
    spool->in_file = true;
    return HEED_OK;
}

static heed_status flush(heed_spool *spool, heed_error *error)
{
    for (size_t at = 0; at < spool->used;) {
        const ssize_t n = write(spool->descriptor, spool->buffer + at, spool->used - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return heed_fail(error, HEED_ERROR_IO, "a temporary file of %zu bytes cannot be written: %s",
                             spool->written, strerror(errno));
        at += (size_t)n;
        spool->written += (size_t)n;
    }
    spool->used = 0;
    return HEED_OK;
}

static heed_status map_file(heed_spool *spool, heed_error *error)
{
    HEED_TRY(flush(spool, error));
    if (spool->map != NULL || spool->written == 0)
        return HEED_OK;
    void *map = mmap(NULL, spool->written, PROT_READ | PROT_WRITE, MAP_SHARED, spool->descriptor, 0);
    if (map == MAP_FAILED)
        return heed_fail(error, HEED_ERROR_MEMORY, "a temporary file of %zu bytes cannot be mapped: %s",
                         spool->written, strerror(errno));
    spool->map = map;
    return HEED_OK;
}

static void close_file(heed_spool *spool)
{
    if (spool->map != NULL)
        munmap(spool->map, spool->written);
    close(spool->descriptor);
}
#endif

heed_status heed_spool_open(heed_spool *spool, const char *folder, heed_error *error)
{
    memset(spool, 0, sizeof *spool);
    return folder == NULL ? HEED_OK : open_file(spool, folder, error);
}

heed_status heed_spool_append(heed_spool *spool, const void *bytes, size_t size, heed_error *error)
{
    enum { KEPT = 1 << 20 }; /* bytes that wait for the file */
    if (spool->in_file && spool->used > 0 && spool->used + size > KEPT)
        HEED_TRY(flush(spool, error));
    if (size > spool->capacity - spool->used)
        HEED_TRY(grow(spool, size, error));
    if (size > 0)
        memcpy(spool->buffer + spool->used, bytes, size);
    spool->used += size;
    return HEED_OK;
}

heed_status heed_spool_view(heed_spool *spool, void **block, size_t *size, heed_error *error)
{
    if (spool->in_file)
        HEED_TRY(map_file(spool, error));
    *block = spool->in_file ? spool->map : spool->buffer;
    if (size != NULL)
        *size = spool->in_file ? spool->written : spool->used;
    return HEED_OK;
}

void heed_spool_close(heed_spool *spool)
{
    if (spool->in_file)
        close_file(spool);
    heed_free(spool->buffer);
    memset(spool, 0, sizeof *spool);
}
