#include "op_case.h"

static const op_case cases[] = {
    {"cross_entropy", "batch of 1, length 1", {SHAPE3(1, 1, 4)}, {.ids = IDS(2)}, 2},
    {"cross_entropy", "no lengths", {SHAPE3(2, 3, 4)}, {.ids = IDS(0, 1, 2, 3, 3, 0)}, 2},
    {"cross_entropy", "ragged", {SHAPE3(3, 3, 5)}, {.ids = IDS(4, 1, 2, 0, 0, 0, 3, 1, 0), .lengths = IDS(3, 1, 2)}, 2},
    {"cross_entropy", "an empty row", {SHAPE3(2, 2, 3)}, {.ids = IDS(0, 0, 1, 2), .lengths = IDS(0, 2)}, 2},
    {"cross_entropy", "smoothing, batch of 1, length 1", {SHAPE3(1, 1, 4)}, {.ids = IDS(0), .number = 0.1}, 2},
    {"cross_entropy", "smoothing, ragged", {SHAPE3(3, 2, 4)},
     {.ids = IDS(1, 2, 3, 0, 0, 1), .lengths = IDS(2, 1, 2), .number = 0.3}, 2},
    {"reinforce", "batch of 1, length 1", {SHAPE3(1, 1, 2), SHAPE1(1), SHAPE1(1), SHAPE1(1)}, {.ids = IDS(1)}, -1},
    {"reinforce", "no lengths", {SHAPE3(2, 2, 3), SHAPE2(2, 2), SHAPE2(2, 2), SHAPE2(2, 2)}, {.ids = IDS(2, 0, 1, 1)}, -1},
    {"reinforce", "ragged", {SHAPE3(3, 2, 19), SHAPE1(6), SHAPE3(3, 2, 1), SHAPE1(6)},
     {.ids = IDS(18, 0, 7, 7, 3, 2), .lengths = IDS(2, 1, 0)}, -2},
    {"cross_entropy", "large", {SHAPE3(2, 3, 43)},
     {.ids = IDS(42, 0, 7, 7, 41, 0), .lengths = IDS(3, 2), .number = 0.1}, 3},

    {"binary_cross_entropy", "one number", {SHAPE1(1), SHAPE1(1)}, {0}, 2},
    {"binary_cross_entropy", "batch of 1, length 1", {SHAPE3(1, 1, 4), SHAPE3(1, 1, 4)}, {0}, 2},
    {"binary_cross_entropy", "large", {SHAPE3(3, 5, 37), SHAPE3(3, 5, 37)}, {0}, 3},

    {"squared_error", "one number", {SHAPE1(1), SHAPE1(1)}, {0}, 2},
    {"squared_error", "batch of 1, length 1", {SHAPE3(1, 1, 4), SHAPE3(1, 1, 4)}, {0}, 2},
    {"squared_error", "large", {SHAPE3(3, 5, 37), SHAPE3(3, 5, 37)}, {0}, 3},

    {"absolute_error", "one number", {SHAPE1(1), SHAPE1(1)}, {0}, 2},
    {"absolute_error", "batch of 1, length 1", {SHAPE3(1, 1, 4), SHAPE3(1, 1, 4)}, {0}, 2},
    {"absolute_error", "large", {SHAPE3(3, 5, 37), SHAPE3(3, 5, 37)}, {0}, 3},
};

const op_case_list loss_cases = OP_CASE_LIST(cases);
