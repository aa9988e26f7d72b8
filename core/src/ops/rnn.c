#include <string.h>

#include "ops/project.h"
#include "ops/recurrence.h"

static const char *const sum_names[] = {"gate", NULL};

typedef struct saved {
    const heed_recurrence *r;
    bool relu;
} saved;

static void backward(heed_tape *tape, const heed_node *node)
{
    const saved *keep = node->saved;
    const heed_recurrence *r = keep->r;
    const size_t cells = (size_t)r->cells, state = (size_t)r->rows * cells;
    heed_recurrence_back back;
    if (!heed_recurrence_back_begin(tape, r, node, NULL, &back))
        return;
    for (int i = r->steps - 1; i >= 0; i--) {
        const heed_real *h = r->h + ((size_t)i + 1) * state;
        heed_real *dgates = heed_recurrence_dgates(r, &back, i);
        heed_recurrence_back_output(tape, r, node, i, &back);
        memset(dgates, 0, state * sizeof *dgates);
        for (int b = 0; b < r->rows; b++) {
            const size_t row = (size_t)b * cells;
            if (!heed_recurrence_real(r, i, b))
                continue;
            (keep->relu ? tape->kernels->relu_backward : tape->kernels->tanh_backward)(cells, h + row, back.dh + row,
                                                                                      dgates + row);
            if (back.past)
                memset(back.dh + row, 0, cells * sizeof *back.dh);
        }
        heed_recurrence_back_step(tape, r, node, i, dgates, &back);
    }
    heed_recurrence_back_end(tape, r, node, &back, sum_names);
}

const heed_op heed_op_rnn = {"rnn", backward};

heed_recurrent_result heed_rnn(heed_tape *tape, heed_tensor *x, heed_tensor *wx, heed_tensor *wh, heed_tensor *bias,
                               heed_tensor *h0, heed_pass pass, bool relu)
{
    const heed_recurrent_inputs in = {x, wx, wh, bias, {h0, NULL}};
    const heed_recurrence *r = heed_recurrence_begin(tape, "rnn", &in, 1, 1, pass);
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    if (!r || !keep)
        return heed_recurrent_failed(tape);
    const size_t state = (size_t)r->rows * r->cells;
    for (int i = 0; i < r->steps; i++) { /* the gates become the state where they lie */
        heed_real *h = r->h + ((size_t)i + 1) * state;
        heed_recurrence_project(tape, r, bias, i, r->h + state);
        heed_recurrence_project_state(tape, r, i, r->h + state);
        (relu ? tape->kernels->relu : tape->kernels->tanh)(state, h, h);
        heed_recurrence_hold(r, i, r->h);
    }
    heed_recurrence_trace_gates(tape, r, sum_names, ".pre", heed_recurrence_sums(tape, r, bias));
    *keep = (saved){r, relu};
    return heed_recurrence_end(tape, r, &heed_op_rnn, &in, NULL, keep);
}
