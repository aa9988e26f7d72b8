/* Inputs for what reads a path only: files in a folder of this process, gone when it ends. */
#ifndef HEED_FUZZ_FILE_H
#define HEED_FUZZ_FILE_H

#include "../unit/scratch.h"
#include "fuzz.h"

/* The path; valid for the next three calls. */
static inline const char *fuzz_file(const char *name, const uint8_t *data, size_t size)
{
    if (scratch_folder[0] == '\0') {
        FUZZ_CHECK(scratch_open());
        atexit(scratch_close);
    }
    const char *path = scratch(name);
    FILE *file = fopen(path, "wb");
    FUZZ_CHECK(file != NULL);
    const size_t written = fwrite(data, 1, size, file);
    FUZZ_CHECK(fclose(file) == 0 && written == size);
    return path;
}

#endif
