#include <string.h>

#include "ops/ops.h"
#include "ops/project.h"

/* Sizes: B rows, T steps, I inputs, H cells. The input's share of the gates is one product for all steps; only the share
 * of the state is taken step by step. */

typedef struct saved {
    heed_real *gates;  /* activations [B, T, 4H]; not used beyond a row's length */
    heed_real *h_prev; /* the state each step began with, [B, T, H] */
    heed_real *c_prev; /* [B, T, H] */
    heed_real *c;      /* the cell each step ended with, [B, T, H] */
    const int32_t *lengths;
    bool reverse;
} saved;

static int length_of(const int32_t *lengths, int row, int steps)
{
    return lengths ? lengths[row] : steps;
}

static heed_real *zeros(heed_tape *tape, size_t count)
{
    heed_real *block = heed_tape_alloc(tape, count, sizeof *block);
    if (block)
        memset(block, 0, count * sizeof *block);
    return block;
}

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_kernels *kernels = tape->kernels;
    const saved *keep = node->saved;
    heed_tensor *x = node->inputs[0], *wx = node->inputs[1], *wh = node->inputs[2], *bias = node->inputs[3];
    heed_tensor *h0 = node->inputs[4], *c0 = node->inputs[5];
    const heed_tensor *y = node->outputs[0], *h_last = node->outputs[1], *c_last = node->outputs[2];
    const int rows = x->dims[0], steps = x->dims[1], in = x->dims[2], cells = wh->dims[1];
    const size_t state = (size_t)rows * cells;

    heed_real *dgates = heed_tape_alloc(tape, (size_t)rows * steps * 4 * cells, sizeof *dgates);
    heed_real *dh = heed_tape_alloc(tape, state, sizeof *dh), *dc = heed_tape_alloc(tape, state, sizeof *dc);
    heed_real *packed = heed_tape_alloc(tape, kernels->packed_size(4 * cells, cells), sizeof *packed);
    heed_real *dh_prev = heed_tape_alloc(tape, state, sizeof *dh_prev);
    if (!dgates || !dh || !dc || !packed || !dh_prev)
        return;
    kernels->pack(4 * cells, cells, wh->data, cells, 1, packed); /* right factor Wh [4H, H] */
    memcpy(dh, h_last->grad, state * sizeof *dh);
    memcpy(dc, c_last->grad, state * sizeof *dc);

    for (int i = steps - 1; i >= 0; i--) {
        const int t = keep->reverse ? steps - 1 - i : i;
        for (int b = 0; b < rows; b++) {
            const size_t at = (size_t)b * steps + t;
            heed_real *dg = dgates + at * 4 * cells, *dhb = dh + (size_t)b * cells;
            if (t >= length_of(keep->lengths, b, steps)) {
                memset(dg, 0, (size_t)4 * cells * sizeof *dg);
                continue;
            }
            kernels->axpy((size_t)cells, 1, y->grad + at * cells, dhb);
            kernels->lstm_backward(cells, keep->gates + at * 4 * cells, keep->c_prev + at * cells,
                                   keep->c + at * cells, dhb, dc + (size_t)b * cells, dg);
        }
        /* dh of the step before: dgates Wh where this step was real, unchanged where it was padding */
        kernels->gemm_packed(rows, cells, 4 * cells, dgates + (size_t)t * 4 * cells, (ptrdiff_t)steps * 4 * cells,
                             packed, dh_prev, cells, false);
        for (int b = 0; b < rows; b++)
            if (t < length_of(keep->lengths, b, steps))
                memcpy(dh + (size_t)b * cells, dh_prev + (size_t)b * cells, (size_t)cells * sizeof *dh);
    }

    const int n = rows * steps, gates = 4 * cells;
    if (h0 && h0->grad)
        kernels->axpy(state, 1, dh, h0->grad);
    if (c0 && c0->grad)
        kernels->axpy(state, 1, dc, c0->grad);
    if (x->grad)
        kernels->gemm(n, in, gates, dgates, gates, 1, wx->data, in, 1, x->grad, in, true, tape->gemm_scratch);
    if (wx->grad)
        kernels->gemm(gates, in, n, dgates, 1, gates, x->data, in, 1, wx->grad, in, true, tape->gemm_scratch);
    if (wh->grad)
        kernels->gemm(gates, cells, n, dgates, 1, gates, keep->h_prev, cells, 1, wh->grad, cells, true,
                      tape->gemm_scratch);
    if (bias->grad)
        for (int i = 0; i < n; i++)
            kernels->axpy((size_t)gates, 1, dgates + (size_t)i * gates, bias->grad);
}

const heed_op heed_op_lstm = {"lstm", backward};

