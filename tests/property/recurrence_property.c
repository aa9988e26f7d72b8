/* A recurrent op sums the gradients of its weights some steps at a time: with a batch for which these are fewer than
 * the steps, they are the sums over its rows, for which they are not. */
#include "compare.h"

#include "base/memory.h"
#include "base/rng.h"
#include "ops/ops.h"

enum { ROWS = 40, STEPS = 61, IN = 5, CELLS = 30, GATES = 4 * CELLS, WEIGHTS = GATES * (IN + CELLS + 1) };
enum { VALUES = ROWS * STEPS * IN };

typedef struct inputs {
    heed_real x[VALUES], weights[WEIGHTS], nothing[ROWS * STEPS * CELLS];
    int32_t lengths[ROWS];
} inputs;

static heed_recurrent_result apply(heed_tape *tape, int op, heed_tensor *x, heed_real *weights, heed_real *grads,
                                   heed_pass pass) {
    static const int gates[] = {1, 3, 4}, biases[] = {1, 4, 4};
    const int g = gates[op] * CELLS, b = biases[op] * CELLS, wh = g * IN, bias = wh + g * CELLS;
    heed_tensor *w[] = {heed_tensor_view(tape, weights, grads, 2, (int[]){g, IN}),
                        heed_tensor_view(tape, weights + wh, grads + wh, 2, (int[]){g, CELLS}),
                        heed_tensor_view(tape, weights + bias, grads + bias, 1, (int[]){b})};
    return op == 0   ? heed_rnn(tape, x, w[0], w[1], w[2], NULL, pass, false)
           : op == 1 ? heed_gru(tape, x, w[0], w[1], w[2], NULL, pass)
                     : heed_lstm(tape, x, w[0], w[1], w[2], NULL, NULL, pass);
}

/* Adds the gradients of the squared outputs of rows first .. first + rows - 1. */
static void differentiate(heed_tape *tape, int op, inputs *in, int first, int rows, heed_real *dx,
                          heed_real *dweights) {
    heed_error error = {0};
    heed_tape_reset(tape);
    const size_t at = (size_t)first * STEPS * IN;
    heed_tensor *x = heed_tensor_view(tape, in->x + at, dx + at, 3, (int[]){rows, STEPS, IN});
    const heed_recurrent_result result =
        apply(tape, op, x, in->weights, dweights, (heed_pass){.lengths = in->lengths + first});
    heed_tensor *zeros = heed_tensor_view(tape, in->nothing, NULL, 3, (int[]){rows, STEPS, CELLS});
    CHECK_OK(heed_tape_backward(tape, heed_squared_error(tape, result.y, zeros), 1, &error), &error);
}

int main(void) {
    static inputs in;
    static heed_real dx[2][VALUES], dweights[2][WEIGHTS];
    static const char *const names[] = {"rnn", "gru", "lstm"};
    heed_tape tape;
    heed_error error = {0};
    heed_rng rng;
    heed_rng_seed(&rng, 1, 0);
    for (int i = 0; i < VALUES; i++)
        in.x[i] = (heed_real)heed_rng_normal(&rng);
    for (int i = 0; i < WEIGHTS; i++)
        in.weights[i] = (heed_real)(0.2 * heed_rng_normal(&rng));
    for (int b = 0; b < ROWS; b++)
        in.lengths[b] = b == 0 ? STEPS : (int32_t)heed_rng_below(&rng, STEPS + 1);
    if (!CHECK_OK(heed_tape_init(&tape, &error), &error))
        return heed_test_finish("recurrence");
    tape.recording = true;
    for (int op = 0; op < 3; op++) {
        memset(dx, 0, sizeof dx);
        memset(dweights, 0, sizeof dweights);
        differentiate(&tape, op, &in, 0, ROWS, dx[0], dweights[0]);
        for (int b = 0; b < ROWS; b++)
            differentiate(&tape, op, &in, b, 1, dx[1], dweights[1]);
        heed_compare(names[op], VALUES, dx[0], dx[1], 1e-4);
        heed_compare(names[op], WEIGHTS, dweights[0], dweights[1], 1e-3);
    }
    heed_tape_free(&tape);
    return heed_test_finish("recurrence");
}
