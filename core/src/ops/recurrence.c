#include "ops/recurrence.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ops/project.h"

enum { X, WX, WH, BIAS, H0, C0, INPUTS };  /* of a node */
enum { Y, H, C };                          /* its outputs */
enum { PROJECTED_ROWS = 32 };              /* of one product: enough to use the registers, few enough to stay in the cache */
enum { SUMMED_GATES = 64 * 1024 };         /* in one product of dWx or dWh: they are still in the cache, and not packed there */

/* Steps of one such product. */
static int summed_steps(const heed_recurrence *r)
{
    const int64_t gates = (int64_t)r->rows * r->gates;
    return gates > 0 && gates < SUMMED_GATES ? (int)(SUMMED_GATES / gates) : 1;
}

static bool shapes_fit(const heed_recurrent_inputs *in, int gates, int biases)
{
    const heed_tensor *x = in->x, *wx = in->wx, *wh = in->wh, *bias = in->bias;
    if (x->rank != 3 || wx->rank != 2 || wh->rank != 2 || bias->rank != 1)
        return false;
    const int cells = wh->dims[1];
    for (int i = 0; i < 2; i++) {
        const heed_tensor *s = in->state[i];
        if (s && (s->rank != 2 || s->dims[0] != x->dims[0] || s->dims[1] != cells))
            return false;
    }
    return wh->dims[0] == gates * cells && wx->dims[0] == gates * cells && wx->dims[1] == x->dims[2] &&
           bias->dims[0] == biases * cells;
}

static bool check(heed_tape *tape, const char *name, const heed_recurrent_inputs *in, int gates, int biases,
                  const int32_t *lengths)
{
    const heed_tensor *all[] = {in->x, in->wx, in->wh, in->bias, in->state[0], in->state[1]};
    for (int i = 0; i < INPUTS; i++)
        if (all[i] && !heed_tensor_ok(all[i]))
            return false;
    if (!shapes_fit(in, gates, biases)) {
        char xs[64], wxs[64], whs[64];
        heed_op_fail(tape, HEED_ERROR_SHAPE, "%s: sizes do not fit: x %s, Wx %s, Wh %s (and bias, first state)", name,
                     heed_shape_text(in->x, xs), heed_shape_text(in->wx, wxs), heed_shape_text(in->wh, whs));
        return false;
    }
    for (int b = 0; lengths && b < in->x->dims[0]; b++)
        if (lengths[b] < 0 || lengths[b] > in->x->dims[1]) {
            heed_op_fail(tape, HEED_ERROR_ARGUMENT, "%s: length %d of row %d is not in 0..%d", name, (int)lengths[b], b,
                         in->x->dims[1]);
            return false;
        }
    return true;
}

/* x [B, T, I] as [T, B, I] in the order of the steps; x itself when that is the same. */
static const heed_real *in_order(heed_tape *tape, const heed_recurrence *r, const heed_real *x)
{
    if ((r->rows == 1 && !r->pass.reverse) || r->steps == 1)
        return x;
    const size_t in = (size_t)r->in;
    heed_real *out = heed_tape_alloc(tape, (size_t)r->steps * r->rows * in, sizeof *out);
    for (int i = 0; out && i < r->steps; i++)
        for (int b = 0; b < r->rows; b++)
            memcpy(out + ((size_t)i * r->rows + b) * in,
                   x + ((size_t)b * r->steps + heed_recurrence_time(r, i)) * in, in * sizeof *out);
    return out;
}

heed_real *heed_recurrence_states(heed_tape *tape, const heed_recurrence *r, const heed_tensor *first)
{
    const size_t size = (size_t)r->rows * r->cells;
    heed_real *block = heed_tape_alloc(tape, size * ((size_t)r->steps + 1), sizeof *block);
    if (block && first)
        memcpy(block, first->data, size * sizeof *block);
    else if (block)
        memset(block, 0, size * sizeof *block);
    return block;
}

static bool all_whole(const heed_recurrence *r)
{
    int b = 0;
    while (r->pass.lengths && b < r->rows && r->pass.lengths[b] == r->steps)
        b++;
    return b == r->rows;
}

heed_recurrence *heed_recurrence_begin(heed_tape *tape, const char *name, const heed_recurrent_inputs *in, int gates,
                                       int biases, heed_pass pass)
{
    if (!check(tape, name, in, gates, biases, pass.lengths))
        return NULL;
    heed_recurrence *r = heed_tape_alloc(tape, 1, sizeof *r);
    if (!r)
        return NULL;
    const int cells = in->wh->dims[1];
    *r = (heed_recurrence){.pass = pass, .rows = in->x->dims[0], .steps = in->x->dims[1], .in = in->x->dims[2],
                           .cells = cells, .gates = gates * cells, .started = in->state[0] != NULL};
    if (all_whole(r))
        r->pass.lengths = NULL;
    /* The input's weights are read once per chunk of rows, the state's once per step. */
    const bool chunks = r->steps > 1 && r->steps * (int64_t)r->rows > PROJECTED_ROWS;
    r->wx = chunks ? heed_packed(tape, in->wx) : in->wx;
    r->wh = r->steps > 1 ? heed_packed(tape, in->wh) : in->wh;
    r->x = in_order(tape, r, in->x->data);
    r->h = heed_recurrence_states(tape, r, in->state[0]);
    return heed_tensor_ok(r->wx) && heed_tensor_ok(r->wh) && r->x && r->h ? r : NULL;
}

