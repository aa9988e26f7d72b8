#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "models/seq2seq.h"

static const char where[] = "config";

/* Whether a field has the second of the two values that it may have. */
static heed_status choose(const char *field, const char *value, const char *first, const char *second, bool *out,
                          heed_error *error)
{
    *out = strcmp(value, second) == 0;
    if (*out || strcmp(value, first) == 0)
        return HEED_OK;
    return heed_fail(error, HEED_ERROR_UNKNOWN, "config: %s \"%s\" is not one of: %s %s", field, value, first, second);
}

static heed_status choose_locality(const char *local, const char *score, heed_locality *out, heed_error *error)
{
    static const char *const names[] = {[HEED_GLOBAL] = "none", [HEED_LOCAL_MONOTONIC] = "monotonic",
                                        [HEED_LOCAL_PREDICTIVE] = "predictive"};
    for (int i = 0; i < 3; i++)
        if (strcmp(local, names[i]) == 0) {
            *out = (heed_locality)i;
            if (i && strcmp(score, "none") == 0)
                return heed_fail(error, HEED_ERROR_ARGUMENT, "config: local \"%s\" needs a score, not \"none\"", local);
            return HEED_OK;
        }
    return heed_fail(error, HEED_ERROR_UNKNOWN, "config: local \"%s\" is not one of: none monotonic predictive", local);
}

void heed_decoder_traces(const heed_seq2seq *net, heed_trace_list *list)
{
    static const char *const always[] = {"x", "h", "readout", "logits", NULL};
    static const char *const attention[] = {"query", "keys", "scores", "weights", NULL};
    heed_trace_list_add(list, "decoder.", always);
    if (!net->once)
        heed_trace_list_add(list, "decoder.", (const char *const[]){"context", NULL});
    if (net->attends)
        heed_trace_list_add(list, "decoder.attention.", attention);
    if (net->attention.hard)
        heed_trace_list_add(list, "decoder.attention.", (const char *const[]){"distribution", NULL});
    if (net->attention.locality == HEED_LOCAL_PREDICTIVE)
        heed_trace_list_add(list, "decoder.attention.", (const char *const[]){"place", NULL});
}

heed_status heed_decoder_options_read(const heed_json *config, heed_decoder_options *out, heed_error *error)
{
    const char *attend = "after", *vector = "every_step", *local = "none";
    *out = (heed_decoder_options){.target_embedding = 64, .hidden = 256, .layers = 1, .reach = 2, .teacher_forcing = 1,
                                  .score = "general", .cell = {.cell = &heed_cell_lstm}};
    HEED_TRY(heed_json_int(config, where, "target_embedding", 1, 4096, &out->target_embedding, error));
    HEED_TRY(heed_json_int(config, where, "decoder_hidden", 1, 4096, &out->hidden, error));
    HEED_TRY(heed_json_int(config, where, "decoder_layers", 1, HEED_RECURRENT_LAYERS_MAX, &out->layers, error));
    HEED_TRY(heed_json_string(config, where, "score", &out->score, error));
    HEED_TRY(heed_json_bool(config, where, "input_feeding", &out->input_feeding, error));
    HEED_TRY(heed_json_real(config, where, "dropout", 0, 0.95, &out->dropout, error));
    HEED_TRY(heed_json_real(config, where, "teacher_forcing", 0, 1, &out->teacher_forcing, error));
    HEED_TRY(heed_json_string(config, where, "attend", &attend, error));
    HEED_TRY(heed_json_string(config, where, "vector", &vector, error));
    HEED_TRY(heed_json_string(config, where, "local", &local, error));
    HEED_TRY(heed_json_int(config, where, "reach", 1, 256, &out->reach, error));
    HEED_TRY(heed_json_bool(config, where, "hard", &out->hard, error));
    HEED_TRY(heed_json_int(config, where, "truncate", 0, 4096, &out->truncate, error));
    const bool attends = strcmp(out->score, "none") != 0;
    HEED_TRY(choose_locality(local, out->score, &out->locality, error));
    HEED_TRY(choose("attend", attend, "after", "before", &out->before, error));
    HEED_TRY(choose("vector", vector, "every_step", "once", &out->once, error));
    if (out->once && (out->before || attends))
        return heed_fail(error, HEED_ERROR_ARGUMENT,
                         "config: vector \"once\" goes with score \"none\" and attend \"after\", not with \"%s\" and \"%s\"",
                         out->score, attend);
    if (out->hard && (out->before || out->input_feeding || out->teacher_forcing < 1 ||
                      out->locality == HEED_LOCAL_PREDICTIVE || !attends))
        return heed_fail(error, HEED_ERROR_ARGUMENT,
                         "config: hard attention needs a score, and neither attend \"before\", input_feeding, "
                         "teacher_forcing below 1 nor local \"predictive\"");
    return heed_cell_choice_read(config, &out->cell, error);
}

