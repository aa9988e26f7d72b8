/* What a Transformer is made of beside linear layers. */
#include "op_case.h"

/* q [B, Q, d] and kv [B, K, 2d] */
#define CROSS(b, q, k, d) SHAPE3(b, q, d), SHAPE3(b, k, 2 * (d))
/* x [B, T, C] and the matrices of F hidden channels */
#define NETWORK(b, t, c, f) SHAPE3(b, t, c), SHAPE2(f, c), SHAPE1(f), SHAPE2(c, f), SHAPE1(c)
#define SELF(b, t, d) SHAPE3(b, t, 3 * (d))

static const op_case cases[] = {
    {"relu", "vector", {SHAPE1(9)}, {0}, 2},
    {"relu", "batch of 1, length 1", {SHAPE3(1, 1, 3)}, {0}, 1},
    {"relu", "large", {SHAPE3(4, 6, 33)}, {0}, 5},

    {"gelu", "vector", {SHAPE1(9)}, {0}, 2},
    {"gelu", "batch of 1, length 1", {SHAPE3(1, 1, 3)}, {0}, 1},
    {"gelu", "far from zero", {SHAPE2(4, 8)}, {0}, 6},
    {"gelu", "large", {SHAPE3(4, 6, 33)}, {0}, 3},

    {"feed_forward", "batch of 1, length 1", {NETWORK(1, 1, 2, 3)}, {0}, 2},
    {"feed_forward", "relu", {NETWORK(2, 3, 4, 5)}, {0}, 2},
    {"feed_forward", "gelu", {NETWORK(2, 3, 4, 5)}, {.flag = 1}, 2},
    {"feed_forward", "gelu, large", {NETWORK(3, 6, 17, 35)}, {.flag = 1}, 0},

    {"layer_norm", "vector", {SHAPE1(5), SHAPE1(5), SHAPE1(5)}, {.number = 1e-5}, 0},
    {"layer_norm", "batch of 1, length 1", {SHAPE3(1, 1, 4), SHAPE1(4), SHAPE1(4)}, {.number = 1e-5}, 0},
    {"layer_norm", "a large epsilon", {SHAPE2(3, 6), SHAPE1(6), SHAPE1(6)}, {.number = 0.5}, 0},
    {"layer_norm", "large", {SHAPE3(3, 4, 37), SHAPE1(37), SHAPE1(37)}, {.number = 1e-3}, 0},

    {"add_positions", "batch of 1, length 1", {SHAPE3(1, 1, 3), SHAPE2(1, 3)}, {.number = 1.7}, 0},
    {"add_positions", "none", {SHAPE3(2, 3, 4), ABSENT}, {.number = 0.5}, 0},
    {"add_positions", "from the third", {SHAPE3(2, 2, 5), SHAPE2(6, 5)}, {.number = 2, .flag = 3}, 0},
    {"add_positions", "large", {SHAPE3(3, 7, 19), SHAPE2(9, 19)}, {.number = 4.3}, 0},

    {"multi_head_attention", "batch of 1, length 1", {CROSS(1, 1, 1, 2)}, {.heads = 1}, 0},
    {"multi_head_attention", "one head", {CROSS(2, 3, 4, 3)}, {.heads = 1}, 0},
    {"multi_head_attention", "heads", {CROSS(2, 3, 4, 6)}, {.heads = 3}, 0},
    {"multi_head_attention", "ragged", {CROSS(3, 2, 5, 4)}, {.heads = 2, .lengths = IDS(5, 1, 3)}, 2},
    {"multi_head_attention", "ragged with an empty row", {CROSS(2, 2, 3, 4)}, {.heads = 2, .lengths = IDS(0, 2)}, 2},
    {"multi_head_attention", "room for more keys", {CROSS(2, 2, 6, 4)}, {.heads = 2, .keys = 4, .lengths = IDS(4, 3)}, 2},
    {"multi_head_attention", "three queries share a row", {SHAPE3(6, 2, 4), SHAPE3(2, 5, 8)},
     {.heads = 2, .lengths = IDS(5, 3)}, 2},
    {"multi_head_attention", "self, length 1", {SELF(1, 1, 4)}, {.heads = 2}, 0},
    {"multi_head_attention", "self", {SELF(2, 4, 4)}, {.heads = 2}, 0},
    {"multi_head_attention", "self, causal", {SELF(2, 5, 4)}, {.heads = 2, .flag = 1}, 2},
    {"multi_head_attention", "self, causal and ragged", {SELF(3, 4, 6)},
     {.heads = 2, .flag = 1, .lengths = IDS(4, 1, 2)}, 2},
    {"multi_head_attention", "a window", {SELF(2, 6, 4)}, {.heads = 1, .window = 2, .lengths = IDS(6, 3)}, 2},
    {"multi_head_attention", "a causal window", {SELF(2, 6, 4)}, {.heads = 2, .window = 3, .flag = 1}, 2},
    {"multi_head_attention", "a window behind the last real key", {CROSS(3, 1, 6, 4)},
     {.heads = 2, .window = 2, .flag = 1, .lengths = IDS(6, 1, 3)}, 2},
    {"multi_head_attention", "causal, later queries only", {CROSS(2, 2, 5, 4)}, {.heads = 2, .flag = 1}, 2},
    {"multi_head_attention", "a muted head", {SELF(2, 3, 6)}, {.heads = 3, .muted = 2}, 0},
    {"multi_head_attention", "dropout", {CROSS(2, 3, 5, 6)}, {.heads = 3, .lengths = IDS(5, 4), .number = 0.4}, 0},
    {"multi_head_attention", "self, causal, dropout", {SELF(2, 5, 4)}, {.heads = 2, .flag = 1, .number = 0.3}, 2},
    {"multi_head_attention", "large", {CROSS(2, 9, 13, 34)}, {.heads = 2, .lengths = IDS(13, 7)}, 1},
    {"multi_head_attention", "self, large", {SELF(2, 17, 38)}, {.heads = 2, .flag = 1}, 1},

    {"linear_cross_entropy", "batch of 1, length 1", {SHAPE3(1, 1, 3), SHAPE2(4, 3), SHAPE1(4)}, {.ids = IDS(2)}, 1},
    {"linear_cross_entropy", "no bias, no lengths", {SHAPE3(2, 3, 2), SHAPE2(4, 2), ABSENT},
     {.ids = IDS(0, 1, 2, 3, 3, 0)}, 1},
    {"linear_cross_entropy", "ragged", {SHAPE3(3, 3, 4), SHAPE2(5, 4), SHAPE1(5)},
     {.ids = IDS(4, 1, 2, 0, 0, 0, 3, 1, 0), .lengths = IDS(3, 1, 2)}, 1},
    {"linear_cross_entropy", "smoothing, an empty row", {SHAPE3(2, 2, 3), SHAPE2(6, 3), SHAPE1(6)},
     {.ids = IDS(0, 0, 5, 2), .lengths = IDS(0, 2), .number = 0.1}, 1},
    {"linear_cross_entropy", "steps without a target", {SHAPE3(2, 3, 3), SHAPE2(4, 3), ABSENT},
     {.ids = IDS(-1, 2, 3, -1, -1, 0), .number = 0.2}, 1},
    {"linear_cross_entropy", "large", {SHAPE3(2, 3, 17), SHAPE2(43, 17), SHAPE1(43)},
     {.ids = IDS(42, 0, 7, 7, 41, 0), .lengths = IDS(3, 2), .number = 0.1}, 1},
};

const op_case_list transformer_cases = OP_CASE_LIST(cases);
