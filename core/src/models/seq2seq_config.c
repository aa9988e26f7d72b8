#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "models/cell_choice.h"
#include "models/recurrent_traces.h"
#include "models/seq2seq.h"

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

/* What this network keeps beside its cells. */
static heed_status list_traces(heed_model *model, heed_error *error)
{
    static const char *const always[] = {"encoder.x", "encoder.h",       "encoder.summary", "decoder.x",
                                         "decoder.h", "decoder.readout", "decoder.logits",  NULL};
    static const char *const attention[] = {"query", "keys", "scores", "weights", NULL};
    const heed_seq2seq *net = model->network;
    const heed_recurrent_layer *const layers[] = {&net->encoder, &net->decoder};
    heed_trace_list list;
    HEED_TRY(heed_recurrent_traces(model, layers, 2, &list, error));
    heed_trace_list_add(&list, "", always);
    if (!net->once)
        heed_trace_list_add(&list, "decoder.", (const char *const[]){"context", NULL});
    if (net->attends)
        heed_trace_list_add(&list, "decoder.attention.", attention);
    if (net->attention.hard)
        heed_trace_list_add(&list, "decoder.attention.", (const char *const[]){"distribution", NULL});
    if (net->attention.locality == HEED_LOCAL_PREDICTIVE)
        heed_trace_list_add(&list, "decoder.attention.", (const char *const[]){"place", NULL});
    return heed_trace_list_end(&list, error);
}

