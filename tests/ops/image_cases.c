/* Ops on images, and batch norm. */
#include "op_case.h"

/* x, weight, bias */
#define CONV(b, h, w, c, out, high, wide) SHAPE4(b, h, w, c), SHAPE2(out, (high) * (wide) * (c)), SHAPE1(out)
#define NORM(b, t, c) SHAPE3(b, t, c), SHAPE1(c), SHAPE1(c)

static const op_case cases[] = {
    {"conv2d", "one pixel", {CONV(1, 1, 1, 1, 1, 1, 1)}, {.height = 1, .width = 1, .stride = 1}, 0},
    {"conv2d", "padding", {CONV(1, 3, 5, 1, 2, 3, 3)}, {.height = 3, .width = 3, .stride = 1, .padding = 1}, 0},
    {"conv2d", "no bias", {SHAPE4(2, 4, 3, 2), SHAPE2(3, 8), ABSENT}, {.height = 2, .width = 2, .stride = 1}, 0},
    {"conv2d", "stride", {CONV(2, 5, 6, 2, 3, 2, 3)}, {.height = 2, .width = 3, .stride = 2, .padding = 1}, 0},
    {"conv2d", "patches", {CONV(2, 6, 7, 1, 4, 3, 3)}, {.height = 3, .width = 3, .stride = 3}, 0},
    {"conv2d", "heights", {CONV(3, 5, 4, 2, 3, 3, 3)},
     {.height = 3, .width = 3, .stride = 1, .padding = 1, .lengths = IDS(5, 1, 3)}, 0},
    {"conv2d", "heights, one too low for a window", {CONV(2, 4, 4, 1, 3, 3, 3)},
     {.height = 3, .width = 3, .stride = 1, .lengths = IDS(2, 4)}, 0},
    {"conv2d", "large", {CONV(2, 7, 9, 3, 17, 3, 3)},
     {.height = 3, .width = 3, .stride = 2, .padding = 1, .lengths = IDS(7, 4)}, 0},

    {"max_pool", "one window", {SHAPE4(1, 2, 2, 1)}, {.height = 2, .stride = 2}, 0},
    {"max_pool", "a row and a column are left over", {SHAPE4(2, 5, 7, 3)}, {.height = 2, .stride = 2}, 0},
    {"max_pool", "windows overlap", {SHAPE4(2, 5, 5, 2)}, {.height = 3, .stride = 1}, 0},
    {"max_pool", "heights", {SHAPE4(3, 6, 4, 9)}, {.height = 2, .stride = 2, .lengths = IDS(6, 1, 4)}, 0},

    {"batch_norm", "two rows", {NORM(2, 1, 3)}, {.number = 1e-2}, 0},
    {"batch_norm", "batch of 1", {NORM(1, 4, 2)}, {.number = 1e-5}, 0},
    {"batch_norm", "ragged", {NORM(3, 4, 5)}, {.number = 1e-5, .lengths = IDS(4, 1, 2)}, 0},
    {"batch_norm", "large, an empty row", {NORM(4, 5, 19)}, {.number = 1e-3, .lengths = IDS(5, 0, 3, 4)}, 0},
    {"batch_norm", "given statistics, length 1", {NORM(1, 1, 3), SHAPE1(3), SHAPE1(3)}, {.number = 0.1}, -2},
    {"batch_norm", "given statistics, ragged", {NORM(3, 4, 17), SHAPE1(17), SHAPE1(17)},
     {.number = 1e-5, .lengths = IDS(1, 4, 2)}, -2},
};

const op_case_list image_cases = OP_CASE_LIST(cases);