void heed_recurrence_project(heed_tape *tape, const heed_recurrence *r, const heed_tensor *bias, int i,
                             heed_real *gates)
{
    const int chunk = r->rows < PROJECTED_ROWS && r->rows > 0 ? PROJECTED_ROWS / r->rows : 1;
    if (i % chunk != 0)
        return;
    const int steps = r->steps - i < chunk ? r->steps - i : chunk, n = steps * r->rows;
    const size_t at = (size_t)i * r->rows, width = (size_t)r->gates;
    heed_real *out = gates + at * width;
    for (int row = 0; bias && row < n; row++)
        memcpy(out + (size_t)row * width, bias->data, width * sizeof *out);
    heed_project(tape, n, r->wx, r->x + at * r->in, r->in, out, r->gates, bias != NULL);
}

void heed_recurrence_project_state(heed_tape *tape, const heed_recurrence *r, int i, heed_real *gates)
{
    const size_t at = (size_t)i * r->rows;
    if (i > 0 || r->started)
        heed_project(tape, r->rows, r->wh, r->h + at * r->cells, r->cells, gates + at * r->gates, r->gates, true);
}

void heed_recurrence_project_both(heed_tape *tape, const heed_recurrence *r, int i, heed_real *gates)
{
#ifdef __wasm__
    const int ahead = 0; /* said, not looked up: no set has the registers, so what follows need not be downloaded */
#else
    const int ahead = tape->kernels->beside_rows;
#endif
    if (r->rows != 1 || ahead == 0 || !r->wx->packed || !r->wh->packed) {
        heed_recurrence_project(tape, r, NULL, i, gates);
        heed_recurrence_project_state(tape, r, i, gates);
        return;
    }
    const int part = i % ahead, next = i - part + ahead, left = r->steps - i;
    const size_t width = (size_t)r->gates;
    if (part == 0 && (i == 0 || left < ahead)) /* no steps before them, or too few for a product beside another */
        heed_project(tape, left < ahead ? left : ahead, r->wx, r->x + (size_t)i * r->in, r->in, gates + i * width,
                     r->gates, false);
    if (next + ahead <= r->steps)
        tape->kernels->gemv_beside(r->gates, r->cells, r->h + (size_t)i * r->cells, r->wh->packed, gates + i * width,
                                   r->in, r->x + (size_t)next * r->in, r->wx->packed, gates + next * width, part);
    else
        heed_recurrence_project_state(tape, r, i, gates);
}

void heed_recurrence_hold(const heed_recurrence *r, int i, heed_real *block)
{
    if (!r->pass.lengths)
        return;
    const size_t cells = (size_t)r->cells, size = (size_t)r->rows * cells;
    for (int b = 0; b < r->rows; b++)
        if (!heed_recurrence_real(r, i, b))
            memcpy(block + ((size_t)i + 1) * size + b * cells, block + (size_t)i * size + b * cells,
                   cells * sizeof *block);
}

/* [B, T, H] of the states after the steps, zero where a row has no step. */
static heed_tensor *outputs_of(heed_tape *tape, const heed_recurrence *r, bool wanted)
{
    heed_tensor *y = heed_tensor_new_dirty(tape, wanted, 3, (int[]){r->rows, r->steps, r->cells});
    const size_t cells = (size_t)r->cells;
    for (int i = 0; heed_tensor_ok(y) && i < r->steps; i++)
        for (int b = 0; b < r->rows; b++) {
            heed_real *to = y->data + ((size_t)b * r->steps + heed_recurrence_time(r, i)) * cells;
            if (heed_recurrence_real(r, i, b))
                memcpy(to, r->h + (((size_t)i + 1) * r->rows + b) * cells, cells * sizeof *to);
            else
                memset(to, 0, cells * sizeof *to);
        }
    return y;
}

static heed_tensor *last_of(heed_tape *tape, const heed_recurrence *r, const heed_real *block, bool wanted)
{
    const size_t size = (size_t)r->rows * r->cells;
    heed_tensor *last = heed_tensor_new_dirty(tape, wanted, 2, (int[]){r->rows, r->cells});
    if (heed_tensor_ok(last))
        memcpy(last->data, block + (size_t)r->steps * size, size * sizeof *block);
    return last;
}

