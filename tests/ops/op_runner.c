#include "op_runner.h"

#include <string.h>

heed_rng op_runner_rng(void) {
    heed_rng rng;
    heed_rng_seed(&rng, 1, 2);
    return rng;
}

static void run_add(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    (void)arguments;
    out[0] = heed_add(tape, in[0], in[1]);
}

static void run_add_positions(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments,
                              heed_tensor **out) {
    out[0] = heed_add_positions(tape, in[0], arguments->number, in[1], arguments->flag);
}

static void run_additive_score(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments,
                               heed_tensor **out) {
    (void)arguments;
    out[0] = heed_additive_score(tape, in[0], in[1], in[2]);
}

static void run_batch_matmul(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments,
                             heed_tensor **out) {
    out[0] = heed_batch_matmul(tape, in[0], in[1], arguments->flag);
}

static void run_batch_norm(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments,
                           heed_tensor **out) {
    out[0] = heed_batch_norm(tape, in[0], in[1], in[2], in[3], in[4], arguments->lengths, arguments->number).y;
}

static void run_conv2d(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    const heed_window window = {arguments->height, arguments->width, arguments->stride, arguments->padding};
    out[0] = heed_conv2d(tape, in[0], in[1], in[2], window, arguments->lengths);
}

static void run_max_pool(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    out[0] = heed_max_pool(tape, in[0], arguments->height, arguments->stride, arguments->lengths);
}

static void run_concat(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    (void)arguments;
    out[0] = heed_concat(tape, in[0], in[1]);
}

static void run_cross_entropy(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments,
                              heed_tensor **out) {
    out[0] = heed_cross_entropy(tape, in[0], arguments->ids, arguments->lengths, arguments->number);
}

static void run_dropout(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    tape->training = true;
    tape->rng = op_runner_rng();
    out[0] = heed_dropout(tape, in[0], arguments->number);
}

static void run_embedding(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    out[0] = heed_embedding(tape, in[0], arguments->ids, arguments->rows, arguments->length);
}

static void run_feed_forward(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments,
                             heed_tensor **out) {
    out[0] = heed_feed_forward(tape, in[0], in[1], in[2], in[3], in[4], arguments->flag ? HEED_GELU : HEED_RELU).y;
}

static void run_gelu(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    (void)arguments;
    out[0] = heed_gelu(tape, in[0]);
}

static void run_layer_norm(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments,
                           heed_tensor **out) {
    out[0] = heed_layer_norm(tape, in[0], in[1], in[2], arguments->number);
}

static void run_linear(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    (void)arguments;
    out[0] = heed_linear(tape, in[0], in[1], in[2]);
}

static void run_linear_cross_entropy(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments,
                                     heed_tensor **out) {
    out[0] = heed_linear_cross_entropy(tape, in[0], in[1], in[2], arguments->ids, arguments->lengths,
                                       arguments->number);
}

static void run_recurrent(heed_recurrent_result result, heed_tensor **out) {
    out[0] = result.y;
    out[1] = result.h;
    out[2] = result.c;
}

static heed_pass pass_of(const op_arguments *arguments) {
    return (heed_pass){.lengths = arguments->lengths, .reverse = arguments->flag, .truncate = arguments->length};
}

static void run_gru(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    run_recurrent(heed_gru(tape, in[0], in[1], in[2], in[3], in[4], pass_of(arguments)), out);
}

static void run_lstm(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    run_recurrent(heed_lstm(tape, in[0], in[1], in[2], in[3], in[4], in[5], pass_of(arguments)), out);
}

static void run_rnn(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    const bool relu = arguments->number != 0;
    run_recurrent(heed_rnn(tape, in[0], in[1], in[2], in[3], in[4], pass_of(arguments), relu), out);
}

static void run_local_softmax(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments,
                              heed_tensor **out) {
    out[0] = heed_local_softmax(tape, in[0], in[1], arguments->lengths, arguments->flag, arguments->window);
}

static void run_masked_softmax(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments,
                               heed_tensor **out) {
    out[0] = heed_masked_softmax(tape, in[0], arguments->lengths);
}

static void run_multi_head_attention(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments,
                                     heed_tensor **out) {
    const heed_heads heads = {arguments->heads, arguments->lengths, arguments->keys, arguments->flag,
                              arguments->window, (uint64_t)arguments->muted, arguments->number};
    tape->training = arguments->number > 0;
    tape->rng = op_runner_rng();
    out[0] = heed_multi_head_attention(tape, in[0], in[1], &heads).context;
}

