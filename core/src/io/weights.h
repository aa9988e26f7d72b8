/* The parameters of a model as a safetensors file. */
#ifndef HEED_IO_WEIGHTS_H
#define HEED_IO_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/string_buffer.h"
#include "heed/status.h"
#include "tensor/params.h"

/* Fills params->values (allocated) from a file in memory. A parameter is F32 of the declared shape or, when it has
 * two axes, I8 [rows, columns] with "<name>.scale" F32 [rows]: w = q * scale. Fails, naming the tensor, when one is
 * missing, is not declared, has another shape or dtype, or holds a NaN or an infinity; values are then undefined. */
heed_status heed_weights_read(heed_params *params, const void *bytes, size_t size, heed_error *error);

/* Writes every parameter, atomically. `int8`: those with two axes become int8 by row, symmetric: scale =
 * max|row| / 127, q = round(w / scale). Refuses a NaN or an infinity. */
heed_status heed_weights_write(const heed_params *params, const char *path, bool int8, heed_error *error);
/* The same bytes, appended to `out`. */
heed_status heed_weights_encode(const heed_params *params, bool int8, heed_string_buffer *out, heed_error *error);
/* Replaces the values by what int8 keeps of them, in place: what a quantised file would give back. */
void heed_weights_round(heed_params *params);

#endif
