/* The manifest of a benchmark's tensors: {"name", "config": {..}, "tensors": [{"name", "dtype", "shape", "offset"}]},
 * which says what lies where in one flat little-endian file. Everything in it is checked: no size is believed. */
#ifndef HEED_BENCH_MANIFEST_H
#define HEED_BENCH_MANIFEST_H

#include <stdbool.h>

#include "base/json.h"

enum { HEED_BENCH_RANK_MAX = 2 };

typedef struct heed_bench_entry {
    const char *name;
    bool integers;                  /* int32; otherwise float */
    int rank;
    int dims[HEED_BENCH_RANK_MAX];
    size_t offset, count;           /* bytes from the start of the file; elements of four bytes */
} heed_bench_entry;

typedef struct heed_bench_manifest {
    const heed_json *config;
    heed_bench_entry *entries;      /* by offset: each begins where the one before ends, the first at 0 */
    int count;
    size_t bytes;                   /* of the whole file */
} heed_bench_manifest;

/* Reads it into the arena. Fails, naming the tensor and the field, on anything that is not of that form, on a name that
 * occurs twice, on a tensor of more than 2^28 elements, and when the tensors do not fill the file in order. */
heed_status heed_bench_manifest_parse(heed_arena *arena, const char *text, size_t size, heed_bench_manifest *out,
                                      heed_error *error);
/* The tensor of this name, or NULL. */
const heed_bench_entry *heed_bench_manifest_find(const heed_bench_manifest *manifest, const char *name);

#endif