heed_recurrent_result heed_recurrence_end(heed_tape *tape, const heed_recurrence *r, const heed_op *op,
                                          const heed_recurrent_inputs *in, const heed_real *c, void *saved)
{
    heed_tensor *inputs[INPUTS] = {in->x, in->wx, in->wh, in->bias, in->state[0], in->state[1]};
    const bool wanted = heed_wants_grad(tape, INPUTS, inputs);
    heed_recurrent_result result = {.h = last_of(tape, r, r->h, wanted)};
    if (!r->pass.last_only)
        result.y = outputs_of(tape, r, wanted);
    if (c)
        result.c = last_of(tape, r, c, wanted);
    if (!heed_tensor_ok(result.h) || (result.y && !heed_tensor_ok(result.y)) || (c && !heed_tensor_ok(result.c)))
        return heed_recurrent_failed(tape);
    heed_tensor *outputs[] = {result.y, result.h, result.c};
    heed_tape_note_asking(tape, op, INPUTS, inputs, 3, outputs, saved);
    return result;
}

static void keep(heed_tape *tape, const heed_recurrence *r, const char *name, const heed_tensor *x)
{
    char full[96];
    snprintf(full, sizeof full, "%s.%s", r->pass.trace, name);
    heed_trace_keep(tape, full, x);
}

void heed_recurrence_trace(heed_tape *tape, const heed_recurrence *r, const char *name, const heed_real *block,
                           int width, int column)
{
    if (!tape->trace || !r->pass.trace)
        return;
    const size_t cells = (size_t)r->cells;
    heed_tensor *x = heed_tensor_new(tape, false, 3, (int[]){r->rows, r->steps, r->cells});
    for (int i = 0; heed_tensor_ok(x) && i < r->steps; i++)
        for (int b = 0; b < r->rows; b++)
            if (heed_recurrence_real(r, i, b))
                memcpy(x->data + ((size_t)b * r->steps + heed_recurrence_time(r, i)) * cells,
                       block + ((size_t)i * r->rows + b) * width + column, cells * sizeof *block);
    keep(tape, r, name, x);
}

void heed_recurrence_trace_gates(heed_tape *tape, const heed_recurrence *r, const char *const *names,
                                 const char *ending, const heed_real *block)
{
    for (int k = 0; tape->trace && r->pass.trace && block && names[k]; k++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s", names[k], ending);
        heed_recurrence_trace(tape, r, name, block, r->gates, k * r->cells);
    }
}

heed_real *heed_recurrence_sums(heed_tape *tape, const heed_recurrence *r, const heed_tensor *bias)
{
    if (!tape->trace || !r->pass.trace)
        return NULL;
    const size_t n = (size_t)r->steps * r->rows, width = (size_t)r->gates;
    heed_real *sums = heed_tape_alloc(tape, n * width, sizeof *sums);
    for (size_t row = 0; sums && row < n; row++)
        memcpy(sums + row * width, bias->data, width * sizeof *sums);
    if (sums && n > 0) {
        heed_project(tape, (int)n, r->wx, r->x, r->in, sums, r->gates, true);
        heed_project(tape, (int)n, r->wh, r->h, r->cells, sums, r->gates, true);
    }
    return sums;
}

bool heed_recurrence_back_begin(heed_tape *tape, const heed_recurrence *r, const heed_node *node, heed_real *dgates,
                                heed_recurrence_back *back)
{
    const heed_kernels *kernels = tape->kernels;
    const size_t size = (size_t)r->rows * r->cells;
    const bool traced = tape->trace && r->pass.trace;
    const int kept = !dgates && !traced && summed_steps(r) < r->steps ? summed_steps(r) : r->steps;
    *back = (heed_recurrence_back){
        .dgates = dgates ? dgates : heed_tape_alloc(tape, (size_t)kept * r->rows * r->gates, sizeof *dgates),
        .kept = kept,
        .dh = heed_tape_alloc(tape, size, sizeof *back->dh),
        .past = r->pass.lengths != NULL,
        .wh = heed_tape_alloc(tape, kernels->packed_size(r->gates, r->cells), sizeof *back->wh),
    };
    if (traced) {
        back->norms = heed_tensor_new(tape, false, 2, (int[]){r->rows, r->steps});
        back->states = heed_tensor_new(tape, false, 3, (int[]){r->rows, r->steps, r->cells});
    }
    if (!back->dgates || !back->dh || !back->wh ||
        (back->norms && !(heed_tensor_ok(back->norms) && heed_tensor_ok(back->states))))
        return false;
    for (int i = r->steps > 0 ? BIAS : WX; i < INPUTS; i++) /* the others are written whole by whoever comes first */
        if (node->inputs[i])
            heed_grad_settle(node->inputs[i]);
    back->dwx_adds = heed_grad_adds(node->inputs[WX]);
    back->dwh_adds = heed_grad_adds(node->inputs[WH]);
    memcpy(back->dh, node->outputs[H]->grad, size * sizeof *back->dh);
    kernels->pack(r->gates, r->cells, node->inputs[WH]->data, r->cells, 1, back->wh);
    if (!node->inputs[X]->grad)
        return true;
    back->wx = heed_tape_alloc(tape, kernels->packed_size(r->gates, r->in), sizeof *back->wx);
    if (!back->wx)
        return false;
    back->dx_adds = heed_grad_adds(node->inputs[X]);
    kernels->pack(r->gates, r->in, node->inputs[WX]->data, r->in, 1, back->wx);
    return true;
}