static bool shapes_fit(const heed_tensor *x, const heed_tensor *wx, const heed_tensor *wh, const heed_tensor *bias,
                       const heed_tensor *h0, const heed_tensor *c0)
{
    if (x->rank != 3 || wx->rank != 2 || wh->rank != 2 || bias->rank != 1)
        return false;
    const int cells = wh->dims[1], gates = 4 * cells;
    const heed_tensor *states[] = {h0, c0};
    for (int i = 0; i < 2; i++)
        if (states[i] && (states[i]->rank != 2 || states[i]->dims[0] != x->dims[0] || states[i]->dims[1] != cells))
            return false;
    return wh->dims[0] == gates && wx->dims[0] == gates && wx->dims[1] == x->dims[2] && bias->dims[0] == gates;
}

heed_lstm_result heed_lstm(heed_tape *tape, heed_tensor *x, heed_tensor *wx, heed_tensor *wh, heed_tensor *bias,
                           heed_tensor *h0, heed_tensor *c0, const int32_t *lengths, bool reverse)
{
    const heed_lstm_result failed = {&tape->invalid, &tape->invalid, &tape->invalid};
    heed_tensor *inputs[] = {x, wx, wh, bias, h0, c0};
    for (int i = 0; i < 6; i++)
        if (inputs[i] && !heed_tensor_ok(inputs[i]))
            return failed;
    if (!shapes_fit(x, wx, wh, bias, h0, c0)) {
        char xs[64], wxs[64], whs[64];
        heed_op_fail(tape, HEED_ERROR_SHAPE, "lstm: sizes do not fit: x %s, Wx %s, Wh %s (and bias, h0, c0)",
                     heed_shape_text(x, xs), heed_shape_text(wx, wxs), heed_shape_text(wh, whs));
        return failed;
    }
    const heed_kernels *kernels = tape->kernels;
    const int rows = x->dims[0], steps = x->dims[1], in = x->dims[2], cells = wh->dims[1], gates = 4 * cells;
    for (int b = 0; b < rows; b++)
        if (length_of(lengths, b, steps) < 0 || length_of(lengths, b, steps) > steps) {
            heed_op_fail(tape, HEED_ERROR_ARGUMENT, "lstm: length %d of row %d is not in 0..%d", (int)lengths[b], b,
                         steps);
            return failed;
        }
    const bool wanted = heed_wants_grad(tape, 6, inputs);
    const size_t state = (size_t)rows * cells, all = state * steps;
    const int state_dims[] = {rows, cells};

    heed_tensor *y = heed_tensor_new(tape, wanted, 3, (int[]){rows, steps, cells});
    heed_tensor *h = heed_tensor_new_dirty(tape, wanted, 2, state_dims);
    heed_tensor *c = heed_tensor_new_dirty(tape, wanted, 2, state_dims);
    heed_real *g = heed_tape_alloc(tape, all * 4, sizeof *g);
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    if (!heed_tensor_ok(y) || !heed_tensor_ok(h) || !heed_tensor_ok(c) || !g || !keep)
        return failed;
    *keep = (saved){.gates = g, .lengths = lengths, .reverse = reverse};
    if (wanted) {
        keep->h_prev = zeros(tape, all);
        keep->c_prev = zeros(tape, all);
        keep->c = zeros(tape, all);
        if (!keep->h_prev || !keep->c_prev || !keep->c)
            return failed;
    }
    const heed_tensor *recurrent = heed_packed(tape, wh);
    if (!heed_tensor_ok(recurrent))
        return failed;
    if (h0)
        memcpy(h->data, h0->data, state * sizeof *h->data);
    else
        memset(h->data, 0, state * sizeof *h->data);
    if (c0)
        memcpy(c->data, c0->data, state * sizeof *c->data);
    else
        memset(c->data, 0, state * sizeof *c->data);

    for (size_t i = 0; i < (size_t)rows * steps; i++)
        memcpy(g + i * gates, bias->data, (size_t)gates * sizeof *g);
    heed_project(tape, rows * steps, wx, x->data, in, g, gates, true);

    for (int i = 0; i < steps; i++) {
        const int t = reverse ? steps - 1 - i : i;
        heed_project(tape, rows, recurrent, h->data, cells, g + (size_t)t * gates, (ptrdiff_t)steps * gates, true);
        for (int b = 0; b < rows; b++) {
            const size_t at = (size_t)b * steps + t, bytes = (size_t)cells * sizeof *g;
            heed_real *hb = h->data + (size_t)b * cells, *cb = c->data + (size_t)b * cells;
            if (t >= length_of(lengths, b, steps))
                continue;
            if (wanted) {
                memcpy(keep->h_prev + at * cells, hb, bytes);
                memcpy(keep->c_prev + at * cells, cb, bytes);
            }
            kernels->lstm_forward(cells, g + at * gates, cb, cb, hb);
            memcpy(y->data + at * cells, hb, bytes);
            if (wanted)
                memcpy(keep->c + at * cells, cb, bytes);
        }
    }
    heed_tensor *outputs[] = {y, h, c};
    heed_tape_note(tape, &heed_op_lstm, 6, inputs, 3, outputs, keep);
    return (heed_lstm_result){y, h, c};
}
