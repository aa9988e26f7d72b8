/* One gradient check of one op: which shapes, which arguments. The tables of cases are one file per group of ops. */
#ifndef HEED_OP_CASE_H
#define HEED_OP_CASE_H

#include "op_runner.h"

typedef struct op_shape {
    bool present;
    int rank, dims[HEED_MAX_RANK];
} op_shape;

#define SHAPE1(a) {true, 1, {a}}
#define SHAPE2(a, b) {true, 2, {a, b}}
#define SHAPE3(a, b, c) {true, 3, {a, b, c}}
#define SHAPE4(a, b, c, d) {true, 4, {a, b, c, d}}
#define ABSENT {false, 0, {0}}

typedef struct op_case {
    const char *op, *label;
    op_shape inputs[OP_INPUTS_MAX]; /* those that are left out are absent */
    op_arguments arguments;
    double range;                   /* inputs are uniform in +-range; 0 means 1; below 0: in 0.1 .. 0.1 - range */
} op_case;

typedef struct op_case_list {
    const op_case *cases;
    int count;
} op_case_list;

/* The groups: a new file of cases has its line here and in gradients.c. */
extern const op_case_list elementwise_cases, layout_cases, product_cases, attention_cases, loss_cases, recurrent_cases,
    transformer_cases, image_cases;

#define OP_CASE_LIST(table) {(table), (int)(sizeof(table) / sizeof *(table))}
#define IDS(...) ((const int32_t[]){__VA_ARGS__})

#endif
