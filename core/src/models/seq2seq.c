/* Encoder and decoder (Sutskever 2014, Cho 2014) with or without attention (Bahdanau 2015, Luong 2015):
 *
 *   memory = BiRNN(embed(source)), or BiRNN(numbers)         [B, S, D]  D = 2 encoder_hidden
 *   h      = RNN(embed(previous token) [; h~ before] [; c])  [B, T, H]  begun in the encoder's last state
 *   c      = attention(h, memory)                            [B, T, D]
 *   h~     = tanh(Wc [c; h])                                 [B, T, H]
 *   logits = Wo h~ + b                                       [B, T, V]
 *
 * RNN is a recurrent network of the chosen cell. Options of the config:
 *   input_feeding     h~ of the step before is an input of the decoder's step (Luong 2015)
 *   attend "before"   c = attention(h before the step, memory) is one, too (Bahdanau 2015); "after" is Luong's order
 *   score "none"      c is the encoder's last state, at every step (Cho 2014); or, with vector "once", there is no c: that
 *                     state begins the decoder, and that is all (Sutskever 2014)
 *   local             "monotonic": attention to the keys at most `reach` away from the step's own number; "predictive":
 *                     from a place that the query predicts (Luong 2015)
 *   hard              attention to one key, drawn in training, else the likeliest (Xu 2015)
 *   teacher_forcing   the probability that a training step's previous token is the right one and not the network's own
 *                     best (scheduled sampling of Bengio 2015); 1: always
 *   truncate          gradients of a state, and of what it feeds, stop at every so many steps of either RNN; 0: they go
 *                     all the way (truncated backpropagation through time, Williams and Peng 1990)
 * What needs the step before trains step by step, everything else all steps at once. */
#include <string.h>

#include "models/seq2seq.h"

static heed_tensor *bridged(heed_tape *tape, const heed_params *params, const heed_seq2seq *net,
                            const heed_linear_layer *bridge, heed_tensor *state)
{
    return net->bridged && state ? heed_tanh(tape, heed_linear_apply(tape, params, bridge, state)) : state;
}

void heed_decoder_begin(const heed_model *model, heed_tape *tape, heed_tensor *h, heed_tensor *c, int layer,
                        heed_recurrent_state *state)
{
    const heed_seq2seq *net = model->network;
    state->h[layer] = bridged(tape, &model->params, net, &net->bridge_h, h);
    state->c[layer] = bridged(tape, &model->params, net, &net->bridge_c, c);
}

heed_encoded heed_seq2seq_encode(const heed_model *model, heed_tape *tape, const heed_source *source)
{
    const heed_seq2seq *net = model->network;
    const heed_params *params = &model->params;
    heed_tensor *x = heed_input_apply(model, tape, &net->input, source);
    heed_recurrent_state last;
    heed_encoded result = {.lengths = source->lengths};
    heed_trace_keep(tape, "encoder.x", x);
    /* [book:encoder] */
    x = heed_dropout(tape, x, net->dropout);
    result.memory = heed_recurrent_apply(tape, params, &net->encoder, x, source->lengths, NULL, false, &last);
    /* [/book] */
    heed_trace_keep(tape, "encoder.h", result.memory);
    result.memory = heed_dropout(tape, result.memory, net->dropout);
    /* [book:summary] */
    result.summary = last.h[net->encoder.layers - 1];
    /* [/book] */
    heed_trace_keep(tape, "encoder.summary", result.summary);
    if (net->attends)
        result.prepared = net->attention.score->prepare(tape, params, &net->attention, result.memory);
    for (int l = 0; l < net->decoder.layers; l++) {
        const int from = l < net->encoder.layers ? l : net->encoder.layers - 1;
        heed_decoder_begin(model, tape, last.h[from], last.c[from], l, &result.state);
    }
    return result;
}

/* The context of every query [B, T, H], NULL when the network has none; the weights, when it attends, in `result`. */
static heed_tensor *context_of(const heed_model *model, heed_tape *tape, const heed_encoded *source, heed_tensor *h,
                               int first, int length, heed_decoded *result)
{
    const heed_seq2seq *net = model->network;
    const heed_params *params = &model->params;
    if (net->once)
        return NULL;
    /* [book:context] */
    heed_tensor *context;
    if (net->attends) {
        const heed_attention_result attention = heed_attention_apply(tape, params, &net->attention, h, source->prepared,
                                                               source->memory, source->lengths, first);
        result->attention = attention;
        context = attention.context;
        heed_trace_keep(tape, "decoder.attention.query", h);
        heed_trace_keep(tape, "decoder.attention.keys", source->prepared);
        heed_trace_keep(tape, "decoder.attention.scores", attention.scores);
        heed_trace_keep(tape, "decoder.attention.place", attention.place);
        heed_trace_keep(tape, "decoder.attention.distribution", attention.distribution);
        heed_trace_keep(tape, "decoder.attention.weights", attention.weights);
    } else {
        context = heed_tile_time(tape, source->summary, length);
    }
    /* [/book] */
    heed_trace_keep(tape, "decoder.context", context);
    return context;
}

