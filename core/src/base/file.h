/* Whole files. Writing is atomic: a temporary file beside the target is written, flushed to disk and renamed over
 * it, so a crash or a full disk leaves the old file whole. */
#ifndef HEED_BASE_FILE_H
#define HEED_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/reader.h"
#include "heed/status.h"

/* The content, NUL-terminated after its end, in memory for heed_free. Fails with the path and the system's reason. */
heed_status heed_file_read(const char *path, char **data, size_t *size, heed_error *error);
/* Gives the content to `take` piece by piece, at least once; `total` is the size of the file, HEED_FILE_UNSIZED for a
 * pipe. Stops at the first failure, which is returned. "-" is standard input. */
#define HEED_FILE_UNSIZED UINT64_MAX
heed_status heed_file_stream(const char *path,
                             heed_status (*take)(void *context, const void *bytes, size_t size, uint64_t total,
                                                 heed_error *error),
                             void *context, heed_error *error);
heed_status heed_file_write(const char *path, const heed_bytes *parts, int part_count, heed_error *error);
/* Adds a line to the end of a file and flushes it to disk. */
heed_status heed_file_append(const char *path, const char *text, size_t size, heed_error *error);
/* Creates a folder and its parents; an existing one is fine. */
heed_status heed_folder_create(const char *path, heed_error *error);
/* folder + "/" + name into out[size]; fails when it does not fit. */
heed_status heed_path_join(char *out, size_t size, const char *folder, const char *name, heed_error *error);

#endif
