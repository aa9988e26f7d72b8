/* Encoder and decoder (Sutskever 2014, Cho 2014) with or without attention (Luong 2015):
 *
 *   memory = BiRNN(embed(source))                        [B, S, D]  D = 2 encoder_hidden
 *   h      = RNN(embed(previous token) [; h~ before])    [B, T, H]  begun in the encoder's last state
 *   c      = attention(h, memory)  or, score "none", the encoder's last state at every step (Cho 2014)
 *   h~     = tanh(Wc [c; h])                             [B, T, H]
 *   logits = Wo h~ + b                                   [B, T, V]
 *
 * RNN is a recurrent network of the chosen cell. With input_feeding, h~ of the step before is an input of the decoder's,
 * and training runs step by step. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "models/recurrent_traces.h"
#include "nn/attention/attention.h"

typedef struct network {
    int source_embedding, target_embedding; /* parameter ids */
    heed_recurrent_layer encoder, decoder;
    bool bridged;                           /* encoder and decoder states differ in size */
    heed_linear_layer bridge_h, bridge_c;
    bool attends;
    heed_attention attention;
    heed_linear_layer combine, output;
    bool input_feeding;
    double dropout;
    int memory_size, hidden, vocabulary;
} network;

static heed_status configure(heed_model *model, const heed_json *config, int source_vocabulary, int target_vocabulary,
                             heed_error *error)
{
    static const char where[] = "config";
    static const char *const fields[] = {"model_type", "source_embedding", "target_embedding", "encoder_hidden",
                                         "encoder_layers", "decoder_hidden", "decoder_layers", "score",
                                         "input_feeding", "dropout", "cell", NULL};
    static const char *const more[] = {"encoder.h",       "decoder.h",      "decoder.attention.weights",
                                       "decoder.context", "decoder.logits", NULL};
    int64_t source_embedding = 64, target_embedding = 64, encoder_hidden = 128, encoder_layers = 1;
    int64_t decoder_hidden = 256, decoder_layers = 1;
    double dropout = 0;
    bool input_feeding = false;
    const char *score = "general", *cell_name = "lstm";
    HEED_TRY(heed_json_only(config, where, fields, error));
    HEED_TRY(heed_json_int(config, where, "source_embedding", 1, 4096, &source_embedding, error));
    HEED_TRY(heed_json_int(config, where, "target_embedding", 1, 4096, &target_embedding, error));
    HEED_TRY(heed_json_int(config, where, "encoder_hidden", 1, 4096, &encoder_hidden, error));
    HEED_TRY(heed_json_int(config, where, "encoder_layers", 1, HEED_RECURRENT_LAYERS_MAX, &encoder_layers, error));
    HEED_TRY(heed_json_int(config, where, "decoder_hidden", 1, 4096, &decoder_hidden, error));
    HEED_TRY(heed_json_int(config, where, "decoder_layers", 1, HEED_RECURRENT_LAYERS_MAX, &decoder_layers, error));
    HEED_TRY(heed_json_string(config, where, "score", &score, error));
    HEED_TRY(heed_json_string(config, where, "cell", &cell_name, error));
    HEED_TRY(heed_json_bool(config, where, "input_feeding", &input_feeding, error));
    HEED_TRY(heed_json_real(config, where, "dropout", 0, 0.95, &dropout, error));
    const heed_cell *cell = heed_cell_find(cell_name);
    if (!cell)
        return heed_fail(error, HEED_ERROR_UNKNOWN, "config: cell \"%s\" is not one of: %s", cell_name, heed_cell_names);

    network *net = heed_arena_alloc_zero(&model->arena, sizeof *net);
    if (!net)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: seq2seq");
    heed_params *params = &model->params;
    const int memory = 2 * (int)encoder_hidden, hidden = (int)decoder_hidden;
    net->memory_size = memory;
    net->hidden = hidden;
    net->vocabulary = target_vocabulary;
    net->dropout = dropout;
    net->input_feeding = input_feeding;
    net->attends = strcmp(score, "none") != 0;
    net->source_embedding =
        heed_embedding_declare(params, "encoder.embedding", source_vocabulary, (int)source_embedding);
    char name[64];
    snprintf(name, sizeof name, "encoder.%s", cell->name);
    net->encoder = heed_recurrent_declare(params, name, cell, (int)source_embedding, (int)encoder_hidden,
                                          (int)encoder_layers, true, dropout);
    net->target_embedding =
        heed_embedding_declare(params, "decoder.embedding", target_vocabulary, (int)target_embedding);
    snprintf(name, sizeof name, "decoder.%s", cell->name);
    net->decoder = heed_recurrent_declare(params, name, cell,
                                          (int)target_embedding + (input_feeding ? hidden : 0), hidden,
                                          (int)decoder_layers, false, dropout);
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
    }
    net->combine = heed_linear_declare(params, "decoder.combine", memory + hidden, hidden, true);
    net->output = heed_linear_declare(params, "decoder.output", hidden, target_vocabulary, true);
    model->network = net;
    const heed_recurrent_layer *const layers[] = {&net->encoder, &net->decoder};
    return heed_recurrent_traces(model, layers, 2, more, error);
}