heed_status heed_seq2seq_configure(heed_model *model, const heed_json *config, int source_vocabulary,
                                   int target_vocabulary, heed_error *error)
{
    static const char where[] = "config";
    static const char *const fields[] = {"model_type", "source_embedding", "target_embedding", "encoder_hidden",
                                         "encoder_layers", "decoder_hidden", "decoder_layers", "score",
                                         "input_feeding", "dropout", HEED_CELL_FIELDS, "attend",
                                         "vector", "teacher_forcing", "local", "reach", "hard", NULL};
    int64_t target_embedding = 64, encoder_hidden = 128, encoder_layers = 1;
    int64_t decoder_hidden = 256, decoder_layers = 1, reach = 2;
    double dropout = 0, teacher_forcing = 1;
    bool input_feeding = false, hard = false;
    const char *score = "general", *attend = "after", *vector = "every_step", *local = "none";
    HEED_TRY(heed_json_only(config, where, fields, error));
    HEED_TRY(heed_json_int(config, where, "target_embedding", 1, 4096, &target_embedding, error));
    HEED_TRY(heed_json_int(config, where, "encoder_hidden", 1, 4096, &encoder_hidden, error));
    HEED_TRY(heed_json_int(config, where, "encoder_layers", 1, HEED_RECURRENT_LAYERS_MAX, &encoder_layers, error));
    HEED_TRY(heed_json_int(config, where, "decoder_hidden", 1, 4096, &decoder_hidden, error));
    HEED_TRY(heed_json_int(config, where, "decoder_layers", 1, HEED_RECURRENT_LAYERS_MAX, &decoder_layers, error));
    HEED_TRY(heed_json_string(config, where, "score", &score, error));
    HEED_TRY(heed_json_bool(config, where, "input_feeding", &input_feeding, error));
    HEED_TRY(heed_json_real(config, where, "dropout", 0, 0.95, &dropout, error));
    HEED_TRY(heed_json_real(config, where, "teacher_forcing", 0, 1, &teacher_forcing, error));
    HEED_TRY(heed_json_string(config, where, "attend", &attend, error));
    HEED_TRY(heed_json_string(config, where, "vector", &vector, error));
    HEED_TRY(heed_json_string(config, where, "local", &local, error));
    HEED_TRY(heed_json_int(config, where, "reach", 1, 256, &reach, error));
    HEED_TRY(heed_json_bool(config, where, "hard", &hard, error));
    bool before, once;
    heed_locality locality = HEED_GLOBAL;
    HEED_TRY(choose_locality(local, score, &locality, error));
    HEED_TRY(choose("attend", attend, "after", "before", &before, error));
    HEED_TRY(choose("vector", vector, "every_step", "once", &once, error));
    if (once && (before || strcmp(score, "none") != 0))
        return heed_fail(error, HEED_ERROR_ARGUMENT,
                         "config: vector \"once\" goes with score \"none\" and attend \"after\", not with \"%s\" and \"%s\"",
                         score, attend);
    if (hard && (before || input_feeding || teacher_forcing < 1 || locality == HEED_LOCAL_PREDICTIVE ||
                 strcmp(score, "none") == 0))
        return heed_fail(error, HEED_ERROR_ARGUMENT,
                         "config: hard attention needs a score, and neither attend \"before\", input_feeding, "
                         "teacher_forcing below 1 nor local \"predictive\"");
    heed_cell_choice choice = {.cell = &heed_cell_lstm};
    HEED_TRY(heed_cell_choice_read(config, &choice, error));
    const heed_cell *cell = choice.cell;

    heed_seq2seq *net = heed_arena_alloc_zero(&model->arena, sizeof *net);
    if (!net)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: seq2seq");
    heed_params *params = &model->params;
    const int memory = 2 * (int)encoder_hidden, hidden = (int)decoder_hidden;
    net->memory_size = memory;
    net->hidden = hidden;
    net->vocabulary = target_vocabulary;
    net->dropout = dropout;
    net->teacher_forcing = teacher_forcing;
    net->before = before;
    net->once = once;
    net->input_feeding = input_feeding;
    net->attends = strcmp(score, "none") != 0;
    HEED_TRY(heed_input_declare(model, "encoder.embedding", config, "source_embedding", source_vocabulary, 64, &net->input,
                                error));
    char name[64];
    snprintf(name, sizeof name, "encoder.%s", cell->name);
    net->encoder = heed_recurrent_declare(params, name, cell, net->input.width, (int)encoder_hidden,
                                          (int)encoder_layers, true, dropout);
    net->target_embedding =
        heed_embedding_declare(params, "decoder.embedding", target_vocabulary, (int)target_embedding);
    snprintf(name, sizeof name, "decoder.%s", cell->name);
    const int decoder_in = (int)target_embedding + (input_feeding ? hidden : 0) + (before ? memory : 0);
    net->decoder = heed_recurrent_declare(params, name, cell, decoder_in, hidden, (int)decoder_layers, false, dropout);
    heed_cell_choice_apply(&choice, params, &net->encoder);
    heed_cell_choice_apply(&choice, params, &net->decoder);
    net->encoder.trace[0] = "encoder";
    net->encoder.trace[1] = "encoder.reverse";
    net->decoder.trace[0] = "decoder";
    net->bridged = memory != hidden;
    if (net->bridged) {
        net->bridge_h = heed_linear_declare(params, "bridge.h", memory, hidden, true);
        if (cell->has_c)
            net->bridge_c = heed_linear_declare(params, "bridge.c", memory, hidden, true);
    }
    if (net->attends) {
        net->attention.score = heed_score_find(score);
        if (!net->attention.score)
            return heed_fail(error, HEED_ERROR_UNKNOWN, "config: score \"%s\" is not one of: %snone", score,
                             heed_score_names);
        if (!net->attention.score->declare(params, "decoder.attention", hidden, memory, &net->attention))
            return heed_fail(error, HEED_ERROR_ARGUMENT,
                             "config: score \"%s\": %s; here the query has decoder_hidden = %d and the key "
                             "2 x encoder_hidden = %d",
                             score, net->attention.score->rule, hidden, memory);
        if (hard)
            heed_attention_make_hard(params, "decoder.attention", hidden, &net->attention);
        heed_attention_make_local(params, "decoder.attention", hidden, locality, (int)reach, &net->attention);
    }
    net->combine = heed_linear_declare(params, "decoder.combine", (once ? 0 : memory) + hidden, hidden, true);
    net->output = heed_linear_declare(params, "decoder.output", hidden, target_vocabulary, true);
    model->network = net;
    return list_traces(model, error);
}
