/* The small models in tests/bench/data, written by `node bench/data.mjs tests/bench/data --tiny` and golden.py. */
#ifndef BENCH_FILES_H
#define BENCH_FILES_H

#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "heed/bench.h"
#include "test.h"

typedef struct bench_file {
    char *data; /* heed_free */
    size_t size;
} bench_file;

static inline bench_file read_bench_file(const char *name, const char *ending)
{
    char path[512];
    bench_file file = {0};
    heed_error error = {0};
    snprintf(path, sizeof path, HEED_SOURCE_DIR "/tests/bench/data/%s%s", name, ending);
    CHECK_OK(heed_file_read(path, &file.data, &file.size, &error), &error);
    return file;
}

#endif
