/* Products: sizes that are and are not multiples of the register tile. */
#include "op_case.h"

static const op_case cases[] = {
    {"linear", "batch of 1, length 1", {SHAPE3(1, 1, 3), SHAPE2(2, 3), SHAPE1(2)}, {0}, 0},
    {"linear", "no bias", {SHAPE2(4, 5), SHAPE2(3, 5), ABSENT}, {0}, 0},
    {"linear", "a vector", {SHAPE1(7), SHAPE2(4, 7), SHAPE1(4)}, {0}, 0},
    {"linear", "one input, one output", {SHAPE2(5, 1), SHAPE2(1, 1), SHAPE1(1)}, {0}, 0},
    {"linear", "odd sizes", {SHAPE3(3, 7, 17), SHAPE2(19, 17), SHAPE1(19)}, {0}, 0},
    {"linear", "more than a block", {SHAPE2(5, 401), SHAPE2(6, 401), SHAPE1(6)}, {0}, 0},

    {"batch_matmul", "batch of 1, length 1", {SHAPE3(1, 1, 4), SHAPE3(1, 4, 1)}, {0}, 0},
    {"batch_matmul", "plain", {SHAPE3(2, 3, 4), SHAPE3(2, 4, 5)}, {0}, 0},
    {"batch_matmul", "plain, large", {SHAPE3(3, 9, 17), SHAPE3(3, 17, 21)}, {0}, 0},
    {"batch_matmul", "transposed, batch of 1, length 1", {SHAPE3(1, 1, 4), SHAPE3(1, 1, 4)}, {.flag = 1}, 0},
    {"batch_matmul", "transposed", {SHAPE3(2, 3, 4), SHAPE3(2, 5, 4)}, {.flag = 1}, 0},
    {"batch_matmul", "transposed, large", {SHAPE3(3, 9, 17), SHAPE3(3, 21, 17)}, {.flag = 1}, 0},
};

const op_case_list product_cases = OP_CASE_LIST(cases);
