/* What a model says of numbers or a text at once: numbers, or how likely each label is. A model that writes token after
 * token is heed/generate.h's. */
#ifndef HEED_PREDICT_H
#define HEED_PREDICT_H

#include <stddef.h>

#include "heed/model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct heed_prediction {
    int rows, steps, channels;
    int labels;    /* channels are the probabilities of labels, label i is heed_model_target_token(model, first_label + i) */
    int first_label;
    float *values; /* [rows, steps, channels]; heed_prediction_free */
} heed_prediction;

/* Whether the outputs are numbers, and heed/generate.h has nothing to say. A model of labels can be asked either
 * way. */
int heed_model_gives_numbers(const heed_model *model);

/* Of values [rows, steps, channels], in the units of the data; a model says how many channels and steps it reads
 * (heed_model_describe). A row's outputs do not depend on the others, but for rounding. Fails when the model reads text
 * or writes tokens, when there are no rows or steps, and when a value is not finite. */
heed_status heed_predict(const heed_model *model, const float *values, int rows, int steps, int channels,
                         heed_prediction *out, heed_error *error);
/* Of one text; of a model that reads numbers, as "0.5 1; 0.25 0": steps parted by ";". */
heed_status heed_predict_text(const heed_model *model, const char *text, size_t size, heed_prediction *out,
                              heed_error *error);

typedef struct heed_predict_options { /* zero-initialise */
    const char *target; /* numbers as the input's, "1; 0.5", for the loss; NULL: none */
    const char *trace;  /* as in heed_generate_options; gradients are those of the loss, and need a target; NULL: none */
} heed_predict_options;

/* The same of a model that gives numbers, with what it computes on the way, as JSON: {"input", "values": [[of a step]],
 * with a target "loss": what training makes less, summed over the numbers as the model has them (standardised, where
 * its tokenizer says so), and with a trace "trace": [{"name", "shape", "values"}]}. `options` may be NULL. Free with
 * heed_text_free. */
heed_status heed_predict_json(const heed_model *model, const char *text, size_t size,
                              const heed_predict_options *options, char **json, heed_error *error);
void heed_prediction_free(heed_prediction *prediction); /* zeroes it */

#ifdef __cplusplus
}
#endif
#endif