/* What the decoder needs to know of the source. */
typedef struct encoded {
    heed_tensor *memory;        /* [B, S, D] */
    heed_tensor *prepared;      /* keys, when the network attends */
    heed_tensor *summary;       /* [B, D]: the last state */
    heed_recurrent_state state; /* of the decoder, before its first step */
} encoded;

static heed_tensor *bridged(heed_tape *tape, const heed_params *params, const network *net,
                            const heed_linear_layer *bridge, heed_tensor *state)
{
    return net->bridged && state ? heed_tanh(tape, heed_linear_apply(tape, params, bridge, state)) : state;
}

static encoded encode(const heed_model *model, heed_tape *tape, const int32_t *source, const int32_t *lengths, int rows,
                      int length)
{
    const network *net = model->network;
    const heed_params *params = &model->params;
    heed_tensor *x = heed_embedding(tape, heed_params_tensor(tape, params, net->source_embedding), source, rows, length);
    heed_recurrent_state last;
    encoded result = {0};
    /* [book:encoder] */
    x = heed_dropout(tape, x, net->dropout);
    result.memory = heed_recurrent_apply(tape, params, &net->encoder, x, lengths, NULL, false, &last);
    /* [/book] */
    heed_trace_keep(tape, "encoder.h", result.memory);
    result.memory = heed_dropout(tape, result.memory, net->dropout);
    /* [book:summary] */
    result.summary = last.h[net->encoder.layers - 1];
    /* [/book] */
    if (net->attends)
        result.prepared = net->attention.score->prepare(tape, params, &net->attention, result.memory);
    for (int l = 0; l < net->decoder.layers; l++) {
        const int from = l < net->encoder.layers ? l : net->encoder.layers - 1;
        result.state.h[l] = bridged(tape, params, net, &net->bridge_h, last.h[from]);
        result.state.c[l] = bridged(tape, params, net, &net->bridge_c, last.c[from]);
    }
    return result;
}

/* T decoder steps at once; `feed` [B, T, H] is h~ of the step before with input feeding, else NULL. */
typedef struct decoded {
    heed_tensor *readout; /* h~ before dropout */
    heed_tensor *logits;
    heed_tensor *weights; /* NULL without attention */
} decoded;

static decoded decode(const heed_model *model, heed_tape *tape, const encoded *source, const int32_t *lengths,
                      const int32_t *previous, int rows, int length, heed_tensor *feed, heed_recurrent_state *state)
{
    const network *net = model->network;
    const heed_params *params = &model->params;
    decoded result = {0};
    /* [book:decoder] */
    heed_tensor *x =
        heed_embedding(tape, heed_params_tensor(tape, params, net->target_embedding), previous, rows, length);
    x = heed_dropout(tape, x, net->dropout);
    if (feed)
        x = heed_concat(tape, x, feed);
    heed_tensor *h = heed_recurrent_apply(tape, params, &net->decoder, x, NULL, state, false, state);
    /* [/book] */
    heed_trace_keep(tape, "decoder.h", h);
    /* [book:context] */
    heed_tensor *context;
    if (net->attends) {
        heed_attention_result attention = heed_attention_apply(tape, params, &net->attention, h, source->prepared,
                                                               source->memory, lengths);
        result.weights = attention.weights;
        context = attention.context;
        heed_trace_keep(tape, "decoder.attention.weights", attention.weights);
    } else {
        context = heed_tile_time(tape, source->summary, length);
    }
    /* [/book] */
    heed_trace_keep(tape, "decoder.context", context);
    /* [book:readout] */
    result.readout = heed_tanh(tape, heed_linear_apply(tape, params, &net->combine, heed_concat(tape, context, h)));
    heed_tensor *dropped = heed_dropout(tape, result.readout, net->dropout);
    result.logits = heed_linear_apply(tape, params, &net->output, dropped);
    /* [/book] */
    heed_trace_keep(tape, "decoder.logits", result.logits);
    return result;
}

