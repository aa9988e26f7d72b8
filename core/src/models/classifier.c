/* A recurrent network that reads a text and names its class (Elman 1990; mean pooling as in Collobert 2011's sentence
 * models):
 *
 *   y      = RNN(embed(text))           [B, T, D]  D = hidden x directions
 *   s      = the last state of the top layer, or ("pooling": "mean") the mean of y over the text   [B, D]
 *   logits = Wo s + b                   [B, labels]
 *
 * With "truncate": k, training goes back over at most k steps: gradients stop at every k-th.
 *
 * The labels are the target's tokens but the specials; a target is one of them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "models/recurrent_traces.h"

typedef struct network {
    int embedding; /* parameter id */
    heed_recurrent_layer encoder;
    heed_linear_layer output;
    bool mean;
    double dropout;
    int labels;
} network;

static heed_status configure(heed_model *model, const heed_json *config, int source_vocabulary, int target_vocabulary,
                             heed_error *error)
{
    static const char where[] = "config";
    static const char *const fields[] = {"model_type", "embedding", "hidden",  "layers", "bidirectional",
                                         "cell",       "pooling",   "dropout", "truncate", NULL};
    static const char *const more[] = {"encoder.h", "logits", NULL};
    int64_t embedding = 64, hidden = 128, layers = 1, truncate = 0;
    double dropout = 0;
    bool bidirectional = false;
    const char *cell_name = "lstm", *pooling = "last";
    HEED_TRY(heed_json_only(config, where, fields, error));
    HEED_TRY(heed_json_int(config, where, "embedding", 1, 4096, &embedding, error));
    HEED_TRY(heed_json_int(config, where, "hidden", 1, 4096, &hidden, error));
    HEED_TRY(heed_json_int(config, where, "layers", 1, HEED_RECURRENT_LAYERS_MAX, &layers, error));
    HEED_TRY(heed_json_int(config, where, "truncate", 0, 4096, &truncate, error));
    HEED_TRY(heed_json_bool(config, where, "bidirectional", &bidirectional, error));
    HEED_TRY(heed_json_string(config, where, "cell", &cell_name, error));
    HEED_TRY(heed_json_string(config, where, "pooling", &pooling, error));
    HEED_TRY(heed_json_real(config, where, "dropout", 0, 0.95, &dropout, error));
    const heed_cell *cell = heed_cell_find(cell_name);
    if (!cell)
        return heed_fail(error, HEED_ERROR_UNKNOWN, "config: cell \"%s\" is not one of: %s", cell_name, heed_cell_names);
    const bool mean = strcmp(pooling, "mean") == 0;
    if (!mean && strcmp(pooling, "last") != 0)
        return heed_fail(error, HEED_ERROR_UNKNOWN, "config: pooling \"%s\" is not one of: last mean", pooling);
    const int labels = target_vocabulary - HEED_TOKEN_SPECIALS;
    if (labels < 1)
        return heed_fail(error, HEED_ERROR_FORMAT, "the target's tokenizer has no label");

    network *net = heed_arena_alloc_zero(&model->arena, sizeof *net);
    if (!net)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: classifier");
    char name[64];
    snprintf(name, sizeof name, "encoder.%s", cell->name);
    net->mean = mean;
    net->dropout = dropout;
    net->labels = labels;
    net->embedding = heed_embedding_declare(&model->params, "embedding", source_vocabulary, (int)embedding);
    net->encoder = heed_recurrent_declare(&model->params, name, cell, (int)embedding, (int)hidden, (int)layers,
                                          bidirectional, dropout);
    net->encoder.truncate = (int)truncate;
    net->encoder.trace[0] = "encoder";
    net->encoder.trace[1] = "encoder.reverse";
    net->output = heed_linear_declare(&model->params, "output", (int)hidden * (bidirectional ? 2 : 1), labels, true);
    model->network = net;
    const heed_recurrent_layer *const encoder = &net->encoder;
    return heed_recurrent_traces(model, &encoder, 1, more, error);
}

