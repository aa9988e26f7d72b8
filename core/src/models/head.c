#include "models/head.h"

#include <math.h>
#include <string.h>

#include "base/error.h"

static const heed_loss losses[] = {
    {"cross_entropy", NULL, false},
    {"mse", heed_squared_error, false},
    {"mae", heed_absolute_error, false},
    {"binary_cross_entropy", heed_binary_cross_entropy, true},
};
enum { LOSSES = sizeof losses / sizeof *losses };

heed_status heed_head_read(heed_model *model, const heed_json *config, int target_vocabulary, bool every,
                           heed_error *error)
{
    const heed_value_shape *shape = &model->values_out;
    const bool numbers = shape->channels > 0;
    const char *name = losses[numbers].name;
    HEED_TRY(heed_json_string(config, "config", "loss", &name, error));
    heed_head *head = &model->head;
    for (int i = 0; i < LOSSES; i++)
        if (strcmp(losses[i].name, name) == 0 && (losses[i].of != NULL) == numbers)
            head->loss = &losses[i];
    if (head->loss == NULL)
        return heed_fail(error, HEED_ERROR_UNKNOWN, "config: loss \"%.60s\"; where the target is %s it is one of: %s", name,
                         numbers ? "numbers" : "text",
                         numbers ? "mse mae binary_cross_entropy" : "cross_entropy");
    head->every = every;
    if (every && !numbers)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "config: an output at every step is numbers; the target is text");
    head->size = every ? shape->channels : numbers ? shape->channels * shape->steps
                                                   : target_vocabulary - HEED_TOKEN_SPECIALS;
    if (head->size >= 1)
        return HEED_OK;
    return heed_fail(error, HEED_ERROR_FORMAT,
                     numbers ? "the targets have different numbers of steps; the model gives as many for every source"
                             : "the target's tokenizer has no label");
}

const char *heed_head_objection(const heed_model *model, const heed_example *example)
{
    const heed_head *head = &model->head;
    const int count = example->target_length * model->values_out.channels;
    for (int i = 0; head->loss && head->loss->binary && i < count; i++)
        if (example->answers[i] < 0 || example->answers[i] > 1)
            return "binary_cross_entropy needs targets from 0 to 1";
    if (head->every && example->target_length != example->source_length)
        return "an output at every step needs as many steps in the target as in the source";
    return NULL;
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

static heed_tensor *labels_loss(heed_tape *tape, heed_tensor *logits, const heed_batch *batch, double smoothing)
{
    logits = heed_tensor_reshape(tape, logits, 3, (int[]){batch->rows, 1, logits->dims[1]});
    int32_t *labels = heed_tape_alloc(tape, (size_t)batch->rows, sizeof *labels);
    for (int b = 0; labels && b < batch->rows; b++)
        labels[b] = batch->target_out[(size_t)b * batch->target_length] - HEED_TOKEN_SPECIALS;
    return labels ? heed_cross_entropy(tape, logits, labels, NULL, smoothing) : &tape->invalid;
}

/* The steps of x [B, T, C] that are there, without the padding: [1, n, C]. */
static heed_tensor *present(heed_tape *tape, heed_tensor *x, const int32_t *ids, int n)
{
    heed_tensor *table = heed_tensor_reshape(tape, x, 2, (int[]){x->dims[0] * x->dims[1], x->dims[2]});
    return heed_embedding(tape, table, ids, 1, n);
}

static heed_tensor *numbers_loss(const heed_model *model, heed_tape *tape, heed_tensor *x, const heed_batch *batch)
{
    const heed_head *head = &model->head;
    const int rows = batch->rows, length = batch->target_length, channels = model->values_out.channels;
    const int given = head->every ? x->dims[1] * channels : head->size;
    heed_tensor *targets = heed_tensor_view(tape, batch->answers, NULL, x->rank, x->dims);
    int32_t *ids = heed_tape_alloc(tape, (size_t)rows * (size_t)length, sizeof *ids);
    int n = 0;
    if (!ids)
        return &tape->invalid;
    for (int b = 0; b < rows; b++) {
        const int wanted = head->every ? batch->source_lengths[b] : length;
        if (batch->target_lengths[b] != wanted || length * channels != given)
            return heed_op_fail(tape, HEED_ERROR_SHAPE, "a target of %d steps; the model gives %d numbers of %d channels",
                                (int)batch->target_lengths[b], given, channels);
        for (int t = 0; t < wanted; t++)
            ids[n++] = b * length + t;
    }
    if (n < rows * length) {
        x = present(tape, x, ids, n);
        targets = present(tape, targets, ids, n);
    }
    return head->loss->of(tape, x, targets);
}

heed_tensor *heed_head_loss(const heed_model *model, heed_tape *tape, const heed_batch *batch, double smoothing)
{
    const heed_source source = heed_batch_source(batch);
    heed_tensor *x = model->arch->outputs(model, tape, &source);
    if (!heed_tensor_ok(x))
        return x;
    return model->head.loss->of ? numbers_loss(model, tape, x, batch) : labels_loss(tape, x, batch, smoothing);
}

heed_tensor *heed_head_predict(const heed_model *model, heed_tape *tape, const heed_source *source)
{
    const heed_loss *loss = model->head.loss;
    heed_tensor *x = model->arch->outputs(model, tape, source);
    if (!heed_tensor_ok(x))
        return x;
    if (!loss->of)
        return heed_masked_softmax(tape, heed_tensor_reshape(tape, x, 3, (int[]){source->rows, 1, x->dims[1]}), NULL);
    if (loss->binary)
        x = heed_sigmoid(tape, x);
    const int channels = model->values_out.channels;
    const int steps = model->head.every ? source->length : model->head.size / channels;
    return heed_tensor_reshape(tape, x, 3, (int[]){source->rows, steps, channels});
}

heed_status heed_head_start(const heed_model *model, heed_tape *tape, const heed_source *source, int beam,
                            heed_decoding *out, heed_error *error)
{
    const heed_tensor *logits = model->arch->outputs(model, tape, source);
    HEED_TRY(heed_tape_check(tape, error));
    const int rows = logits->dims[0] * beam, labels = logits->dims[1], vocabulary = labels + HEED_TOKEN_SPECIALS;
    *out = (heed_decoding){.rows = rows, .vocabulary = vocabulary, .source_length = source->length};
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

heed_status heed_head_step(const heed_model *model, heed_tape *tape, heed_decoding *decoding, const int32_t *previous,
                           heed_error *error)
{
    (void)model, (void)decoding, (void)previous;
    return heed_tape_check(tape, error);
}

void heed_head_reorder(const heed_model *model, heed_decoding *decoding, const int32_t *parents)
{
    (void)model, (void)decoding, (void)parents;
}
