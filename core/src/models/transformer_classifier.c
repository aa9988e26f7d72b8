/* A Transformer that reads a text and names its class, an encoder only (Devlin et al. 2019 without pre-training):
 *
 *   h      = encoder(sqrt(C) embed(text) + positions)              [B, T, C]
 *   s      = the mean of h over the text, or ("pooling": "first") h of its first token   [B, C]
 *   logits = Wo s + b                                              [B, labels] */
#include "base/error.h"
#include "models/labels.h"
#include "models/transformer.h"

typedef struct network {
    heed_transformer_stack encoder;
    heed_linear_layer output;
    bool first;
} network;

static heed_status configure(heed_model *model, const heed_json *config, int source_vocabulary, int target_vocabulary,
                             heed_error *error)
{
    static const char *const fields[] = {"model_type", "layers", "pooling", HEED_STACK_FIELDS, NULL};
    static const char *const poolings[] = {"mean", "first", NULL}, *const more[] = {"logits", NULL};
    heed_stack_options options;
    int pooling = 0, labels;
    HEED_TRY(heed_json_only(config, "config", fields, error));
    HEED_TRY(heed_stack_options_read(config, "layers", &options, error));
    HEED_TRY(heed_config_choice(config, "pooling", poolings, &pooling, error));
    HEED_TRY(heed_labels_count(target_vocabulary, &labels, error));
    network *net = heed_arena_alloc_zero(&model->arena, sizeof *net);
    if (!net)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a Transformer");
    net->first = pooling == 1;
    const int table = heed_table_declare(&model->params, "embedding", source_vocabulary, options.size, false);
    HEED_TRY(heed_stack_declare(&model->params, &model->arena, "encoder", &options, table, &net->encoder, error));
    net->output = heed_linear_declare(&model->params, "output", options.size, labels, true);
    model->network = net;
    const heed_transformer_stack *const stack = &net->encoder;
    return heed_transformer_names(model, &stack, 1, more, error);
}

/* Logits [B, labels]. */
static heed_tensor *classify(const heed_model *model, heed_tape *tape, const int32_t *source, const int32_t *lengths,
                             int rows, int length)
{
    const network *net = model->network;
    heed_stack_pass pass = {.lengths = lengths};
    int32_t *read = heed_tape_alloc(tape, (size_t)rows, sizeof *read);
    heed_tensor *h = heed_stack_apply(tape, &model->params, &net->encoder, source, rows, length, &pass);
    for (int b = 0; read && b < rows; b++)
        read[b] = net->first && lengths[b] > 1 ? 1 : lengths[b];
    heed_tensor *summary = read ? heed_mean_over_time(tape, h, read) : &tape->invalid;
    heed_tensor *logits = heed_linear_apply(tape, &model->params, &net->output,
                                            heed_dropout(tape, summary, net->encoder.options.dropout));
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

const heed_arch heed_arch_transformer_classifier = {
    .name = "transformer_classifier",
    .labels = true,
    .configure = configure,
    .loss = loss,
    .start = start,
    .step = heed_labels_step,
    .reorder = heed_labels_reorder,
};
