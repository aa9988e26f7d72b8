/* What architectures share whose target is one label: a token of the target's tokenizer that is not special. */
#ifndef HEED_LABELS_H
#define HEED_LABELS_H

#include "models/arch.h"
#include "ops/ops.h"

/* *labels: the target's tokens but the specials; none is an error. */
heed_status heed_labels_count(int target_vocabulary, int *labels, heed_error *error);
/* The mean of y [B, T, D] over each row's steps, [B, D]. */
heed_tensor *heed_mean_over_time(heed_tape *tape, heed_tensor *y, const int32_t *lengths);
/* The summed cross-entropy of logits [B, labels]; each row's first target is its label. */
heed_tensor *heed_labels_loss(heed_tape *tape, heed_tensor *logits, const heed_batch *batch, double smoothing);
/* Decoding: logits [B, labels] are all there is to compute, and the only step hands them out, `beam` rows of each. */
heed_status heed_labels_start(heed_tape *tape, heed_tensor *logits, int beam, int source_length, heed_decoding *out,
                              heed_error *error);
heed_status heed_labels_step(const heed_model *model, heed_tape *tape, heed_decoding *decoding, const int32_t *previous,
                             heed_error *error);
void heed_labels_reorder(const heed_model *model, heed_decoding *decoding, const int32_t *parents);

#endif