/* Column t of a [rows, length] table of ids, in the arena. */
static const int32_t *column(heed_tape *tape, const int32_t *ids, int rows, int length, int t)
{
    int32_t *out = heed_tape_alloc(tape, (size_t)rows, sizeof *out);
    for (int b = 0; out && b < rows; b++)
        out[b] = ids[(size_t)b * length + t];
    return out;
}

static const int32_t *step_lengths(heed_tape *tape, const int32_t *lengths, int rows, int t)
{
    int32_t *out = heed_tape_alloc(tape, (size_t)rows, sizeof *out);
    for (int b = 0; out && b < rows; b++)
        out[b] = t < lengths[b];
    return out;
}

static heed_tensor *loss_with_feeding(const heed_model *model, heed_tape *tape, const heed_batch *batch,
                                      encoded *source, double smoothing)
{
    const network *net = model->network;
    const int rows = batch->rows, length = batch->target_length;
    heed_tensor *feed = heed_tensor_new(tape, false, 3, (int[]){rows, 1, net->hidden});
    heed_tensor *total = heed_tensor_new(tape, true, 1, (int[]){1}); /* the loss of no step at all can be gone back from */
    for (int t = 0; t < length; t++) {
        const int32_t *previous = column(tape, batch->target_in, rows, length, t);
        const int32_t *target = column(tape, batch->target_out, rows, length, t);
        const int32_t *present = step_lengths(tape, batch->target_lengths, rows, t);
        if (!previous || !target || !present)
            return &tape->invalid;
        decoded step = decode(model, tape, source, batch->source_lengths, previous, rows, 1, feed, &source->state);
        feed = step.readout;
        total = heed_add(tape, total, heed_cross_entropy(tape, step.logits, target, present, smoothing));
    }
    return total;
}

static heed_tensor *loss(const heed_model *model, heed_tape *tape, const heed_batch *batch, double smoothing)
{
    encoded source =
        encode(model, tape, batch->source, batch->source_lengths, batch->rows, batch->source_length);
    if (((const network *)model->network)->input_feeding)
        return loss_with_feeding(model, tape, batch, &source, smoothing);
    decoded result = decode(model, tape, &source, batch->source_lengths, batch->target_in, batch->rows,
                            batch->target_length, NULL, &source.state);
    return heed_cross_entropy(tape, result.logits, batch->target_out, batch->target_lengths, smoothing);
}

/* Decoding: the state between steps. Blocks of [rows, hidden] reals lie in one piece, so that a beam is reordered at
 * once: h of every layer, c likewise where the cell has one, then the readout that input feeding feeds. */
typedef struct decoding_state {
    encoded source; /* of `rows` rows: every source `beam` times */
    int32_t *lengths;
    heed_real *blocks, *spare; /* [state_blocks + 1, rows, hidden] */
} decoding_state;

static int state_blocks(const network *net)
{
    return net->decoder.layers * (net->decoder.cell->has_c ? 2 : 1);
}

/* The tensor of `state` that block i holds. */
static heed_tensor **block_of(const network *net, heed_recurrent_state *state, int i)
{
    const int layers = net->decoder.layers;
    return i < layers ? &state->h[i] : &state->c[i - layers];
}

static heed_tensor *repeat_rows(heed_tape *tape, heed_tensor *x, int times)
{
    if (!x || !heed_tensor_ok(x) || times == 1)
        return x;
    int dims[HEED_MAX_RANK];
    memcpy(dims, x->dims, sizeof dims);
    dims[0] *= times;
    heed_tensor *y = heed_tensor_new_dirty(tape, false, x->rank, dims);
    if (!heed_tensor_ok(y))
        return y;
    size_t size = x->dims[0] ? heed_tensor_count(x) / (size_t)x->dims[0] : 0;
    for (int row = 0; row < dims[0]; row++)
        memcpy(y->data + row * size, x->data + (row / times) * size, size * sizeof *x->data);
    return y;
}

