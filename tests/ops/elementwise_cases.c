#include "op_case.h"

static const op_case cases[] = {
    {"add", "vector", {SHAPE1(5), SHAPE1(5)}, {0}, 0},
    {"add", "batch of 1, length 1", {SHAPE3(1, 1, 4), SHAPE3(1, 1, 4)}, {0}, 0},
    {"add", "more than a vector register", {SHAPE3(3, 5, 37), SHAPE3(3, 5, 37)}, {0}, 0},
    {"add", "one number", {SHAPE1(1), SHAPE1(1)}, {0}, 0},

    {"scale", "vector, by a constant", {SHAPE1(5)}, {.number = -0.7}, 0},
    {"scale", "batch of 1, length 1", {SHAPE3(1, 1, 4), SHAPE1(1)}, {.number = 1}, 0},
    {"scale", "large", {SHAPE3(3, 5, 37), SHAPE1(1)}, {.number = 0.4}, 0},

    {"unit", "vector", {SHAPE1(5)}, {0}, 0},
    {"unit", "batch of 1, length 1", {SHAPE3(1, 1, 4)}, {0}, 3},
    {"unit", "of two", {SHAPE2(6, 2)}, {0}, 0},
    {"unit", "large", {SHAPE3(3, 5, 37)}, {0}, 0},

    {"tanh", "vector", {SHAPE1(9)}, {0}, 2},
    {"tanh", "batch of 1, length 1", {SHAPE3(1, 1, 3)}, {0}, 1},
    {"tanh", "nearly saturated", {SHAPE2(4, 8)}, {0}, 4},
    {"tanh", "large", {SHAPE3(4, 6, 33)}, {0}, 1},

    {"sigmoid", "vector", {SHAPE1(9)}, {0}, 2},
    {"sigmoid", "batch of 1, length 1", {SHAPE3(1, 1, 3)}, {0}, 1},
    {"sigmoid", "nearly saturated", {SHAPE2(4, 8)}, {0}, 6},
    {"sigmoid", "large", {SHAPE3(4, 6, 33)}, {0}, 1},

    {"dropout", "vector", {SHAPE1(17)}, {.number = 0.5}, 0},
    {"dropout", "batch of 1, length 1", {SHAPE3(1, 1, 6)}, {.number = 0.2}, 0},
    {"dropout", "large", {SHAPE3(3, 7, 31)}, {.number = 0.1}, 0},
    {"dropout", "nothing dropped", {SHAPE2(3, 4)}, {.number = 0}, 0},
};

const op_case_list elementwise_cases = OP_CASE_LIST(cases);
