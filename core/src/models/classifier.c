/* A recurrent network that reads a text or numbers and says one thing of it, a label or numbers (Elman 1990; mean
 * pooling as in Collobert 2011's sentence models):
 *
 *   y       = RNN(embed(text)), or RNN(numbers)           [B, T, D]  D = hidden x directions
 *   s       = the last state of the top layer, or ("pooling": "mean") the mean of y over the steps   [B, D]
 *   outputs = Wo s + b                                    [B, size]
 *
 * "pooling": "none" has outputs of every step, Wo y + b [B, T, size]. With "truncate": k, training goes back over at
 * most k steps: gradients stop at every k-th. What outputs are, and what they are learnt by, says models/head.h. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "models/cell_choice.h"
#include "models/head.h"
#include "models/input.h"
#include "models/recurrent_traces.h"

typedef struct network {
    heed_input_layer input;
    heed_recurrent_layer encoder;
    heed_linear_layer output;
    bool mean;
    double dropout;
} network;

static heed_status configure(heed_model *model, const heed_json *config, int source_vocabulary, int target_vocabulary,
                             heed_error *error)
{
    static const char where[] = "config";
    static const char *const fields[] = {"model_type", "embedding", "hidden", "layers", "bidirectional",
                                         "pooling", "dropout", "truncate", "loss", HEED_CELL_FIELDS, NULL};
    static const char *const more[] = {"encoder.x", "encoder.h", "summary", "logits", NULL};
    int64_t hidden = 128, layers = 1, truncate = 0;
    double dropout = 0;
    bool bidirectional = false;
    const char *pooling = "last";
    HEED_TRY(heed_json_only(config, where, fields, error));
    HEED_TRY(heed_json_int(config, where, "hidden", 1, 4096, &hidden, error));
    HEED_TRY(heed_json_int(config, where, "layers", 1, HEED_RECURRENT_LAYERS_MAX, &layers, error));
    HEED_TRY(heed_json_int(config, where, "truncate", 0, 4096, &truncate, error));
    HEED_TRY(heed_json_bool(config, where, "bidirectional", &bidirectional, error));
    HEED_TRY(heed_json_string(config, where, "pooling", &pooling, error));
    HEED_TRY(heed_json_real(config, where, "dropout", 0, 0.95, &dropout, error));
    heed_cell_choice choice = {.cell = &heed_cell_lstm};
    HEED_TRY(heed_cell_choice_read(config, &choice, error));
    const heed_cell *cell = choice.cell;
    const bool mean = strcmp(pooling, "mean") == 0;
    const bool every = strcmp(pooling, "none") == 0;
    if (!mean && !every && strcmp(pooling, "last") != 0)
        return heed_fail(error, HEED_ERROR_UNKNOWN, "config: pooling \"%s\" is not one of: last mean none", pooling);
    HEED_TRY(heed_head_read(model, config, target_vocabulary, every, error));

    network *net = heed_arena_alloc_zero(&model->arena, sizeof *net);
    if (!net)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: classifier");
    char name[64];
    snprintf(name, sizeof name, "encoder.%s", cell->name);
    net->mean = mean;
    net->dropout = dropout;
    HEED_TRY(heed_input_declare(model, "embedding", config, "embedding", source_vocabulary, 64, &net->input, error));
    net->encoder = heed_recurrent_declare(&model->params, name, cell, net->input.width, (int)hidden, (int)layers,
                                          bidirectional, dropout);
    heed_cell_choice_apply(&choice, &model->params, &net->encoder);
    net->encoder.truncate = (int)truncate;
    heed_recurrent_name(&net->encoder, "encoder");
    net->output = heed_linear_declare(&model->params, "output", (int)hidden * (bidirectional ? 2 : 1),
                                      model->head.size, true);
    model->network = net;
    const heed_recurrent_layer *const encoder = &net->encoder;
    heed_trace_list list;
    HEED_TRY(heed_recurrent_traces(model, &encoder, 1, &list, error));
    heed_trace_list_add(&list, "", more);
    return heed_trace_list_end(&list, error);
}

static heed_tensor *outputs(const heed_model *model, heed_tape *tape, const heed_source *source)
{
    const network *net = model->network;
    const heed_params *params = &model->params;
    heed_recurrent_state last;
    heed_tensor *x = heed_input_apply(model, tape, &net->input, source);
    heed_trace_keep(tape, "encoder.x", x);
    x = heed_dropout(tape, x, net->dropout);
    const bool every = model->head.every, last_only = !net->mean && !every && !tape->trace;
    heed_tensor *y = heed_recurrent_apply(tape, params, &net->encoder, x, source->lengths, NULL, last_only, &last);
    if (y)
        heed_trace_keep(tape, "encoder.h", y);
    heed_tensor *summary = every       ? y
                           : net->mean ? heed_mean_over_time(tape, y, source->lengths)
                                       : last.h[net->encoder.layers - 1];
    heed_trace_keep(tape, "summary", summary);
    heed_tensor *logits = heed_linear_apply(tape, params, &net->output, heed_dropout(tape, summary, net->dropout));
    heed_trace_keep(tape, "logits", logits);
    return logits;
}

const heed_arch heed_arch_classifier = {
    .name = "classifier",
    .labels = true,
    .reads_text = true,
    .reads_values = true,
    .configure = configure,
    .outputs = outputs,
    .loss = heed_head_loss,
    .start = heed_head_start,
    .step = heed_head_step,
    .reorder = heed_head_reorder,
};
