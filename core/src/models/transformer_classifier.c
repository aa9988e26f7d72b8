/* A Transformer that reads a text and names its class, an encoder only (Devlin et al. 2019 without pre-training):
 *
 *   h      = encoder(sqrt(C) embed(text) + positions)              [B, T, C]
 *   s      = the mean of h over the text, or ("pooling": "first") h of its first token   [B, C]
 *   logits = Wo s + b                                              [B, size], see models/head.h */
#include "base/error.h"
#include "models/head.h"
#include "models/transformer.h"

typedef struct network {
    heed_transformer_stack encoder;
    heed_linear_layer output;
    bool first;
} network;

static heed_status configure(heed_model *model, const heed_json *config, int source_vocabulary, int target_vocabulary,
                             heed_error *error)
{
    static const char *const fields[] = {"model_type", "layers", "pooling", "loss", HEED_STACK_FIELDS, NULL};
    static const char *const poolings[] = {"mean", "first", NULL}, *const more[] = {"summary", "logits", NULL};
    heed_stack_options options;
    int pooling = 0;
    HEED_TRY(heed_json_only(config, "config", fields, error));
    HEED_TRY(heed_stack_options_read(config, "layers", &options, error));
    HEED_TRY(heed_config_choice(config, "pooling", poolings, &pooling, error));
    HEED_TRY(heed_head_read(model, config, target_vocabulary, false, error));
    network *net = heed_arena_alloc_zero(&model->arena, sizeof *net);
    if (!net)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a Transformer");
    net->first = pooling == 1;
    const int table = heed_table_declare(&model->params, "embedding", source_vocabulary, options.size, false);
    HEED_TRY(heed_stack_declare(&model->params, &model->arena, "encoder", &options, table, &net->encoder, error));
    net->output = heed_linear_declare(&model->params, "output", options.size, model->head.size, true);
    model->network = net;
    const heed_transformer_stack *const stack = &net->encoder;
    return heed_transformer_names(model, &stack, 1, more, error);
}

static heed_tensor *outputs(const heed_model *model, heed_tape *tape, const heed_source *source)
{
    const network *net = model->network;
    const int rows = source->rows;
    heed_stack_pass pass = {.lengths = source->lengths};
    int32_t *read = heed_tape_alloc(tape, (size_t)rows, sizeof *read);
    heed_tensor *h = heed_stack_apply(tape, &model->params, &net->encoder, source->ids, rows, source->length, &pass);
    for (int b = 0; read && b < rows; b++)
        read[b] = net->first && source->lengths[b] > 1 ? 1 : source->lengths[b];
    heed_tensor *summary = read ? heed_mean_over_time(tape, h, read) : &tape->invalid;
    heed_trace_keep(tape, "summary", summary);
    heed_tensor *logits = heed_linear_apply(tape, &model->params, &net->output,
                                            heed_dropout(tape, summary, net->encoder.options.dropout));
    heed_trace_keep(tape, "logits", logits);
    return logits;
}

const heed_arch heed_arch_transformer_classifier = {
    .name = "transformer_classifier",
    .labels = true,
    .reads_text = true,
    .configure = configure,
    .outputs = outputs,
    .loss = heed_head_loss,
    .start = heed_head_start,
    .step = heed_head_step,
    .reorder = heed_head_reorder,
};
