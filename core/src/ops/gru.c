#include <string.h>

#include "ops/project.h"
#include "ops/recurrence.h"

/* The products of x and of h stay apart, since r multiplies one part of one of them. */
typedef struct saved {
    const heed_recurrence *r;
    const heed_real *gates;     /* r, z, n: activations [T, B, 3H] */
    const heed_real *candidate; /* U_n h + b_h [T, B, H]: what r multiplies */
} saved;

static const char *const gate_names[] = {"gate.reset", "gate.update", "gate.candidate", NULL};

/* Sizes of one row: r, z, n and the candidate's share of the state, each H values. */
typedef struct row_view {
    const heed_real *r, *z, *n, *candidate, *h_prev;
} row_view;

/* dh of the state after the step becomes what reaches the state before past the products: dh z. */
static void backward_row(int cells, const row_view *v, heed_real *dh, heed_real *dgates, heed_real *dproduct)
{
    heed_real *dr = dgates, *dz = dgates + cells, *dn = dgates + 2 * cells;
    for (int k = 0; k < cells; k++) {
        const heed_real r = v->r[k], z = v->z[k], n = v->n[k], d = dh[k];
        dn[k] = d * (1 - z) * (1 - n * n);
        dz[k] = d * (v->h_prev[k] - n) * z * (1 - z);
        dr[k] = dn[k] * v->candidate[k] * r * (1 - r);
        dh[k] = d * z;
        dproduct[k] = dr[k];
        dproduct[cells + k] = dz[k];
        dproduct[2 * cells + k] = dn[k] * r;
    }
}

static void backward(heed_tape *tape, const heed_node *node)
{
    const saved *keep = node->saved;
    const heed_recurrence *r = keep->r;
    heed_real *dbias = node->inputs[3]->grad;
    const size_t cells = (size_t)r->cells, gates = (size_t)r->gates, rows = (size_t)r->rows;
    heed_recurrence_back back;
    if (!heed_recurrence_back_begin(tape, r, node, NULL, &back))
        return;
    heed_real *dproducts = heed_tape_alloc(tape, (size_t)back.kept * rows * gates, sizeof *dproducts);
    if (!dproducts)
        return;
    back.past = true;
    for (int i = r->steps - 1; i >= 0; i--) {
        const size_t first = (size_t)i * rows;
        heed_real *dgates = heed_recurrence_dgates(r, &back, i), *dproduct = dproducts + (dgates - back.dgates);
        heed_recurrence_back_output(tape, r, node, i, &back);
        for (size_t b = 0; b < rows; b++) {
            heed_real *dg = dgates + b * gates, *dp = dproduct + b * gates;
            if (!heed_recurrence_real(r, i, (int)b)) {
                memset(dg, 0, gates * sizeof *dg);
                memset(dp, 0, gates * sizeof *dp);
                continue;
            }
            const heed_real *g = keep->gates + (first + b) * gates;
            const row_view view = {g, g + cells, g + 2 * cells, keep->candidate + (first + b) * cells,
                                   r->h + (first + b) * cells};
            backward_row(r->cells, &view, back.dh + b * cells, dg, dp);
            if (dbias) /* b_h, the last H of the bias; the others are those of x's product */
                tape->kernels->axpy(cells, 1, dp + 2 * cells, dbias + gates);
        }
        heed_recurrence_back_step(tape, r, node, i, dproduct, &back);
    }
    heed_recurrence_back_end(tape, r, node, &back, gate_names);
}

const heed_op heed_op_gru = {"gru", backward};

/* One row of one step, once its products are there: gates (of x) become activations; product is that of the state. */
static void forward_row(const heed_kernels *kernels, size_t cells, heed_real *gates, heed_real *product,
                        const heed_real *bias, const heed_real *h_prev, heed_real *candidate, heed_real *h)
{
    heed_real *r = gates, *z = gates + cells, *n = gates + 2 * cells;
    kernels->axpy(2 * cells, 1, product, gates);
    kernels->sigmoid(2 * cells, gates, gates);
    for (size_t k = 0; k < cells; k++) {
        candidate[k] = product[2 * cells + k] + bias[k];
        n[k] += r[k] * candidate[k];
    }
    kernels->tanh(cells, n, n);
    for (size_t k = 0; k < cells; k++)
        h[k] = (1 - z[k]) * n[k] + z[k] * h_prev[k];
}

/* For a trace: in the candidate's sum the state's product counts r times, and has a bias. */
static const heed_real *sums_of(heed_tape *tape, const heed_recurrence *r, const heed_tensor *bias,
                                const heed_real *gates, const heed_real *candidate)
{
    const size_t cells = (size_t)r->cells, width = (size_t)r->gates, n = (size_t)r->steps * (size_t)r->rows;
    heed_real *sums = heed_recurrence_sums(tape, r, bias);
    for (size_t i = 0; sums && i < n; i++)
        for (size_t k = 0; k < cells; k++)
            sums[i * width + 2 * cells + k] +=
                bias->data[width + k] + (gates[i * width + k] - 1) * candidate[i * cells + k];
    return sums;
}

heed_recurrent_result heed_gru(heed_tape *tape, heed_tensor *x, heed_tensor *wx, heed_tensor *wh, heed_tensor *bias,
                               heed_tensor *h0, heed_pass pass)
{
    const heed_recurrent_inputs in = {x, wx, wh, bias, {h0, NULL}};
    const heed_recurrence *r = heed_recurrence_begin(tape, "gru", &in, 3, 4, pass);
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    if (!r || !keep)
        return heed_recurrent_failed(tape);
    const size_t cells = (size_t)r->cells, gates = (size_t)r->gates, rows = (size_t)r->rows, n = (size_t)r->steps * rows;
    heed_real *g = heed_tape_alloc(tape, n * gates, sizeof *g);
    heed_real *candidate = heed_tape_alloc(tape, n * cells, sizeof *candidate);
    heed_real *product = heed_tape_alloc(tape, rows * gates, sizeof *product);
    if (!g || !candidate || !product)
        return heed_recurrent_failed(tape);
    for (int i = 0; i < r->steps; i++) {
        const size_t first = (size_t)i * rows;
        const heed_real *before = r->h + first * cells;
        heed_recurrence_project(tape, r, bias, i, g);
        heed_project(tape, r->rows, r->wh, before, r->cells, product, r->gates, false);
        for (size_t b = 0; b < rows; b++)
            if (heed_recurrence_real(r, i, (int)b))
                forward_row(tape->kernels, cells, g + (first + b) * gates, product + b * gates, bias->data + gates,
                            before + b * cells, candidate + (first + b) * cells, r->h + (first + rows + b) * cells);
        heed_recurrence_hold(r, i, r->h);
    }
    heed_recurrence_trace_gates(tape, r, gate_names, "", g);
    heed_recurrence_trace_gates(tape, r, gate_names, ".pre", sums_of(tape, r, bias, g, candidate));
    heed_recurrence_trace(tape, r, "gate.candidate.state", candidate, r->cells, 0);
    *keep = (saved){r, g, candidate};
    return heed_recurrence_end(tape, r, &heed_op_gru, &in, NULL, keep);
}
