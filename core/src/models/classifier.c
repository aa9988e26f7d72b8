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
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "models/labels.h"
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
    int labels;
    HEED_TRY(heed_labels_count(target_vocabulary, &labels, error));

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
    heed_tensor *summary = net->mean ? heed_mean_over_time(tape, y, lengths) : last.h[net->encoder.layers - 1];
    heed_tensor *logits = heed_linear_apply(tape, params, &net->output, heed_dropout(tape, summary, net->dropout));
    heed_trace_keep(tape, "logits", logits);
    return logits;
}

static heed_tensor *loss(const heed_model *model, heed_tape *tape, const heed_batch *batch, double smoothing)
{
    return heed_labels_loss(
        tape, classify(model, tape, batch->source, batch->source_lengths, batch->rows, batch->source_length), batch,
        smoothing);
}

static heed_status start(const heed_model *model, heed_tape *tape, const int32_t *source, const int32_t *lengths,
                         int batch_rows, int source_length, int beam, heed_decoding *out, heed_error *error)
{
    return heed_labels_start(tape, classify(model, tape, source, lengths, batch_rows, source_length), beam,
                             source_length, out, error);
}

const heed_arch heed_arch_classifier = {
    .name = "classifier",
    .labels = true,
    .configure = configure,
    .loss = loss,
    .start = start,
    .step = heed_labels_step,
    .reorder = heed_labels_reorder,
};
