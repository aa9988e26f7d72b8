#include "models/labels.h"

#include <math.h>
#include <string.h>

#include "base/error.h"

heed_status heed_labels_count(int target_vocabulary, int *labels, heed_error *error)
{
    *labels = target_vocabulary - HEED_TOKEN_SPECIALS;
    return *labels >= 1 ? HEED_OK : heed_fail(error, HEED_ERROR_FORMAT, "the target's tokenizer has no label");
}

/* A product with weights 1 / length. */
heed_tensor *heed_mean_over_time(heed_tape *tape, heed_tensor *y, const int32_t *lengths)
{
    if (!heed_tensor_ok(y))
        return y;
    const int rows = y->dims[0], length = y->dims[1];
    heed_tensor *weights = heed_tensor_new(tape, false, 3, (int[]){rows, 1, length});
    for (int b = 0; heed_tensor_ok(weights) && b < rows; b++)
        for (int t = 0; t < lengths[b]; t++)
            weights->data[(size_t)b * length + t] = (heed_real)1 / (heed_real)lengths[b];
    heed_tensor *mean = heed_batch_matmul(tape, weights, y, false);
    return heed_tensor_reshape(tape, mean, 2, (int[]){rows, y->dims[2]});
}

heed_tensor *heed_labels_loss(heed_tape *tape, heed_tensor *logits, const heed_batch *batch, double smoothing)
{
    if (!heed_tensor_ok(logits))
        return logits;
    logits = heed_tensor_reshape(tape, logits, 3, (int[]){batch->rows, 1, logits->dims[1]});
    int32_t *labels = heed_tape_alloc(tape, (size_t)batch->rows, sizeof *labels);
    for (int b = 0; labels && b < batch->rows; b++)
        labels[b] = batch->target_out[(size_t)b * batch->target_length] - HEED_TOKEN_SPECIALS;
    return labels ? heed_cross_entropy(tape, logits, labels, NULL, smoothing) : &tape->invalid;
}

heed_status heed_labels_start(heed_tape *tape, heed_tensor *logits, int beam, int source_length, heed_decoding *out,
                              heed_error *error)
{
    HEED_TRY(heed_tape_check(tape, error));
    const int rows = logits->dims[0] * beam, labels = logits->dims[1], vocabulary = labels + HEED_TOKEN_SPECIALS;
    *out = (heed_decoding){.rows = rows, .vocabulary = vocabulary, .source_length = source_length};
    out->logits = heed_tape_alloc(tape, (size_t)rows * vocabulary, sizeof *out->logits);
    HEED_TRY(heed_tape_check(tape, error));
    for (int row = 0; row < rows; row++) {
        heed_real *to = out->logits + (size_t)row * vocabulary;
        for (int i = 0; i < HEED_TOKEN_SPECIALS; i++)
            to[i] = -INFINITY;
        memcpy(to + HEED_TOKEN_SPECIALS, logits->data + (size_t)(row / beam) * labels, (size_t)labels * sizeof *to);
    }
    return HEED_OK;
}

heed_status heed_labels_step(const heed_model *model, heed_tape *tape, heed_decoding *decoding, const int32_t *previous,
                             heed_error *error)
{
    (void)model, (void)decoding, (void)previous;
    return heed_tape_check(tape, error);
}

void heed_labels_reorder(const heed_model *model, heed_decoding *decoding, const int32_t *parents)
{
    (void)model, (void)decoding, (void)parents;
}
