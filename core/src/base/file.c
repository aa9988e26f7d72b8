#define _POSIX_C_SOURCE 200809L
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"

enum { PATH_SIZE = 4096 };

static heed_status fail_errno(heed_error *error, const char *path, const char *what)
{
    int number = errno;
    return heed_fail(error, HEED_ERROR_IO, "%s: cannot %s: %s", path, what, strerror(number));
}

heed_status heed_file_read(const char *path, char **data, size_t *size, heed_error *error)
{
    *data = NULL;
    *size = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return fail_errno(error, path, "open");
    /* The size the system reports is a first guess: a pipe has none and a file may grow meanwhile. */
    struct stat facts;
    size_t capacity = 1 << 16;
    if (fstat(fileno(file), &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size >= 0 &&
        (uintmax_t)facts.st_size < PTRDIFF_MAX / 2)
        capacity = (size_t)facts.st_size + 2;
    char *text = heed_alloc(capacity, 1);
    size_t n = 0;
    while (text != NULL) {
        errno = 0;
        size_t got = fread(text + n, 1, capacity - 1 - n, file);
        n += got;
        if (got == 0)
            break;
        if (n == capacity - 1) {
            char *grown = capacity > PTRDIFF_MAX / 2 ? NULL : heed_realloc(text, n, capacity * 2, 1);
            if (grown == NULL) {
                heed_free(text);
                text = NULL;
                break;
            }
            text = grown;
            capacity *= 2;
        }
    }
    heed_status status = HEED_OK;
    if (text == NULL)
        status = heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory while reading", path);
    else if (ferror(file))
        status = fail_errno(error, path, "read");
    fclose(file);
    if (status != HEED_OK) {
        heed_free(text);
        return status;
    }
    text[n] = '\0';
    *data = text;
    *size = n;
    return HEED_OK;
}

heed_status heed_file_stream(const char *path,
                             heed_status (*take)(void *context, const void *bytes, size_t size, uint64_t total,
                                                 heed_error *error),
                             void *context, heed_error *error)
{
    enum { PIECE = 1 << 16 };
    const bool is_input = strcmp(path, "-") == 0;
    FILE *file = is_input ? stdin : fopen(path, "rb");
    if (file == NULL)
        return fail_errno(error, path, "open");
    setvbuf(file, NULL, _IONBF, 0); /* pieces are large already */
    struct stat facts;
    const bool sized = fstat(fileno(file), &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size >= 0;
    const uint64_t total = sized ? (uint64_t)facts.st_size : HEED_FILE_UNSIZED;
    unsigned char *piece = heed_alloc(PIECE, 1);
    heed_status status = HEED_OK;
    if (piece == NULL)
        status = heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory while reading", path);
    for (bool first = true; status == HEED_OK; first = false) {
        errno = 0;
        const size_t got = fread(piece, 1, PIECE, file);
        if (ferror(file))
            status = fail_errno(error, path, "read");
        else if (got > 0 || first)
            status = take(context, piece, got, total, error);
        if (got == 0)
            break;
    }
    if (!is_input)
        fclose(file);
    heed_free(piece);
    return status;
}

static int write_all(int descriptor, const unsigned char *data, size_t size)
{
    while (size > 0) {
        ssize_t written = write(descriptor, data, size);
        if (written < 0) {
            if (errno == EINTR)
                continue;
            return 0;
        }
        data += written;
        size -= (size_t)written;
    }
    return 1;
}

/* A rename is on disk when its folder is. Some file systems cannot flush a folder; the content itself is safe by
 * then. */
static void flush_folder_of(const char *path)
{
    char folder[PATH_SIZE];
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    if (n >= sizeof folder)
        return;
    memcpy(folder, path, n);
    folder[n] = '\0';
    int descriptor = open(n == 0 ? "." : folder, O_RDONLY);
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
}

heed_status heed_file_write(const char *path, const heed_bytes *parts, int part_count, heed_error *error)
{
    char temporary[PATH_SIZE];
    int n = snprintf(temporary, sizeof temporary, "%s.tmp", path);
    if (n < 0 || (size_t)n >= sizeof temporary)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "path is longer than %d bytes: %.200s", PATH_SIZE - 5, path);
    int descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (descriptor < 0)
        return fail_errno(error, temporary, "create");
    heed_status status = HEED_OK;
    for (int i = 0; i < part_count && status == HEED_OK; i++)
        if (!write_all(descriptor, parts[i].data, parts[i].size))
            status = fail_errno(error, temporary, "write");
    if (status == HEED_OK && fsync(descriptor) != 0)
        status = fail_errno(error, temporary, "flush to disk");
    if (close(descriptor) != 0 && status == HEED_OK)
        status = fail_errno(error, temporary, "close");
    if (status == HEED_OK && rename(temporary, path) != 0)
        status = fail_errno(error, path, "replace");
    if (status != HEED_OK) {
        unlink(temporary);
        return status;
    }
    flush_folder_of(path);
    return HEED_OK;
}

heed_status heed_file_append(const char *path, const char *text, size_t size, heed_error *error)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    if (descriptor < 0)
        return fail_errno(error, path, "open");
    heed_status status = HEED_OK;
    if (!write_all(descriptor, (const unsigned char *)text, size))
        status = fail_errno(error, path, "write");
    if (status == HEED_OK && fsync(descriptor) != 0)
        status = fail_errno(error, path, "flush to disk");
    if (close(descriptor) != 0 && status == HEED_OK)
        status = fail_errno(error, path, "close");
    return status;
}

heed_status heed_folder_create(const char *path, heed_error *error)
{
    char folder[PATH_SIZE];
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof folder)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "folder name of %zu bytes; 1 to %d are allowed", n, PATH_SIZE - 1);
    memcpy(folder, path, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (folder[i] != '/' && folder[i] != '\0')
            continue;
        char kept = folder[i];
        folder[i] = '\0';
        if (mkdir(folder, 0777) != 0) {
            int number = errno;
            struct stat facts;
            if (stat(folder, &facts) != 0 || !S_ISDIR(facts.st_mode)) {
                errno = number;
                return fail_errno(error, folder, "create the folder");
            }
        }
        folder[i] = kept;
    }
    return HEED_OK;
}

heed_status heed_path_join(char *out, size_t size, const char *folder, const char *name, heed_error *error)
{
    size_t n = strlen(folder);
    const char *slash = n > 0 && folder[n - 1] == '/' ? "" : "/";
    int written = snprintf(out, size, "%s%s%s", folder, slash, name);
    if (written < 0 || (size_t)written >= size)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "path does not fit into %zu bytes: %.150s/%.100s", size, folder,
                         name);
    return HEED_OK;
}
