#include <string.h>

#include "ops/project.h"
#include "ops/recurrence.h"

typedef struct saved {
    const heed_recurrence *r;
    heed_real *gates;       /* activations [T, B, 4H], then their gradients; not used where a row has no step */
    const heed_real *c;     /* [T + 1, B, H] */
} saved;

static const char *const gate_names[] = {"gate.input", "gate.forget", "gate.candidate", "gate.output", NULL};

static void backward(heed_tape *tape, const heed_node *node)
{
    const saved *keep = node->saved;
    const heed_recurrence *r = keep->r;
    const heed_tensor *c0 = node->inputs[5], *c_last = node->outputs[2];
    const size_t cells = (size_t)r->cells, gates = (size_t)r->gates, state = (size_t)r->rows * cells;
    heed_recurrence_back back;
    heed_real *dc = heed_tape_alloc(tape, state, sizeof *dc);
    if (!dc || !heed_recurrence_back_begin(tape, r, node, keep->gates, &back))
        return;
    memcpy(dc, c_last->grad, state * sizeof *dc);
    for (int i = r->steps - 1; i >= 0; i--) {
        const heed_real *c_prev = keep->c + (size_t)i * state, *c = c_prev + state;
        const size_t at = (size_t)i * r->rows * gates;
        heed_recurrence_back_output(tape, r, node, i, &back);
        for (int b = 0; b < r->rows; b++) {
            const size_t row = (size_t)b * cells;
            heed_real *dg = back.dgates + at + (size_t)b * gates, *dh = back.dh + row;
            if (!heed_recurrence_real(r, i, b)) {
                memset(dg, 0, gates * sizeof *dg);
                continue;
            }
            tape->kernels->lstm_backward(r->cells, keep->gates + at + (size_t)b * gates, c_prev + row, c + row, dh,
                                         dc + row, dg);
            if (back.past)
                memset(dh, 0, cells * sizeof *dh);
        }
        heed_recurrence_back_step(tape, r, node, i, back.dgates + at, &back);
        if (heed_recurrence_cut(r, i))
            memset(dc, 0, state * sizeof *dc);
    }
    heed_recurrence_back_end(tape, r, node, &back, gate_names);
    if (c0 && c0->grad)
        tape->kernels->axpy(state, 1, dc, c0->grad);
}

const heed_op heed_op_lstm = {"lstm", backward};

heed_recurrent_result heed_lstm(heed_tape *tape, heed_tensor *x, heed_tensor *wx, heed_tensor *wh, heed_tensor *bias,
                                heed_tensor *h0, heed_tensor *c0, heed_pass pass)
{
    const heed_recurrent_inputs in = {x, wx, wh, bias, {h0, c0}};
    const heed_recurrence *r = heed_recurrence_begin(tape, "lstm", &in, 4, 4, pass);
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    if (!r || !keep)
        return heed_recurrent_failed(tape);
    const size_t cells = (size_t)r->cells, gates = (size_t)r->gates, state = (size_t)r->rows * cells;
    heed_real *g = heed_tape_alloc(tape, (size_t)r->steps * r->rows * gates, sizeof *g);
    heed_real *c = heed_recurrence_states(tape, r, c0);
    if (!g || !c)
        return heed_recurrent_failed(tape);
    for (int i = 0; i < r->steps; i++) {
        const size_t before = (size_t)i * state, after = before + state, at = (size_t)i * r->rows * gates;
        heed_recurrence_project_both(tape, r, i, g);
        for (int b = 0; b < r->rows; b++) {
            const size_t row = (size_t)b * cells;
            if (heed_recurrence_real(r, i, b))
                tape->kernels->lstm_forward(r->cells, g + at + (size_t)b * gates, bias->data, c + before + row,
                                            c + after + row, r->h + after + row);
        }
        heed_recurrence_hold(r, i, r->h);
        heed_recurrence_hold(r, i, c);
    }
    heed_recurrence_trace_gates(tape, r, gate_names, "", g);
    heed_recurrence_trace_gates(tape, r, gate_names, ".pre", heed_recurrence_sums(tape, r, bias));
    heed_recurrence_trace(tape, r, "cell", c + state, r->cells, 0);
    *keep = (saved){r, g, c};
    return heed_recurrence_end(tape, r, &heed_op_lstm, &in, c, keep);
}
