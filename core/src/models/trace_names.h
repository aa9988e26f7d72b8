/* Names of traces, as a caller asks for them: a comma-separated list. */
#ifndef HEED_TRACE_NAMES_H
#define HEED_TRACE_NAMES_H

#include "models/arch.h"

/* Whether all of the list can be asked for: what the model keeps, "attention", its parameters; and, with ".gradient" at
 * the end, what it keeps and the parameters that it learns. */
heed_status heed_trace_check(const heed_model *model, const char *list, heed_error *error);
/* Whether `name` is in the list, where "attention" is short for the attention's weights. */
bool heed_trace_wanted(const char *list, const char *name);
/* Whether a name of the list (NULL: there is none) needs a backward pass: ".gradient", ".gradient_norm". */
bool heed_trace_wants_gradients(const char *list);

/* A backward pass of the architecture's loss of `batch` on a tape of its own, in inference; what it has of the gradients
 * in the list joins the trace of `to`, which gives attention_temperature and muted heads too. *loss (may be NULL) is its
 * value. Fails where a value that was named is not on the tape. */
heed_status heed_trace_gradients(const heed_model *model, const heed_batch *batch, const char *list, heed_tape *to,
                                 double *loss, heed_error *error);

/* "trace": [{"name", "shape", "values"}]: of what the list names, parameters first. `digits` as of heed_json_write_real. */
void heed_trace_write(const heed_model *model, const char *list, const heed_trace *trace, int digits,
                      heed_json_writer *writer);

#endif