/* The mean of y [B, T, D] over each row's steps, [B, D]: a product with weights 1 / length. */
static heed_tensor *mean_of(heed_tape *tape, heed_tensor *y, const int32_t *lengths)
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

/* Logits [B, labels]. */
static heed_tensor *classify(const heed_model *model, heed_tape *tape, const int32_t *source, const int32_t *lengths,
                             int rows, int length)
{
    const network *net = model->network;
    const heed_params *params = &model->params;
    heed_recurrent_state last;
    heed_tensor *x = heed_embedding(tape, heed_params_tensor(tape, params, net->embedding), source, rows, length);
    x = heed_dropout(tape, x, net->dropout);
    const bool last_only = !net->mean && !tape->trace;
    heed_tensor *y = heed_recurrent_apply(tape, params, &net->encoder, x, lengths, NULL, last_only, &last);
    if (y)
        heed_trace_keep(tape, "encoder.h", y);
    heed_tensor *summary = net->mean ? mean_of(tape, y, lengths) : last.h[net->encoder.layers - 1];
    heed_tensor *logits = heed_linear_apply(tape, params, &net->output, heed_dropout(tape, summary, net->dropout));
    heed_trace_keep(tape, "logits", logits);
    return logits;
}

static heed_tensor *loss(const heed_model *model, heed_tape *tape, const heed_batch *batch, double smoothing)
{
    const network *net = model->network;
    heed_tensor *logits =
        classify(model, tape, batch->source, batch->source_lengths, batch->rows, batch->source_length);
    logits = heed_tensor_reshape(tape, logits, 3, (int[]){batch->rows, 1, net->labels});
    int32_t *labels = heed_tape_alloc(tape, (size_t)batch->rows, sizeof *labels);
    for (int b = 0; labels && b < batch->rows; b++)
        labels[b] = batch->target_out[(size_t)b * batch->target_length] - HEED_TOKEN_SPECIALS;
    return labels ? heed_cross_entropy(tape, logits, labels, NULL, smoothing) : &tape->invalid;
}

/* All is computed at the start; the only step hands it out. */
static heed_status start(const heed_model *model, heed_tape *tape, const int32_t *source, const int32_t *lengths,
                         int batch_rows, int source_length, int beam, heed_decoding *out, heed_error *error)
{
    const network *net = model->network;
    const int rows = batch_rows * beam, vocabulary = net->labels + HEED_TOKEN_SPECIALS;
    *out = (heed_decoding){.rows = rows, .vocabulary = vocabulary, .source_length = source_length};
    out->logits = heed_tape_alloc(tape, (size_t)rows * vocabulary, sizeof *out->logits);
    const heed_tensor *logits = classify(model, tape, source, lengths, batch_rows, source_length);
    HEED_TRY(heed_tape_check(tape, error));
    for (int row = 0; row < rows; row++) {
        heed_real *to = out->logits + (size_t)row * vocabulary;
        for (int i = 0; i < HEED_TOKEN_SPECIALS; i++)
            to[i] = -INFINITY;
        memcpy(to + HEED_TOKEN_SPECIALS, logits->data + (size_t)(row / beam) * net->labels,
               (size_t)net->labels * sizeof *to);
    }
    return HEED_OK;
}

static heed_status step(const heed_model *model, heed_tape *tape, heed_decoding *decoding, const int32_t *previous,
                        heed_error *error)
{
    (void)model, (void)decoding, (void)previous;
    return heed_tape_check(tape, error);
}

static void reorder(const heed_model *model, heed_decoding *decoding, const int32_t *parents)
{
    (void)model, (void)decoding, (void)parents;
}

const heed_arch heed_arch_classifier = {
    .name = "classifier",
    .labels = true,
    .configure = configure,
    .loss = loss,
    .start = start,
    .step = step,
    .reorder = reorder,
};