heed_decoded heed_seq2seq_decode(const heed_model *model, heed_tape *tape, const heed_encoded *source,
                                 const int32_t *previous, int rows, int first, int length, heed_tensor *feed,
                                 heed_recurrent_state *state)
{
    const heed_seq2seq *net = model->network;
    const heed_params *params = &model->params;
    heed_decoded result = {0};
    heed_tensor *context = NULL;
    if (net->before) {
        heed_tensor *query =
            heed_tensor_reshape(tape, state->h[net->decoder.layers - 1], 3, (int[]){rows, 1, net->hidden});
        context = context_of(model, tape, source, query, first, length, &result);
        feed = feed ? heed_concat(tape, feed, context) : context;
    }
    /* [book:decoder] */
    heed_tensor *x =
        heed_embedding(tape, heed_params_tensor(tape, params, net->target_embedding), previous, rows, length);
    x = heed_dropout(tape, x, net->dropout);
    if (feed)
        x = heed_concat(tape, x, feed);
    heed_tensor *h = heed_recurrent_apply(tape, params, &net->decoder, x, NULL, state, false, state);
    /* [/book] */
    result.h = h;
    heed_trace_keep(tape, "decoder.x", x);
    heed_trace_keep(tape, "decoder.h", h);
    if (!net->before)
        context = context_of(model, tape, source, h, first, length, &result);
    /* [book:readout] */
    heed_tensor *known = context ? heed_concat(tape, context, h) : h;
    result.readout = heed_tanh(tape, heed_linear_apply(tape, params, &net->combine, known));
    heed_tensor *dropped = heed_dropout(tape, result.readout, net->dropout);
    result.logits = heed_linear_apply(tape, params, &net->output, dropped);
    /* [/book] */
    heed_trace_keep(tape, "decoder.readout", result.readout);
    heed_trace_keep(tape, "decoder.logits", result.logits);
    return result;
}

/* Column t of a [rows, length] table of ids, in the arena. */
static int32_t *column(heed_tape *tape, const int32_t *ids, int rows, int length, int t)
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

/* Where the network reads its own best token in place of the right one: with probability 1 - teacher_forcing. */
static void let_go(const heed_seq2seq *net, heed_tape *tape, const heed_tensor *logits, int rows, int32_t *previous)
{
    for (int b = 0; heed_tensor_ok(logits) && b < rows; b++)
        if (heed_rng_uniform(&tape->rng) >= net->teacher_forcing)
            previous[b] = heed_best_token(logits->data + (size_t)b * net->vocabulary, net->vocabulary);
}

/* Its value, which no gradient goes back past. */
static heed_tensor *cut(heed_tape *tape, heed_tensor *x)
{
    return x && heed_tensor_ok(x) ? heed_tensor_view(tape, x->data, NULL, x->rank, x->dims) : x;
}

/* Truncated backpropagation through time, as heed_pass has it for steps at once. */
static void cut_state(heed_tape *tape, const heed_seq2seq *net, heed_recurrent_state *state, heed_tensor **feed)
{
    for (int l = 0; l < net->decoder.layers; l++) {
        state->h[l] = cut(tape, state->h[l]);
        state->c[l] = cut(tape, state->c[l]);
    }
    *feed = cut(tape, *feed);
}

static heed_tensor *loss_step_by_step(const heed_model *model, heed_tape *tape, const heed_batch *batch,
                                      heed_encoded *source, double smoothing)
{
    const heed_seq2seq *net = model->network;
    const int rows = batch->rows, length = batch->target_length;
    heed_decoded step = {0};
    heed_tensor *feed =
        net->input_feeding ? heed_tensor_new(tape, false, 3, (int[]){rows, 1, net->hidden}) : NULL;
    heed_tensor *total = heed_tensor_new(tape, true, 1, (int[]){1}); /* the loss of no step at all can be gone back from */
    for (int t = 0; t < length; t++) {
        int32_t *previous = column(tape, batch->target_in, rows, length, t);
        const int32_t *target = column(tape, batch->target_out, rows, length, t);
        const int32_t *present = step_lengths(tape, batch->target_lengths, rows, t);
        if (!previous || !target || !present)
            return &tape->invalid;
        if (t > 0 && tape->training && net->teacher_forcing < 1)
            let_go(net, tape, step.logits, rows, previous);
        if (t > 0 && net->decoder.truncate > 0 && t % net->decoder.truncate == 0)
            cut_state(tape, net, &source->state, &feed);
        step = heed_seq2seq_decode(model, tape, source, previous, rows, t, 1, feed, &source->state);
        if (net->input_feeding)
            feed = step.readout;
        total = heed_add(tape, total, heed_cross_entropy(tape, step.logits, target, present, smoothing));
    }
    return total;
}

heed_tensor *heed_seq2seq_loss(const heed_model *model, heed_tape *tape, const heed_batch *batch, double smoothing)
{
    const heed_seq2seq *net = model->network;
    const heed_source read = heed_batch_source(batch);
    heed_encoded source = net->encode(model, tape, &read);
    if (net->input_feeding || net->before || (tape->training && net->teacher_forcing < 1))
        return loss_step_by_step(model, tape, batch, &source, smoothing);
    const heed_decoded result = heed_seq2seq_decode(model, tape, &source, batch->target_in, batch->rows, 0,
                                                    batch->target_length, NULL, &source.state);
    heed_tensor *total =
        heed_cross_entropy(tape, result.logits, batch->target_out, batch->target_lengths, smoothing);
    if (net->attention.hard && tape->training)
        total = heed_add(tape, total,
                         heed_reinforce_attention(tape, &model->params, &net->attention, &result.attention, result.h,
                                                  result.logits, batch->target_out, batch->target_lengths));
    return total;
}

const heed_arch heed_arch_seq2seq = {
    .name = "seq2seq",
    .reads_text = true,
    .reads_values = true,
    .configure = heed_seq2seq_configure,
    .loss = heed_seq2seq_loss,
    .start = heed_seq2seq_start,
    .step = heed_seq2seq_step,
    .reorder = heed_seq2seq_reorder,
};
