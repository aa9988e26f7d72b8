/* Attention with a score, and stacked recurrent networks: parameters by name, beside inputs and outputs. */
#include "golden_parts.h"
#include "nn/attention/attention.h"

/* What the checks of this file share: a tape, parameters read from the case, their gradients. */
typedef struct layer_run {
    const golden_case *test;
    heed_tape tape;
    heed_params params;
    heed_real *grads;
} layer_run;

/* After the parameters were declared: fills them. */
static bool start(layer_run *run) {
    heed_error error = {0};
    if (!CHECK_OK(heed_params_allocate(&run->params, &error), &error) ||
        !CHECK_OK(heed_tape_init(&run->tape, &error), &error))
        return false;
    run->grads = heed_arena_alloc_zero(&run->test->file->arena, (run->params.size + 1) * sizeof *run->grads);
    for (int i = 0; i < run->params.count; i++) {
        const heed_param *param = &run->params.list[i];
        memcpy(run->params.values + param->offset, golden_reals(run->test, param->name, param->count),
               param->count * sizeof *run->params.values);
    }
    run->tape.recording = true;
    run->tape.parameter_grads = run->grads;
    return true;
}

static heed_tensor *input(layer_run *run, const char *name) {
    const heed_safetensor *tensor = golden_find(run->test, name);
    if (!CHECK(tensor != NULL && tensor->rank == 3))
        return &run->tape.invalid;
    heed_tensor *x = heed_tensor_new(&run->tape, true, 3,
                                     (int[]){(int)tensor->dims[0], (int)tensor->dims[1], (int)tensor->dims[2]});
    memcpy(x->data, golden_reals(run->test, name, tensor->count), tensor->count * sizeof *x->data);
    return x;
}

static const int32_t *lengths_of(const golden_case *test) {
    const heed_safetensor *lengths = golden_find(test, "lengths");
    return lengths ? golden_ints(test, "lengths", lengths->count) : NULL;
}

/* Compares an output and puts its seed in place. */
static void output(layer_run *run, const char *name, const heed_tensor *y) {
    char seed[64];
    const size_t n = heed_tensor_count(y);
    snprintf(seed, sizeof seed, "seed.%s", name);
    golden_compare(run->test, name, y->data, n);
    memcpy(y->grad, golden_reals(run->test, seed, n), n * sizeof *y->grad);
}

static void gradient(layer_run *run, const char *name, const heed_real *grad, size_t n) {
    char full[128];
    snprintf(full, sizeof full, "grad.%s", name);
    golden_compare(run->test, full, grad, n);
}

static void finish(layer_run *run) {
    for (int i = 0; i < run->params.count; i++) {
        const heed_param *param = &run->params.list[i];
        gradient(run, param->name, run->grads + param->offset, param->count);
    }
    heed_tape_free(&run->tape);
    heed_params_free(&run->params);
}

static bool run_backward(layer_run *run) {
    heed_error error = {0};
    for (const heed_node *node = run->tape.last; node; node = node->previous)
        node->op->backward(&run->tape, node);
    return CHECK_OK(heed_tape_check(&run->tape, &error), &error);
}

void golden_check_score(const golden_case *test) {
    layer_run run = {.test = test};
    heed_attention attention = {.score = heed_score_find(test->file->name)};
    const heed_safetensor *queries_in = golden_find(test, "queries"), *memory_in = golden_find(test, "memory");
    if (!CHECK(attention.score && queries_in && memory_in) ||
        !CHECK(attention.score->declare(&run.params, "score", (int)queries_in->dims[2], (int)memory_in->dims[2],
                                        &attention)) ||
        !start(&run))
        return;
    heed_error error = {0};
    heed_tensor *queries = input(&run, "queries"), *memory = input(&run, "memory");
    heed_tensor *prepared = attention.score->prepare(&run.tape, &run.params, &attention, memory);
    const heed_attention_result result =
        heed_attention_apply(&run.tape, &run.params, &attention, queries, prepared, memory, lengths_of(test), 0);
    if (CHECK_OK(heed_tape_check(&run.tape, &error), &error)) {
        output(&run, "weights", result.weights);
        output(&run, "context", result.context);
        if (run_backward(&run)) {
            gradient(&run, "queries", queries->grad, heed_tensor_count(queries));
            gradient(&run, "memory", memory->grad, heed_tensor_count(memory));
        }
    }
    finish(&run);
}

void golden_check_layer(const golden_case *test) {
    layer_run run = {.test = test};
    const heed_safetensor *x_in = golden_find(test, "x");
    if (!CHECK(x_in != NULL))
        return;
    const heed_cell *cell = heed_cell_find(test->file->name);
    if (!CHECK(cell != NULL))
        return;
    const heed_recurrent_layer layer =
        heed_recurrent_declare(&run.params, cell->name, cell, (int)x_in->dims[2], golden_int(test, "hidden", 0),
                               golden_int(test, "layers", 0), golden_int(test, "flag", 0), 0);
    heed_error error = {0};
    heed_recurrent_state last;
    if (!start(&run))
        return;
    heed_tensor *x = input(&run, "x");
    heed_tensor *y = heed_recurrent_apply(&run.tape, &run.params, &layer, x, lengths_of(test), NULL, false, &last);
    if (CHECK_OK(heed_tape_check(&run.tape, &error), &error)) {
        output(&run, "y", y);
        for (int l = 0; l < layer.layers; l++) {
            char name[16];
            snprintf(name, sizeof name, "h%d", l);
            output(&run, name, last.h[l]);
            snprintf(name, sizeof name, "c%d", l);
            if (cell->has_c)
                output(&run, name, last.c[l]);
        }
        if (run_backward(&run))
            gradient(&run, "x", x->grad, heed_tensor_count(x));
    }
    finish(&run);
}
