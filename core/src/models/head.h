/* The end of architectures that give all they have to say at once: a label, which is a token of the target's tokenizer
 * that is not special, or numbers. What they are learnt by is named in the config, "loss":
 *
 *   cross_entropy         labels; outputs are logits
 *   mse, mae              numbers: the mean squared and the mean absolute error
 *   binary_cross_entropy  numbers from 0 to 1; outputs are logits, and the model's numbers are sigmoid(outputs)
 *
 * An architecture gives `outputs`; loss and decoding of heed_arch are those below. */
#ifndef HEED_HEAD_H
#define HEED_HEAD_H

#include "models/arch.h"
#include "ops/ops.h"

typedef struct heed_loss {
    const char *name;
    /* The summed loss of outputs and targets of one shape; NULL: targets are labels. */
    heed_tensor *(*of)(heed_tape *tape, heed_tensor *x, heed_tensor *targets);
    bool binary; /* targets are from 0 to 1, outputs logits */
} heed_loss;

/* Reads "loss" of the config, whose default is cross_entropy for labels and mse for numbers, and sets model->head. With
 * `every` there is an output at every step of the source, which only numbers can be. Refuses a loss that is not for
 * such targets, and numbers whose count differs from example to example. */
heed_status heed_head_read(heed_model *model, const heed_json *config, int target_vocabulary, bool every,
                           heed_error *error);
/* What a loss cannot be learnt from: a number outside 0..1 for binary_cross_entropy; with an output at every step, as
 * many answers as steps are not there. NULL: it can; else why not. */
const char *heed_head_objection(const heed_model *model, const heed_example *example);

/* The mean of y [B, T, D] over each row's steps, [B, D]. */
heed_tensor *heed_mean_over_time(heed_tape *tape, heed_tensor *y, const int32_t *lengths);

/* heed_arch.loss: summed over the rows' labels or numbers. */
heed_tensor *heed_head_loss(const heed_model *model, heed_tape *tape, const heed_batch *batch, double smoothing);
/* What the model says of each source: numbers [B, steps, channels], as the target's tokenizer reads them; or the
 * probabilities of labels [B, 1, labels]. */
heed_tensor *heed_head_predict(const heed_model *model, heed_tape *tape, const heed_source *source);
/* heed_arch.start, .step and .reorder, of labels: the only step hands the logits out, `beam` rows of each. */
heed_status heed_head_start(const heed_model *model, heed_tape *tape, const heed_source *source, int beam,
                            heed_decoding *out, heed_error *error);
heed_status heed_head_step(const heed_model *model, heed_tape *tape, heed_decoding *decoding, const int32_t *previous,
                           heed_error *error);
void heed_head_reorder(const heed_model *model, heed_decoding *decoding, const int32_t *parents);

#endif
