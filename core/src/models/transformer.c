/* The Transformer (Vaswani et al. 2017), encoder and decoder:
 *
 *   memory = encoder(sqrt(C) embed(source) + positions)              [B, S, C]
 *   h      = decoder(sqrt(C) embed(previous tokens) + positions)     [B, T, C], seeing earlier steps and the memory
 *   logits = Wo h (+ b)                                              [B, T, V]
 *
 * "tied": "all" has one table "embedding.weight" for source, target and Wo, "target" one for target and Wo, "none"
 * three. Decoding is in transformer_decoding.c. */
#include <string.h>

#include "base/error.h"
#include "models/transformer.h"

typedef enum tie { TIE_TARGET, TIE_ALL, TIE_NONE } tie;

/* Declares the tables; their ids. */
static void declare_tables(heed_params *params, tie tied, int size, int source_vocabulary, int target_vocabulary,
                           bool bias, int *source, int *target, heed_transformer *net)
{
    if (tied == TIE_ALL) {
        *source = *target = heed_table_declare(params, "embedding", target_vocabulary, size, true);
    } else {
        *source = heed_table_declare(params, "encoder.embedding", source_vocabulary, size, false);
        *target = heed_table_declare(params, "decoder.embedding", target_vocabulary, size, tied == TIE_TARGET);
    }
    net->output_weight =
        tied == TIE_NONE ? heed_table_declare(params, "decoder.output", target_vocabulary, size, true) : *target;
    net->output_bias =
        bias ? heed_params_declare(params, "decoder.output.bias", HEED_INIT_ZERO, 0, false, 1, &target_vocabulary) : -1;
}

static heed_status configure(heed_model *model, const heed_json *config, int source_vocabulary, int target_vocabulary,
                             heed_error *error)
{
    static const char *const fields[] = {"model_type", "encoder_layers", "decoder_layers", "tied", "output_bias",
                                         HEED_STACK_FIELDS, NULL};
    static const char *const ties[] = {"target", "all", "none", NULL};
    static const char *const more[] = {"decoder.attention.weights", "decoder.logits", NULL};
    heed_stack_options encoder, decoder;
    int tied = TIE_TARGET, source, target;
    bool bias = false;
    HEED_TRY(heed_json_only(config, "config", fields, error));
    HEED_TRY(heed_stack_options_read(config, "encoder_layers", &encoder, error));
    HEED_TRY(heed_stack_options_read(config, "decoder_layers", &decoder, error));
    HEED_TRY(heed_config_choice(config, "tied", ties, &tied, error));
    HEED_TRY(heed_json_bool(config, "config", "output_bias", &bias, error));
    if (tied == TIE_ALL && source_vocabulary != target_vocabulary)
        return heed_fail(error, HEED_ERROR_ARGUMENT,
                         "config: tied \"all\" is for one vocabulary; the source has %d tokens, the target %d",
                         source_vocabulary, target_vocabulary);
    decoder.causal = decoder.cross = true;
    heed_transformer *net = heed_arena_alloc_zero(&model->arena, sizeof *net);
    if (!net)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a Transformer");
    net->vocabulary = target_vocabulary;
    declare_tables(&model->params, (tie)tied, encoder.size, source_vocabulary, target_vocabulary, bias, &source,
                   &target, net);
    HEED_TRY(heed_stack_declare(&model->params, &model->arena, "encoder", &encoder, source, &net->encoder, error));
    HEED_TRY(heed_stack_declare(&model->params, &model->arena, "decoder", &decoder, target, &net->decoder, error));
    model->network = net;
    const heed_transformer_stack *const stacks[] = {&net->encoder, &net->decoder};
    return heed_transformer_names(model, stacks, 2, more, error);
}

heed_tensor *heed_transformer_encode(const heed_model *model, heed_tape *tape, const int32_t *source,
                                     const int32_t *lengths, int rows, int length)
{
    const heed_transformer *net = model->network;
    heed_stack_pass pass = {.lengths = lengths};
    return heed_stack_apply(tape, &model->params, &net->encoder, source, rows, length, &pass);
}

static heed_tensor *bias_of(const heed_model *model, heed_tape *tape, const heed_transformer *net)
{
    return net->output_bias < 0 ? NULL : heed_params_tensor(tape, &model->params, net->output_bias);
}

heed_tensor *heed_transformer_logits(const heed_model *model, heed_tape *tape, heed_tensor *h)
{
    const heed_transformer *net = model->network;
    heed_tensor *weight = heed_params_tensor(tape, &model->params, net->output_weight);
    heed_tensor *logits = heed_linear(tape, h, weight, bias_of(model, tape, net));
    heed_trace_keep(tape, "decoder.logits", logits);
    return logits;
}

heed_tensor *heed_mean_over_heads(heed_tape *tape, const heed_tensor *weights)
{
    if (!heed_tensor_ok(weights))
        return &tape->invalid;
    const int rows = weights->dims[0], heads = weights->dims[1];
    heed_tensor *mean = heed_tensor_new(tape, false, 3, (int[]){rows, weights->dims[2], weights->dims[3]});
    if (!heed_tensor_ok(mean))
        return mean;
    const size_t square = (size_t)weights->dims[2] * weights->dims[3];
    for (int b = 0; b < rows; b++)
        for (int h = 0; h < heads; h++)
            tape->kernels->axpy(square, 1 / (heed_real)heads, weights->data + ((size_t)b * heads + h) * square,
                                mean->data + b * square);
    return mean;
}

static heed_tensor *loss(const heed_model *model, heed_tape *tape, const heed_batch *batch, double smoothing)
{
    const heed_transformer *net = model->network;
    heed_stack_pass pass = {.counted = batch->target_lengths, .memory_lengths = batch->source_lengths};
    pass.memory = heed_transformer_encode(model, tape, batch->source, batch->source_lengths, batch->rows,
                                          batch->source_length);
    heed_tensor *h = heed_stack_apply(tape, &model->params, &net->decoder, batch->target_in, batch->rows,
                                      batch->target_length, &pass);
    if (tape->trace && heed_tensor_ok(h)) { /* the loss below keeps neither logits, nor their gradient, nor weights */
        heed_trace_keep(tape, "decoder.attention.weights", heed_mean_over_heads(tape, pass.cross_weights));
        heed_tensor *logits = heed_transformer_logits(model, tape, h);
        if (tape->recording)
            return heed_cross_entropy(tape, logits, batch->target_out, batch->target_lengths, smoothing);
    }
    return heed_linear_cross_entropy(tape, h, heed_params_tensor(tape, &model->params, net->output_weight),
                                     bias_of(model, tape, net), batch->target_out, batch->target_lengths, smoothing);
}

const heed_arch heed_arch_transformer = {
    .name = "transformer",
    .reads_text = true,
    .caches = true,
    .configure = configure,
    .loss = loss,
    .start = heed_transformer_start,
    .step = heed_transformer_step,
    .reorder = heed_transformer_reorder,
};
