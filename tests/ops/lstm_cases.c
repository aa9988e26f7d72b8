#include "op_case.h"

/* x, Wx, Wh, bias of B rows, T steps, I inputs, H cells */
#define NETWORK(b, t, i, h) SHAPE3(b, t, i), SHAPE2(4 * (h), i), SHAPE2(4 * (h), h), SHAPE1(4 * (h))
#define STATE(b, h) SHAPE2(b, h), SHAPE2(b, h)

static const op_case cases[] = {
    {"lstm", "batch of 1, length 1", {NETWORK(1, 1, 2, 3)}, {0}, 0},
    {"lstm", "one cell", {NETWORK(2, 4, 1, 1), STATE(2, 1)}, {0}, 0},
    {"lstm", "several steps", {NETWORK(2, 4, 3, 2)}, {0}, 0},
    {"lstm", "from a state", {NETWORK(2, 3, 2, 3), STATE(2, 3)}, {0}, 0},
    {"lstm", "ragged", {NETWORK(3, 5, 2, 3), STATE(3, 3)}, {.lengths = IDS(5, 1, 3)}, 0},
    {"lstm", "ragged with an empty row", {NETWORK(3, 3, 2, 2), STATE(3, 2)}, {.lengths = IDS(2, 0, 3)}, 0},
    {"lstm", "reverse, batch of 1, length 1", {NETWORK(1, 1, 3, 2)}, {.flag = 1}, 0},
    {"lstm", "reverse", {NETWORK(2, 4, 3, 2), STATE(2, 2)}, {.flag = 1}, 0},
    {"lstm", "reverse, ragged", {NETWORK(3, 5, 2, 3), STATE(3, 3)}, {.lengths = IDS(2, 5, 1), .flag = 1}, 0},
    {"lstm", "large", {NETWORK(3, 6, 11, 17), STATE(3, 17)}, {.lengths = IDS(6, 4, 1)}, 0.5},
    {"lstm", "large, reverse", {NETWORK(5, 6, 11, 17)}, {.lengths = IDS(6, 4, 1, 5, 3), .flag = 1}, 0.5},
};

const op_case_list lstm_cases = OP_CASE_LIST(cases);
