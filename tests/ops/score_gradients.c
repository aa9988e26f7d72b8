/* Gradients of attention as a whole, weights and context, with any score of scores.def: queries, memory (keys and
 * values) and the score's own parameters. A new score is checked without a line here. */
#include "gradient.h"
#include "gradients.h"
#include "nn/attention/attention.h"

typedef struct score_case {
    const char *label;
    int rows, queries, keys, query_size, key_size;
    int32_t lengths[4]; /* all zero: none are given */
} score_case;

static const score_case cases[] = {
    {"batch of 1, length 1", 1, 1, 1, 3, 3, {0}},
    {"no lengths", 2, 3, 4, 4, 4, {0}},
    {"ragged", 3, 2, 5, 3, 3, {5, 1, 3}},
    {"large", 4, 5, 7, 21, 21, {2, 7, 6, 1}},
    {"sizes differ, batch of 1, length 1", 1, 1, 1, 2, 3, {0}},
    {"sizes differ, ragged", 3, 2, 5, 3, 4, {5, 1, 3}},
    {"sizes differ, large", 2, 5, 7, 19, 23, {7, 4}},
};

typedef struct score_run {
    const score_case *test;
    heed_params params;
    heed_attention attention;
    heed_tape tape;
    heed_real *queries, *memory, *dqueries, *dmemory, *dparams;
    size_t query_count, memory_count;
} score_run;

static heed_attention_result forward(score_run *run, bool recording) {
    const score_case *test = run->test;
    heed_tape *tape = &run->tape;
    heed_tape_reset(tape);
    tape->recording = recording;
    tape->parameter_grads = recording ? run->dparams : NULL;
    heed_tensor *queries = heed_tensor_view(tape, run->queries, run->dqueries, 3,
                                            (int[]){test->rows, test->queries, test->query_size});
    heed_tensor *memory =
        heed_tensor_view(tape, run->memory, run->dmemory, 3, (int[]){test->rows, test->keys, test->key_size});
    heed_tensor *prepared = run->attention.score->prepare(tape, &run->params, &run->attention, memory);
    return heed_attention_apply(tape, &run->params, &run->attention, queries, prepared, memory,
                                test->lengths[0] ? test->lengths : NULL, 0);
}

static double seed_of(int output, size_t i) {
    heed_rng rng;
    heed_rng_seed(&rng, 99 + (uint64_t)output, i);
    return 2 * heed_rng_uniform(&rng) - 1;
}

static double value(void *context) {
    const heed_attention_result result = forward(context, false);
    double sum = 0;
    for (size_t i = 0; i < heed_tensor_count(result.weights); i++)
        sum += seed_of(0, i) * result.weights->data[i];
    for (size_t i = 0; i < heed_tensor_count(result.context); i++)
        sum += seed_of(1, i) * result.context->data[i];
    return sum;
}

static void backward(score_run *run) {
    heed_error error = {0};
    const heed_attention_result result = forward(run, true);
    if (!CHECK_OK(heed_tape_check(&run->tape, &error), &error))
        return;
    for (size_t i = 0; i < heed_tensor_count(result.weights); i++)
        result.weights->grad[i] += seed_of(0, i);
    for (size_t i = 0; i < heed_tensor_count(result.context); i++)
        result.context->grad[i] += seed_of(1, i);
    for (const heed_node *node = run->tape.last; node; node = node->previous)
        node->op->backward(&run->tape, node);
}

static void check(score_run *run) {
    char name[160];
    heed_variable variables[2 + HEED_SCORE_PARAMS_MAX] = {
        {"queries", run->queries, run->dqueries, run->query_count},
        {"memory", run->memory, run->dmemory, run->memory_count},
    };
    for (int i = 0; i < run->params.count; i++) {
        const heed_param *param = &run->params.list[i];
        variables[2 + i] = (heed_variable){param->name, run->params.values + param->offset,
                                           run->dparams + param->offset, param->count};
    }
    snprintf(name, sizeof name, "%s (%s)", run->attention.score->name, run->test->label);
    heed_gradient_error(name, value, run, variables, 2 + run->params.count, 1);
}

int gradients_of_score(const char *score) {
    int count = 0;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const score_case *test = &cases[k];
        heed_error error = {0};
        score_run run = {.test = test, .attention.score = heed_score_find(score)};
        if (!run.attention.score)
            return 0;
        const bool fits = run.attention.score->declare(&run.params, "score", test->query_size, test->key_size,
                                                       &run.attention);
        if (fits && CHECK(run.params.count <= HEED_SCORE_PARAMS_MAX) &&
            CHECK_OK(heed_params_allocate(&run.params, &error), &error) &&
            CHECK_OK(heed_tape_init(&run.tape, &error), &error)) {
            heed_rng rng;
            run.query_count = (size_t)test->rows * test->queries * test->query_size;
            run.memory_count = (size_t)test->rows * test->keys * test->key_size;
            run.queries = malloc(run.query_count * sizeof *run.queries);
            run.memory = malloc(run.memory_count * sizeof *run.memory);
            run.dqueries = calloc(run.query_count, sizeof *run.dqueries);
            run.dmemory = calloc(run.memory_count, sizeof *run.dmemory);
            run.dparams = calloc(run.params.size + 1, sizeof *run.dparams);
            heed_rng_seed(&rng, 8, k);
            for (size_t i = 0; i < run.query_count; i++)
                run.queries[i] = 2 * heed_rng_uniform(&rng) - 1;
            for (size_t i = 0; i < run.memory_count; i++)
                run.memory[i] = 2 * heed_rng_uniform(&rng) - 1;
            for (size_t i = 0; i < run.params.size; i++)
                run.params.values[i] = 2 * heed_rng_uniform(&rng) - 1;
            backward(&run);
            check(&run);
            count++;
            heed_real *blocks[] = {run.queries, run.memory, run.dqueries, run.dmemory, run.dparams};
            for (int i = 0; i < 5; i++)
                free(blocks[i]);
            heed_tape_free(&run.tape);
        }
        heed_params_free(&run.params);
    }
    return count;
}