void heed_recurrence_back_output(heed_tape *tape, const heed_recurrence *r, const heed_node *node, int i,
                                 heed_recurrence_back *back)
{
    const heed_tensor *y = node->outputs[Y];
    const size_t cells = (size_t)r->cells;
    for (int b = 0; (y || back->norms) && b < r->rows; b++) {
        const size_t at = (size_t)b * r->steps + heed_recurrence_time(r, i);
        heed_real *dh = back->dh + (size_t)b * cells;
        if (!heed_recurrence_real(r, i, b))
            continue;
        if (y)
            tape->kernels->axpy(cells, 1, y->grad + at * cells, dh);
        if (back->norms) {
            back->norms->data[at] = (heed_real)sqrt(tape->kernels->sum_squares(cells, dh));
            memcpy(back->states->data + at * cells, dh, cells * sizeof *dh);
        }
    }
}

/* dWx and dWh of `steps` steps from i on. */
static void sum_weights(heed_tape *tape, const heed_recurrence *r, const heed_node *node, int i,
                        int steps, const heed_real *dproduct, heed_recurrence_back *back)
{
    const heed_kernels *kernels = tape->kernels;
    const heed_tensor *wx = node->inputs[WX], *wh = node->inputs[WH];
    const size_t at = (size_t)i * r->rows, skipped = i == 0 && !r->started ? (size_t)r->rows : 0; /* h is zero there */
    const int n = steps * r->rows;
    if (wx->grad)
        kernels->gemm(r->gates, r->in, n, heed_recurrence_dgates(r, back, i), 1, r->gates, r->x + at * r->in, r->in, 1,
                      wx->grad, r->in, back->dwx_adds, tape->gemm_scratch);
    if (wh->grad)
        kernels->gemm(r->gates, r->cells, n - (int)skipped, dproduct + skipped * r->gates, 1, r->gates,
                      r->h + (at + skipped) * r->cells, r->cells, 1, wh->grad, r->cells, back->dwh_adds,
                      tape->gemm_scratch);
    back->dwx_adds = back->dwh_adds = true;
}

void heed_recurrence_back_step(heed_tape *tape, const heed_recurrence *r, const heed_node *node, int i,
                               const heed_real *dproduct, heed_recurrence_back *back)
{
    const heed_kernels *kernels = tape->kernels;
    heed_tensor *x = node->inputs[X], *bias = node->inputs[BIAS];
    heed_tensor *h0 = node->inputs[H0];
    const heed_real *dgates = heed_recurrence_dgates(r, back, i);
    const int summed = summed_steps(r);
    if (heed_recurrence_cut(r, i))
        memset(back->dh, 0, (size_t)r->rows * r->cells * sizeof *back->dh);
    else if (i > 0 || (h0 && h0->grad))
        kernels->gemm_packed(r->rows, r->cells, r->gates, dproduct, r->gates, back->wh, back->dh, r->cells, back->past);
    if (bias->grad)
        heed_add_rows(tape, r->rows, r->gates, dgates, bias->grad);
    if (x->grad)
        kernels->gemm_packed(r->rows, r->in, r->gates, dgates, r->gates, back->wx,
                             x->grad + (size_t)heed_recurrence_time(r, i) * r->in, (ptrdiff_t)r->steps * r->in,
                             back->dx_adds);
    if (i % summed == 0)
        sum_weights(tape, r, node, i, r->steps - i < summed ? r->steps - i : summed, dproduct, back);
}

void heed_recurrence_back_end(heed_tape *tape, const heed_recurrence *r, const heed_node *node,
                              const heed_recurrence_back *back, const char *const *gates)
{
    const heed_tensor *h0 = node->inputs[H0];
    if (h0 && h0->grad)
        tape->kernels->axpy((size_t)r->rows * r->cells, 1, back->dh, h0->grad);
    if (!back->norms)
        return;
    keep(tape, r, "h.gradient_norm", back->norms);
    keep(tape, r, "h.gradient", back->states);
    heed_recurrence_trace_gates(tape, r, gates, ".pre.gradient", back->dgates);
}