static heed_status declare_attention(heed_model *model, const heed_decoder_options *options, int memory,
                                     const char *memory_name, heed_attention *attention, heed_error *error)
{
    static const char name[] = "decoder.attention";
    const int hidden = (int)options->hidden;
    attention->score = heed_score_find(options->score);
    if (!attention->score)
        return heed_fail(error, HEED_ERROR_UNKNOWN, "config: score \"%s\" is not one of: %snone", options->score,
                         heed_score_names);
    if (!attention->score->declare(&model->params, name, hidden, memory, attention))
        return heed_fail(error, HEED_ERROR_ARGUMENT,
                         "config: score \"%s\": %s; here the query has decoder_hidden = %d and the key %s = %d",
                         options->score, attention->score->rule, hidden, memory_name, memory);
    if (options->hard)
        heed_attention_make_hard(&model->params, name, hidden, attention);
    heed_attention_make_local(&model->params, name, hidden, options->locality, (int)options->reach, attention);
    return HEED_OK;
}

heed_status heed_decoder_declare(heed_model *model, const heed_decoder_options *options, int memory,
                                 const char *memory_name, bool bridge, int target_vocabulary, heed_seq2seq *net,
                                 heed_error *error)
{
    heed_params *params = &model->params;
    const int hidden = (int)options->hidden;
    char name[64];
    net->memory_size = memory;
    net->hidden = hidden;
    net->vocabulary = target_vocabulary;
    net->dropout = options->dropout;
    net->teacher_forcing = options->teacher_forcing;
    net->before = options->before;
    net->once = options->once;
    net->input_feeding = options->input_feeding;
    net->attends = strcmp(options->score, "none") != 0;
    net->target_embedding =
        heed_embedding_declare(params, "decoder.embedding", target_vocabulary, (int)options->target_embedding);
    snprintf(name, sizeof name, "decoder.%s", options->cell.cell->name);
    const int in = (int)options->target_embedding + (net->input_feeding ? hidden : 0) + (net->before ? memory : 0);
    net->decoder = heed_recurrent_declare(params, name, options->cell.cell, in, hidden, (int)options->layers, false,
                                          options->dropout);
    heed_cell_choice_apply(&options->cell, params, &net->decoder);
    heed_recurrent_name(&net->decoder, "decoder");
    net->decoder.truncate = (int)options->truncate;
    net->bridged = bridge || memory != hidden;
    if (net->bridged) {
        net->bridge_h = heed_linear_declare(params, "bridge.h", memory, hidden, true);
        if (options->cell.cell->has_c)
            net->bridge_c = heed_linear_declare(params, "bridge.c", memory, hidden, true);
    }
    if (net->attends)
        HEED_TRY(declare_attention(model, options, memory, memory_name, &net->attention, error));
    net->combine = heed_linear_declare(params, "decoder.combine", (net->once ? 0 : memory) + hidden, hidden, true);
    net->output = heed_linear_declare(params, "decoder.output", hidden, target_vocabulary, true);
    return HEED_OK;
}

heed_status heed_seq2seq_configure(heed_model *model, const heed_json *config, int source_vocabulary,
                                   int target_vocabulary, heed_error *error)
{
    static const char *const fields[] = {"model_type",     "source_embedding",  "encoder_hidden",
                                         "encoder_layers", HEED_DECODER_FIELDS, NULL};
    static const char *const traces[] = {"x", "h", "summary", NULL};
    int64_t hidden = 128, layers = 1;
    heed_decoder_options options;
    HEED_TRY(heed_json_only(config, where, fields, error));
    HEED_TRY(heed_json_int(config, where, "encoder_hidden", 1, 4096, &hidden, error));
    HEED_TRY(heed_json_int(config, where, "encoder_layers", 1, HEED_RECURRENT_LAYERS_MAX, &layers, error));
    HEED_TRY(heed_decoder_options_read(config, &options, error));
    heed_seq2seq *net = heed_arena_alloc_zero(&model->arena, sizeof *net);
    if (!net)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: seq2seq");
    char name[64];
    net->encode = heed_seq2seq_encode;
    HEED_TRY(heed_input_declare(model, "encoder.embedding", config, "source_embedding", source_vocabulary, 64,
                                &net->input, error));
    snprintf(name, sizeof name, "encoder.%s", options.cell.cell->name);
    net->encoder = heed_recurrent_declare(&model->params, name, options.cell.cell, net->input.width, (int)hidden,
                                          (int)layers, true, options.dropout);
    heed_cell_choice_apply(&options.cell, &model->params, &net->encoder);
    heed_recurrent_name(&net->encoder, "encoder");
    net->encoder.truncate = (int)options.truncate;
    HEED_TRY(heed_decoder_declare(model, &options, 2 * (int)hidden, "2 x encoder_hidden", false, target_vocabulary, net,
                                  error));
    model->network = net;
    const heed_recurrent_layer *const traced[] = {&net->encoder, &net->decoder};
    heed_trace_list list;
    HEED_TRY(heed_recurrent_traces(model, traced, 2, &list, error));
    heed_trace_list_add(&list, "encoder.", traces);
    heed_decoder_traces(net, &list);
    return heed_trace_list_end(&list, error);
}
