/* safetensors (https://huggingface.co/docs/safetensors): 8 bytes header length, a JSON header, the tensors' bytes. */
#ifndef HEED_IO_SAFETENSORS_H
#define HEED_IO_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/reader.h"
#include "heed/status.h"

typedef enum heed_dtype { HEED_F32, HEED_F64, HEED_I8, HEED_U8, HEED_I32, HEED_I64, HEED_DTYPES } heed_dtype;

enum { HEED_SAFETENSOR_RANK_MAX = 8, HEED_SAFETENSORS_LENGTH = 8 }; /* bytes of the length of the header */
#define HEED_SIZE_UNKNOWN UINT64_MAX

typedef struct heed_safetensor {
    const char *name;
    heed_dtype dtype;
    int rank;
    int64_t dims[HEED_SAFETENSOR_RANK_MAX]; /* outermost axis first */
    size_t count;                           /* elements */
    heed_bytes data;                        /* little-endian; at any alignment: copy it out */
} heed_safetensor;

typedef struct heed_safetensors {
    heed_safetensor *list; /* in the order of their bytes */
    int count;
    const heed_json *metadata; /* object of strings, or NULL */
} heed_safetensors;

/* Reads a whole file in memory; `data` of each tensor is a view of `bytes`, everything else is in the arena. Fails
 * on a header that is cut, too long or not JSON, and, naming the tensor, on an unknown dtype, a shape whose size is
 * not that of the bytes, and offsets that lie outside, overlap or leave a hole. */
heed_status heed_safetensors_parse(heed_arena *arena, const void *bytes, size_t size, const char *what,
                                   heed_safetensors *out, heed_error *error);
/* The JSON header by itself, of a file that comes in pieces: `data` of each tensor has its size but no bytes. The
 * tensors are to follow one another without a hole and, unless it is HEED_SIZE_UNKNOWN, fill data_size bytes. */
heed_status heed_safetensors_parse_header(heed_arena *arena, const char *json, size_t size, uint64_t data_size,
                                          const char *what, heed_safetensors *out, heed_error *error);
const heed_safetensor *heed_safetensors_find(const heed_safetensors *file, const char *name);
/* A member of the metadata; NULL when there is none. */
const char *heed_safetensors_metadata(const heed_safetensors *file, const char *key);

/* Element i of an F32 or F64 tensor. */
double heed_safetensor_real(const heed_safetensor *tensor, size_t i);

typedef struct heed_metadata {
    const char *key, *value;
} heed_metadata;

/* The header of a file that holds the tensors in the order given, its length included, padded to a multiple of 64
 * bytes. `count` and `data.size` follow from the shape and are not read. */
heed_status heed_safetensors_header(const heed_safetensor *list, int count, const heed_metadata *metadata,
                                    int metadata_count, heed_string_buffer *out, heed_error *error);
/* Writes a file atomically; `data.data` of each tensor holds its elements. */
heed_status heed_safetensors_write(const char *path, const heed_safetensor *list, int count,
                                   const heed_metadata *metadata, int metadata_count, heed_error *error);
/* Appends the file's bytes to `out`; `what` names it in messages. */
heed_status heed_safetensors_encode(const heed_safetensor *list, int count, const heed_metadata *metadata,
                                    int metadata_count, const char *what, heed_string_buffer *out, heed_error *error);

size_t heed_dtype_size(heed_dtype dtype);       /* bytes of an element */
const char *heed_dtype_name(heed_dtype dtype);  /* "F32" ... */
/* "[3, 4]" into out[size]; returns it. */
const char *heed_dims_text(int rank, const int64_t *dims, char *out, size_t size);

#endif
