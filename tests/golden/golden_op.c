/* Ops: inputs, outputs, seeds and gradients by the names of the op's runner. */
#include "golden_parts.h"
#include "op_runner.h"

enum { TEXT = 64 };

/* The input called `name` as a tensor of the tape, its gradient zero; NULL when the case has none. */
static heed_tensor *input(const golden_case *test, heed_tape *tape, const char *name) {
    const heed_safetensor *tensor = golden_find(test, name);
    int dims[HEED_MAX_RANK];
    if (!tensor)
        return NULL;
    for (int i = 0; i < tensor->rank && i < HEED_MAX_RANK; i++)
        dims[i] = (int)tensor->dims[i];
    heed_tensor *x = heed_tensor_new(tape, true, tensor->rank, dims);
    memcpy(x->data, golden_reals(test, name, tensor->count), tensor->count * sizeof *x->data);
    return x;
}

static op_arguments arguments_of(const golden_case *test) {
    op_arguments arguments = {.rows = 1,
                              .length = golden_int(test, "length", 0),
                              .flag = golden_int(test, "flag", 0),
                              .number = golden_number(test, "number", 0),
                              .heads = golden_int(test, "heads", 1),
                              .keys = golden_int(test, "keys", 0),
                              .window = golden_int(test, "window", 0),
                              .muted = golden_int(test, "muted", 0),
                              .height = golden_int(test, "height", 0),
                              .width = golden_int(test, "width", 0),
                              .stride = golden_int(test, "stride", 0),
                              .padding = golden_int(test, "padding", 0)};
    const heed_safetensor *ids = golden_find(test, "ids"), *lengths = golden_find(test, "lengths");
    if (ids && CHECK_INT(ids->rank, 2)) {
        arguments.rows = (int)ids->dims[0];
        arguments.length = (int)ids->dims[1];
        arguments.ids = golden_ints(test, "ids", ids->count);
    }
    if (lengths)
        arguments.lengths = golden_ints(test, "lengths", lengths->count);
    return arguments;
}

void golden_check_op(const golden_case *test) {
    char name[TEXT];
    heed_error error = {0};
    heed_tape tape;
    const op_runner *runner = op_runner_find(test->file->name);
    if (!CHECK(runner != NULL) || !CHECK_OK(heed_tape_init(&tape, &error), &error))
        return;
    tape.recording = true;
    heed_tensor *in[OP_INPUTS_MAX] = {0}, *out[OP_OUTPUTS_MAX] = {0};
    for (int i = 0; runner->inputs[i]; i++)
        in[i] = input(test, &tape, runner->inputs[i]);
    const op_arguments arguments = arguments_of(test);
    runner->run(&tape, in, &arguments, out);
    if (CHECK_OK(heed_tape_check(&tape, &error), &error)) {
        for (int o = 0; runner->outputs[o]; o++) {
            const size_t n = heed_tensor_count(out[o]);
            golden_compare(test, runner->outputs[o], out[o]->data, n);
            snprintf(name, sizeof name, "seed.%s", runner->outputs[o]);
            memcpy(out[o]->grad, golden_reals(test, name, n), n * sizeof *out[o]->grad);
        }
        for (const heed_node *node = tape.last; node; node = node->previous)
            node->op->backward(&tape, node);
        for (int i = 0; runner->inputs[i]; i++) {
            snprintf(name, sizeof name, "grad.%s", runner->inputs[i]);
            if (in[i])
                golden_compare(test, name, in[i]->grad, heed_tensor_count(in[i]));
        }
    }
    heed_tape_free(&tape);
}
