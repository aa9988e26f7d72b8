#include "op_case.h"

static const op_case cases[] = {
    {"local_softmax", "batch of 1, length 1", {SHAPE3(1, 1, 1)}, {.window = 1}, 0},
    {"local_softmax", "about the step's number", {SHAPE3(2, 4, 7)}, {.window = 2}, 2},
    {"local_softmax", "past the end", {SHAPE3(3, 3, 6)}, {.lengths = IDS(6, 1, 3), .flag = 4, .window = 1}, 2},
    {"local_softmax", "predicted, batch of 1, length 1", {SHAPE3(1, 1, 1), SHAPE3(1, 1, 1)}, {.window = 2}, 0},
    {"local_softmax", "predicted, ragged", {SHAPE3(3, 2, 9), SHAPE3(3, 2, 1)}, {.lengths = IDS(9, 1, 4), .window = 2}, 2},
    {"local_softmax", "predicted, large", {SHAPE3(2, 5, 40), SHAPE3(2, 5, 1)}, {.window = 7}, 1},

    {"masked_softmax", "batch of 1, length 1", {SHAPE3(1, 1, 1)}, {0}, 0},
    {"masked_softmax", "no lengths", {SHAPE3(2, 3, 5)}, {0}, 2},
    {"masked_softmax", "ragged", {SHAPE3(3, 2, 5)}, {.lengths = IDS(5, 1, 3)}, 2},
    {"masked_softmax", "ragged with an empty row", {SHAPE3(3, 1, 4)}, {.lengths = IDS(0, 4, 2)}, 2},
    {"masked_softmax", "large", {SHAPE3(2, 4, 37)}, {.lengths = IDS(37, 20)}, 3},

    {"additive_score", "batch of 1, length 1", {SHAPE3(1, 1, 3), SHAPE3(1, 1, 3), SHAPE1(3)}, {0}, 0},
    {"additive_score", "one query", {SHAPE3(2, 1, 4), SHAPE3(2, 3, 4), SHAPE1(4)}, {0}, 0},
    {"additive_score", "several queries", {SHAPE3(2, 3, 5), SHAPE3(2, 4, 5), SHAPE1(5)}, {0}, 0},
    {"additive_score", "large", {SHAPE3(2, 5, 19), SHAPE3(2, 7, 19), SHAPE1(19)}, {0}, 0},
};

const op_case_list attention_cases = OP_CASE_LIST(cases);
