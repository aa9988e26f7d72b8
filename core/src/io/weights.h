/* The parameters of a model as a safetensors file. A parameter is F32 of the declared shape or, when it has two axes,
 * I8 [rows, columns] with "<name>.scale" F32 [rows]: w = q * scale. */
#ifndef HEED_IO_WEIGHTS_H
#define HEED_IO_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/string_buffer.h"
#include "heed/status.h"
#include "tensor/params.h"

/* Reads a file that comes in pieces, tensor after tensor straight to where it will be used; beside the parameters there
 * is never more than the header and one row. Values go to the flat block where there is one. Else a store is made:
 * matrices as int8 panels when they are I8 and `int8` is wanted, as f32 panels otherwise. A call fails, naming the
 * tensor, when one is missing, is not declared, has another shape or dtype, or holds a NaN or an infinity; all later
 * calls then fail in the same way. */
typedef struct heed_weights_reader heed_weights_reader;

/* `total` is the size of the file, HEED_SIZE_UNKNOWN when nobody knows: a header that asks for more is then found out
 * only at the end of the file. */
heed_status heed_weights_reader_create(heed_params *params, bool int8, uint64_t total, heed_weights_reader **out,
                                       heed_error *error);
heed_status heed_weights_reader_feed(heed_weights_reader *reader, const void *bytes, size_t size, heed_error *error);
/* Nothing more will come: fails when something is missing. */
heed_status heed_weights_reader_end(heed_weights_reader *reader, heed_error *error);
void heed_weights_reader_free(heed_weights_reader *reader); /* NULL is allowed */

/* The same for a file in memory. */
heed_status heed_weights_read(heed_params *params, const void *bytes, size_t size, heed_error *error);

/* Writes every parameter, atomically. `int8`: those with two axes become int8 by row (heed_quantise_row). Refuses a NaN
 * or an infinity. */
heed_status heed_weights_write(const heed_params *params, const char *path, bool int8, heed_error *error);
/* The same bytes, appended to `out`. */
heed_status heed_weights_encode(const heed_params *params, bool int8, heed_string_buffer *out, heed_error *error);

#endif
