/* Ops that only move numbers: here a wrong index is the usual mistake. */
#include "op_case.h"

static const op_case cases[] = {
    {"concat", "vectors", {SHAPE1(3), SHAPE1(2)}, {0}, 0},
    {"concat", "batch of 1, length 1", {SHAPE3(1, 1, 4), SHAPE3(1, 1, 3)}, {0}, 0},
    {"concat", "rows", {SHAPE2(4, 1), SHAPE2(4, 5)}, {0}, 0},
    {"concat", "large", {SHAPE3(3, 4, 19), SHAPE3(3, 4, 35)}, {0}, 0},

    {"tile_time", "batch of 1, length 1", {SHAPE2(1, 4)}, {.length = 1}, 0},
    {"tile_time", "small", {SHAPE2(3, 2)}, {.length = 4}, 0},
    {"tile_time", "large", {SHAPE2(5, 33)}, {.length = 6}, 0},

    {"embedding", "batch of 1, length 1", {SHAPE2(4, 3)}, {.rows = 1, .length = 1, .ids = IDS(2)}, 0},
    {"embedding", "an id again and again", {SHAPE2(3, 5)}, {.rows = 2, .length = 3, .ids = IDS(1, 1, 0, 2, 1, 1)}, 0},
    {"embedding", "padding is a row as any", {SHAPE2(6, 2)}, {.rows = 3, .length = 2, .ids = IDS(5, 4, 3, 0, 0, 0)}, 0},
    {"embedding", "large", {SHAPE2(9, 40)}, {.rows = 2, .length = 5, .ids = IDS(8, 0, 3, 3, 7, 1, 8, 8, 2, 5)}, 0},
};

const op_case_list layout_cases = OP_CASE_LIST(cases);