static void run_relu(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    (void)arguments;
    out[0] = heed_relu(tape, in[0]);
}

static void run_reinforce(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    out[0] = heed_reinforce(tape, in[0], in[1], in[2], in[3], arguments->ids, arguments->lengths);
}

static void run_scale(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    out[0] = heed_scale(tape, in[0], arguments->number, in[1]);
}

static void run_sigmoid(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    (void)arguments;
    out[0] = heed_sigmoid(tape, in[0]);
}

static void run_binary_cross_entropy(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments,
                                     heed_tensor **out) {
    (void)arguments;
    out[0] = heed_binary_cross_entropy(tape, in[0], in[1]);
}

static void run_squared_error(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments,
                              heed_tensor **out) {
    (void)arguments;
    out[0] = heed_squared_error(tape, in[0], in[1]);
}

static void run_absolute_error(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments,
                               heed_tensor **out) {
    (void)arguments;
    out[0] = heed_absolute_error(tape, in[0], in[1]);
}

static void run_tanh(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    (void)arguments;
    out[0] = heed_tanh(tape, in[0]);
}

static void run_tile_time(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    out[0] = heed_tile_time(tape, in[0], arguments->length);
}

static void run_unit(heed_tape *tape, heed_tensor *const *in, const op_arguments *arguments, heed_tensor **out) {
    (void)arguments;
    out[0] = heed_unit(tape, in[0]);
}

static const op_runner runners[] = {
    {"absolute_error", {"x", "t"}, {"loss"}, run_absolute_error},
    {"add", {"a", "b"}, {"y"}, run_add},
    {"add_positions", {"x", "table"}, {"y"}, run_add_positions},
    {"additive_score", {"query", "key", "v"}, {"y"}, run_additive_score},
    {"batch_matmul", {"a", "b"}, {"y"}, run_batch_matmul},
    {"batch_norm", {"x", "gain", "bias", "mean", "variance"}, {"y"}, run_batch_norm},
    {"binary_cross_entropy", {"x", "t"}, {"loss"}, run_binary_cross_entropy},
    {"concat", {"a", "b"}, {"y"}, run_concat},
    {"conv2d", {"x", "w", "b"}, {"y"}, run_conv2d},
    {"cross_entropy", {"logits"}, {"loss"}, run_cross_entropy},
    {"dropout", {"x"}, {"y"}, run_dropout},
    {"embedding", {"table"}, {"y"}, run_embedding},
    {"feed_forward", {"x", "up", "up_bias", "down", "down_bias"}, {"y"}, run_feed_forward},
    {"gelu", {"x"}, {"y"}, run_gelu},
    {"layer_norm", {"x", "gain", "bias"}, {"y"}, run_layer_norm},
    {"gru", {"x", "wx", "wh", "bias", "h0"}, {"y", "h"}, run_gru},
    {"linear", {"x", "w", "b"}, {"y"}, run_linear},
    {"linear_cross_entropy", {"x", "w", "b"}, {"loss"}, run_linear_cross_entropy},
    {"local_softmax", {"x", "z"}, {"y"}, run_local_softmax},
    {"lstm", {"x", "wx", "wh", "bias", "h0", "c0"}, {"y", "h", "c"}, run_lstm},
    {"masked_softmax", {"x"}, {"y"}, run_masked_softmax},
    {"max_pool", {"x"}, {"y"}, run_max_pool},
    {"multi_head_attention", {"q", "kv"}, {"context"}, run_multi_head_attention},
    {"reinforce", {"w", "a", "b", "g"}, {"y"}, run_reinforce},
    {"relu", {"x"}, {"y"}, run_relu},
    {"rnn", {"x", "wx", "wh", "bias", "h0"}, {"y", "h"}, run_rnn},
    {"scale", {"x", "s"}, {"y"}, run_scale},
    {"sigmoid", {"x"}, {"y"}, run_sigmoid},
    {"squared_error", {"x", "t"}, {"loss"}, run_squared_error},
    {"tanh", {"x"}, {"y"}, run_tanh},
    {"tile_time", {"x"}, {"y"}, run_tile_time},
    {"unit", {"x"}, {"y"}, run_unit},
};

const op_runner *op_runner_find(const char *name) {
    for (size_t i = 0; i < sizeof runners / sizeof *runners; i++)
        if (strcmp(runners[i].name, name) == 0)
            return &runners[i];
    return NULL;
}
