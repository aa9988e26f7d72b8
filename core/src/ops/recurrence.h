/* What the recurrent ops (rnn, gru, lstm) share; not an op, but what ops compute with. Blocks have the steps in the
 * order in which they are taken and the rows of a step side by side: a step is one matrix, the state before it is the
 * matrix one step back, and a weight's gradient is one product over all steps. Sizes: B rows, T steps, I inputs, H
 * cells, G gates (values of x Wx^T per row). */
#ifndef HEED_RECURRENCE_H
#define HEED_RECURRENCE_H

#include "ops/ops.h"

/* The inputs of a recurrent op. state: h0, and c0 where the op has a cell; entries may be NULL. */
typedef struct heed_recurrent_inputs {
    heed_tensor *x, *wx, *wh, *bias, *state[2];
} heed_recurrent_inputs;

typedef struct heed_recurrence {
    heed_pass pass;
    int rows, steps, in, cells, gates;
    const heed_real *x;         /* [T, B, I] */
    heed_real *h;               /* [T + 1, B, H]: the state before the first step, then after each */
    const heed_tensor *wx, *wh; /* packed where that pays */
    bool started;               /* whether there is a state before the first step; else it is zero */
} heed_recurrence;

/* Checks shapes (Wx [gates H, I], Wh [gates H, H], bias [biases H]) and lengths; lays x and h[0] out. NULL, with the
 * tape's error set, when something is wrong. */
heed_recurrence *heed_recurrence_begin(heed_tape *tape, const char *name, const heed_recurrent_inputs *in, int gates,
                                       int biases, heed_pass pass);
/* Whether no gradient goes from step i to the one before. */
static inline bool heed_recurrence_cut(const heed_recurrence *r, int i)
{
    return r->pass.truncate > 0 && i > 0 && i % r->pass.truncate == 0;
}

/* block[T + 1, B, H] with block[0] = first, or zeros; NULL without memory. */
heed_real *heed_recurrence_states(heed_tape *tape, const heed_recurrence *r, const heed_tensor *first);

/* The place in the sequence of step i, and whether row b has it. */
static inline int heed_recurrence_time(const heed_recurrence *r, int i)
{
    return r->pass.reverse ? r->steps - 1 - i : i;
}
static inline bool heed_recurrence_real(const heed_recurrence *r, int i, int b)
{
    return !r->pass.lengths || heed_recurrence_time(r, i) < r->pass.lengths[b];
}

/* gates[T, B, G] = x Wx^T + bias (or without, when it is NULL), for the step i and, when rows are few, some steps more
 * at once. Call it for every i in order: steps that are done are not done again. */
void heed_recurrence_project(heed_tape *tape, const heed_recurrence *r, const heed_tensor *bias, int i,
                             heed_real *gates);
/* gates[i] += h[i] Wh^T. */
void heed_recurrence_project_state(heed_tape *tape, const heed_recurrence *r, int i, heed_real *gates);
/* Both, without a bias. One row takes the input's products of steps to come along with the state's product. */
void heed_recurrence_project_both(heed_tape *tape, const heed_recurrence *r, int i, heed_real *gates);
/* Rows that do not have step i keep their state: block[i + 1, b] = block[i, b]. */
void heed_recurrence_hold(const heed_recurrence *r, int i, heed_real *block);
/* The outputs y, h and, when the block `c` is given, c; and the node, whose saved part is `saved`. */
heed_recurrent_result heed_recurrence_end(heed_tape *tape, const heed_recurrence *r, const heed_op *op,
                                          const heed_recurrent_inputs *in, const heed_real *c, void *saved);

/* Keeps "<pass.trace>.<name>", when that is wanted: of block[T, B, width] the columns [column, column + H). */
void heed_recurrence_trace(heed_tape *tape, const heed_recurrence *r, const char *name, const heed_real *block,
                           int width, int column);

/* The same of every gate k, as "<names[k]><ending>" (names NULL-terminated), of block[T, B, G]. */
void heed_recurrence_trace_gates(heed_tape *tape, const heed_recurrence *r, const char *const *names,
                                 const char *ending, const heed_real *block);
/* The sums that activations are taken of, x Wx^T + h Wh^T + bias [T, B, G], computed anew for a trace: a run without one
 * does not keep them. NULL when nothing is traced. */
heed_real *heed_recurrence_sums(heed_tape *tape, const heed_recurrence *r, const heed_tensor *bias);

/* The way back. The op fills heed_recurrence_dgates(i), the gradient of x Wx^T + bias, with zeros in rows that do not
 * have the step. */
typedef struct heed_recurrence_back {
    heed_real *dgates;  /* [kept, B, G], in which step i is the (i mod kept)-th: those of all steps, which a trace wants,
                           would be out of the cache when their products are taken */
    int kept;
    heed_real *dh;      /* [B, H]: of the state after the step at hand */
    bool past;          /* whether something reaches the state before a step past the gates: in a gru, and in rows that do
                           not have the step. Then the op leaves it in dh, else anything */
    bool dx_adds, dwx_adds, dwh_adds; /* whether these gradients are added to what is there */
    heed_real *wh, *wx; /* packed for d(gates) W; wx NULL when x wants no gradient */
    heed_tensor *states, *norms; /* [B, T, H], [B, T]: dh of every step and its norms, when they are traced; else NULL */
} heed_recurrence_back;

static inline heed_real *heed_recurrence_dgates(const heed_recurrence *r, const heed_recurrence_back *back, int i)
{
    return back->dgates + (size_t)(i % back->kept) * r->rows * r->gates;
}

/* dgates: [T, B, G] where they go, or NULL for a new block. false, with the tape's error set, when there is no
 * memory. */
bool heed_recurrence_back_begin(heed_tape *tape, const heed_recurrence *r, const heed_node *node, heed_real *dgates,
                                heed_recurrence_back *back);
/* dh += the gradient of y at step i: dh is then the whole gradient of the state after the step. */
void heed_recurrence_back_output(heed_tape *tape, const heed_recurrence *r, const heed_node *node, int i,
                                 heed_recurrence_back *back);
/* Once the step's dgates are there, and dh if back->past: dh (+)= dproduct Wh (or, at a cut, 0), and the shares of x,
 * the bias and, now and then, of some steps in Wx and Wh. `dproduct` [B, G] is the gradient of h Wh^T; it is dgates but
 * in a gru, where it lies in a block like theirs. */
void heed_recurrence_back_step(heed_tape *tape, const heed_recurrence *r, const heed_node *node, int i,
                               const heed_real *dproduct, heed_recurrence_back *back);
/* The gradient of h0, and the traces: of the states, and dgates by the names of the sums. */
void heed_recurrence_back_end(heed_tape *tape, const heed_recurrence *r, const heed_node *node,
                              const heed_recurrence_back *back, const char *const *gates);

#endif