static heed_status start(const heed_model *model, heed_tape *tape, const int32_t *source, const int32_t *lengths,
                         int batch_rows, int source_length, int beam, heed_decoding *out, heed_error *error)
{
    const network *net = model->network;
    const int rows = batch_rows * beam, states = state_blocks(net);
    const size_t block = (size_t)rows * net->hidden, blocks = ((size_t)states + 1) * block;
    decoding_state *state = heed_tape_alloc(tape, 1, sizeof *state);
    *out = (heed_decoding){.rows = rows, .vocabulary = net->vocabulary, .source_length = source_length, .state = state};
    if (!state)
        return heed_tape_check(tape, error);
    state->source = encode(model, tape, source, lengths, batch_rows, source_length);
    state->source.memory = repeat_rows(tape, state->source.memory, beam);
    state->source.prepared = repeat_rows(tape, state->source.prepared, beam);
    state->source.summary = repeat_rows(tape, state->source.summary, beam);
    state->lengths = heed_tape_alloc(tape, (size_t)rows, sizeof *state->lengths);
    state->blocks = heed_tape_alloc(tape, blocks, sizeof *state->blocks);
    state->spare = heed_tape_alloc(tape, blocks, sizeof *state->spare);
    out->logits = heed_tape_alloc(tape, (size_t)rows * net->vocabulary, sizeof *out->logits);
    if (net->attends)
        out->attention = heed_tape_alloc(tape, (size_t)rows * source_length, sizeof *out->attention);
    HEED_TRY(heed_tape_check(tape, error));
    for (int row = 0; row < rows; row++)
        state->lengths[row] = lengths[row / beam];
    for (int i = 0; i < states; i++) {
        const heed_tensor *part = repeat_rows(tape, *block_of(net, &state->source.state, i), beam);
        HEED_TRY(heed_tape_check(tape, error));
        memcpy(state->blocks + (size_t)i * block, part->data, block * sizeof *part->data);
    }
    memset(state->blocks + (size_t)states * block, 0, block * sizeof *state->blocks);
    return HEED_OK;
}

static heed_status step(const heed_model *model, heed_tape *tape, heed_decoding *decoding, const int32_t *previous,
                        heed_error *error)
{
    const network *net = model->network;
    decoding_state *state = decoding->state;
    const int rows = decoding->rows, states = state_blocks(net);
    const size_t block = (size_t)rows * net->hidden;
    const heed_arena_mark mark = heed_arena_save(&tape->arena);
    heed_recurrent_state recurrent = {{0}, {0}};
    for (int i = 0; i < states; i++)
        *block_of(net, &recurrent, i) =
            heed_tensor_view(tape, state->blocks + (size_t)i * block, NULL, 2, (int[]){rows, net->hidden});
    heed_real *fed = state->blocks + (size_t)states * block;
    heed_tensor *feed =
        net->input_feeding ? heed_tensor_view(tape, fed, NULL, 3, (int[]){rows, 1, net->hidden}) : NULL;
    decoded result = decode(model, tape, &state->source, state->lengths, previous, rows, 1, feed, &recurrent);
    HEED_TRY(heed_tape_check(tape, error));
    for (int i = 0; i < states; i++)
        memcpy(state->blocks + (size_t)i * block, (*block_of(net, &recurrent, i))->data, block * sizeof *fed);
    memcpy(fed, result.readout->data, block * sizeof *fed);
    memcpy(decoding->logits, result.logits->data, (size_t)rows * net->vocabulary * sizeof *fed);
    if (decoding->attention)
        memcpy(decoding->attention, result.weights->data, (size_t)rows * decoding->source_length * sizeof *fed);
    heed_arena_restore(&tape->arena, mark);
    return HEED_OK;
}

static void reorder(const heed_model *model, heed_decoding *decoding, const int32_t *parents)
{
    const network *net = model->network;
    decoding_state *state = decoding->state;
    const size_t hidden = (size_t)net->hidden, block = (size_t)decoding->rows * hidden;
    for (int i = 0; i < state_blocks(net) + 1; i++)
        for (int row = 0; row < decoding->rows; row++)
            memcpy(state->spare + (size_t)i * block + row * hidden,
                   state->blocks + (size_t)i * block + (size_t)parents[row] * hidden, hidden * sizeof *state->spare);
    heed_real *old = state->blocks;
    state->blocks = state->spare;
    state->spare = old;
}

const heed_arch heed_arch_seq2seq = {
    .name = "seq2seq",
    .configure = configure,
    .loss = loss,
    .start = start,
    .step = step,
    .reorder = reorder,
};
