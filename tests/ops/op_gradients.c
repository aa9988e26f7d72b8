/* Gradients of single ops. The function is sum over outputs and elements of r y, r random and fixed: every element
 * of every output counts. Inputs' gradients hold something before the backward pass, which must add to it; and each
 * input alone must get what it gets when all want a gradient. */
#include "gradient.h"
#include "gradients.h"
#include "op_case.h"

static const op_case_list *const groups[] = {&elementwise_cases, &layout_cases, &product_cases,
                                             &attention_cases,   &loss_cases,   &recurrent_cases,
                                             &transformer_cases, &image_cases};

enum { ALL = -1 };
#define BEFORE 0.25 /* what gradients hold before the backward pass */

typedef struct op_run {
    const op_case *test;
    const op_runner *runner;
    heed_tape tape;
    heed_real *data[OP_INPUTS_MAX], *grad[OP_INPUTS_MAX], *alone[OP_INPUTS_MAX];
    size_t counts[OP_INPUTS_MAX];
} op_run;

static double seed_of(int output, size_t i) {
    heed_rng rng;
    heed_rng_seed(&rng, 77 + (uint64_t)output, i);
    return 2 * heed_rng_uniform(&rng) - 1;
}

static void fill(op_run *run) {
    heed_rng rng;
    const double range = run->test->range > 0 ? run->test->range : 1;
    heed_rng_seed(&rng, 42, 0);
    for (int i = 0; i < OP_INPUTS_MAX && run->test->inputs[i].present; i++) {
        const op_shape *shape = &run->test->inputs[i];
        size_t n = 1;
        for (int k = 0; k < shape->rank; k++)
            n *= (size_t)shape->dims[k];
        run->counts[i] = n;
        run->data[i] = malloc(n * sizeof *run->data[i]);
        run->grad[i] = malloc(n * sizeof *run->grad[i]);
        run->alone[i] = malloc(n * sizeof *run->alone[i]);
        for (size_t k = 0; k < n; k++)
            run->data[i][k] = run->test->range < 0 ? 0.1 - heed_rng_uniform(&rng) * run->test->range
                                                   : (2 * heed_rng_uniform(&rng) - 1) * range;
    }
}

/* Runs the op. `which` is the only input that wants a gradient (in `alone`), or ALL (in `grad`), or, not recording,
 * none. */
static heed_tensor **forward(op_run *run, bool recording, int which) {
    heed_tape *tape = &run->tape;
    heed_tensor *in[OP_INPUTS_MAX] = {0};
    heed_tape_reset(tape);
    tape->recording = recording;
    for (int i = 0; i < OP_INPUTS_MAX; i++) {
        const op_shape *shape = &run->test->inputs[i];
        heed_real *grad = which == ALL ? run->grad[i] : i == which ? run->alone[i] : NULL;
        if (!shape->present)
            continue;
        for (size_t k = 0; recording && grad && k < run->counts[i]; k++)
            grad[k] = BEFORE;
        in[i] = heed_tensor_view(tape, run->data[i], grad, shape->rank, shape->dims);
    }
    heed_tensor **out = heed_tape_alloc(tape, OP_OUTPUTS_MAX, sizeof *out);
    run->runner->run(tape, in, &run->test->arguments, out);
    return out;
}

static double value(void *context) {
    op_run *run = context;
    heed_tensor **out = forward(run, false, ALL);
    double sum = 0;
    for (int o = 0; run->runner->outputs[o]; o++)
        for (size_t i = 0; i < heed_tensor_count(out[o]); i++)
            sum += seed_of(o, i) * out[o]->data[i];
    return sum;
}

static void backward(op_run *run, int which) {
    heed_error error = {0};
    heed_tensor **out = forward(run, true, which);
    if (!CHECK_OK(heed_tape_check(&run->tape, &error), &error))
        return;
    for (int o = 0; run->runner->outputs[o]; o++)
        for (size_t i = 0; i < heed_tensor_count(out[o]); i++)
            out[o]->grad[i] += seed_of(o, i);
    /* Not heed_tape_backward, which wants one number: an op may have several outputs of any shape. */
    for (const heed_node *node = run->tape.last; node; node = node->previous)
        node->op->backward(&run->tape, node);
    for (int i = 0; i < OP_INPUTS_MAX; i++)
        for (size_t k = 0; (which == ALL || which == i) && k < run->counts[i]; k++)
            (which == ALL ? run->grad : run->alone)[i][k] -= BEFORE;
}

static void start(op_run *run, const op_case *test, const op_runner *runner) {
    heed_error error = {0};
    *run = (op_run){.test = test, .runner = runner};
    CHECK_OK(heed_tape_init(&run->tape, &error), &error);
    fill(run);
    backward(run, ALL);
}

static void finish(op_run *run) {
    for (int i = 0; i < OP_INPUTS_MAX; i++) {
        free(run->data[i]);
        free(run->grad[i]);
        free(run->alone[i]);
    }
    heed_tape_free(&run->tape);
}

static double error_of(op_run *run, double factor) {
    char name[160];
    heed_variable variables[OP_INPUTS_MAX];
    int count = 0;
    snprintf(name, sizeof name, "%s (%s)", run->test->op, run->test->label);
    for (int i = 0; i < OP_INPUTS_MAX && run->test->inputs[i].present; i++)
        variables[count++] =
            (heed_variable){run->runner->inputs[i], run->data[i], run->grad[i], run->counts[i]};
    return heed_gradient_error(name, value, run, variables, count, factor);
}

static void each_input_alone(op_run *run) {
    for (int i = 0; i < OP_INPUTS_MAX && run->test->inputs[i].present; i++) {
        backward(run, i);
        heed_compare(run->runner->inputs[i], run->counts[i], run->alone[i], run->grad[i], 1e-12);
    }
}

int gradients_of_op(const char *op) {
    int count = 0;
    const op_runner *runner = op_runner_find(op);
    for (size_t g = 0; runner && g < sizeof groups / sizeof *groups; g++)
        for (int k = 0; k < groups[g]->count; k++) {
            const op_case *test = &groups[g]->cases[k];
            if (strcmp(test->op, op) != 0)
                continue;
            op_run run;
            start(&run, test, runner);
            error_of(&run, 1);
            each_input_alone(&run);
            finish(&run);
            count++;
        }
    return count;
}

double gradient_error_when_spoilt(double factor) {
    static const op_case test = {"linear", "spoilt", {SHAPE2(3, 4), SHAPE2(2, 4), SHAPE1(2)}, {0}, 0};
    op_run run;
    start(&run, &test, op_runner_find("linear"));
    const double error = error_of(&run, factor);
    finish(&run);
    return error;
}
