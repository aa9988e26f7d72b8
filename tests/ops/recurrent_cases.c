#include "op_case.h"

/* x, Wx, Wh, bias of B rows, T steps, I inputs, H cells */
#define NETWORK(gates, biases, b, t, i, h) \
    SHAPE3(b, t, i), SHAPE2((gates) * (h), i), SHAPE2((gates) * (h), h), SHAPE1((biases) * (h))
#define RNN(b, t, i, h) NETWORK(1, 1, b, t, i, h)
#define GRU(b, t, i, h) NETWORK(3, 4, b, t, i, h)
#define LSTM(b, t, i, h) NETWORK(4, 4, b, t, i, h)
#define STATE(b, h) SHAPE2(b, h), SHAPE2(b, h)

static const op_case cases[] = {
    {"lstm", "batch of 1, length 1", {LSTM(1, 1, 2, 3)}, {0}, 0},
    {"lstm", "one cell", {LSTM(2, 4, 1, 1), STATE(2, 1)}, {0}, 0},
    {"lstm", "several steps", {LSTM(2, 4, 3, 2)}, {0}, 0},
    {"lstm", "from a state", {LSTM(2, 3, 2, 3), STATE(2, 3)}, {0}, 0},
    {"lstm", "ragged", {LSTM(3, 5, 2, 3), STATE(3, 3)}, {.lengths = IDS(5, 1, 3)}, 0},
    {"lstm", "ragged with an empty row", {LSTM(3, 3, 2, 2), STATE(3, 2)}, {.lengths = IDS(2, 0, 3)}, 0},
    {"lstm", "reverse, batch of 1, length 1", {LSTM(1, 1, 3, 2)}, {.flag = 1}, 0},
    {"lstm", "reverse", {LSTM(2, 4, 3, 2), STATE(2, 2)}, {.flag = 1}, 0},
    {"lstm", "reverse, ragged", {LSTM(3, 5, 2, 3), STATE(3, 3)}, {.lengths = IDS(2, 5, 1), .flag = 1}, 0},
    {"lstm", "more steps than are projected at once", {LSTM(3, 35, 2, 2)}, {.lengths = IDS(35, 1, 30)}, 0.5},
    {"lstm", "large", {LSTM(3, 6, 11, 17), STATE(3, 17)}, {.lengths = IDS(6, 4, 1)}, 0.5},
    {"lstm", "large, reverse", {LSTM(5, 6, 11, 17)}, {.lengths = IDS(6, 4, 1, 5, 3), .flag = 1}, 0.5},
    {"rnn", "batch of 1, length 1", {RNN(1, 1, 2, 3)}, {0}, 0},
    {"rnn", "one cell", {RNN(2, 4, 1, 1), SHAPE2(2, 1)}, {0}, 0},
    {"rnn", "ragged", {RNN(3, 5, 2, 3), SHAPE2(3, 3)}, {.lengths = IDS(5, 1, 3)}, 0},
    {"rnn", "reverse, ragged with an empty row", {RNN(3, 5, 2, 3)}, {.lengths = IDS(2, 5, 0), .flag = 1}, 0},
    {"rnn", "long, batch of 1", {RNN(1, 40, 3, 2)}, {0}, 0.5},
    {"rnn", "large", {RNN(3, 6, 11, 17), SHAPE2(3, 17)}, {.lengths = IDS(6, 4, 1)}, 0.5},
    {"rnn", "relu, batch of 1, length 1", {RNN(1, 1, 2, 3)}, {.number = 1}, 0},
    {"rnn", "relu, ragged", {RNN(3, 5, 2, 3), SHAPE2(3, 3)}, {.lengths = IDS(5, 1, 3), .number = 1}, 0},
    {"rnn", "relu, reverse", {RNN(2, 3, 4, 5)}, {.lengths = IDS(3, 1), .flag = 1, .number = 1}, 0},
    {"gru", "batch of 1, length 1", {GRU(1, 1, 2, 3)}, {0}, 0},
    {"gru", "one cell", {GRU(2, 4, 1, 1), SHAPE2(2, 1)}, {0}, 0},
    {"gru", "several steps", {GRU(2, 4, 3, 2)}, {0}, 0},
    {"gru", "ragged with an empty row", {GRU(4, 5, 2, 3), SHAPE2(4, 3)}, {.lengths = IDS(5, 1, 0, 3)}, 0},
    {"gru", "reverse, ragged", {GRU(3, 5, 2, 3), SHAPE2(3, 3)}, {.lengths = IDS(2, 5, 1), .flag = 1}, 0},
    {"gru", "long, batch of 1", {GRU(1, 40, 3, 2)}, {0}, 0.5},
    {"gru", "large", {GRU(3, 6, 11, 17), SHAPE2(3, 17)}, {.lengths = IDS(6, 4, 1)}, 0.5},
};

const op_case_list recurrent_cases = OP_CASE_LIST(cases);
