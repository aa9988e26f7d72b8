/* Tensors, and the tape that remembers how they came about (define by run; reverse-mode differentiation, Griewank and
 * Walther 2008). An op computes at once; when the tape records, it also notes how to go back.
 *
 * Everything made in a step lives in the tape's arena; heed_tape_reset gives it back. After the first step of a given
 * size a step allocates nothing. A tape belongs to one thread. */
#ifndef HEED_TENSOR_H
#define HEED_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/rng.h"
#include "heed/real.h"
#include "heed/status.h"
#include "kernels/kernels.h"

enum { HEED_MAX_RANK = 4 };

/* Row-major, contiguous, outermost axis first. Weight matrices of a model that is only used are packed and have no
 * data. A tensor with nothing in it is invalid: ops on it return it. */
typedef struct heed_tensor {
    heed_real *data;
    heed_real *grad;          /* same shape; NULL when no gradient is wanted */
    const heed_real *packed;  /* data as a [out, in] matrix W, packed so that x W^T is one gemm_packed; or NULL */
    const void *int8;         /* the same for gemm_int8; or NULL */
    int rank;
    int dims[HEED_MAX_RANK];
    bool *unset;              /* NULL, or whether grad holds nothing yet: see heed_grad_adds */
    bool own_unset;           /* where `unset` of a tensor of the arena points */
} heed_tensor;

typedef struct heed_tape heed_tape;
typedef struct heed_node heed_node;

/* A differentiable operation. Its forward is a function of its own (ops/ops.h); this is what the tape needs. */
typedef struct heed_op {
    const char *name;
    /* Adds to the gradients of node->inputs from those of node->outputs. An input whose grad is NULL wants none. */
    void (*backward)(heed_tape *tape, const heed_node *node);
} heed_op;

struct heed_node {
    const heed_op *op;
    heed_node *previous;
    int input_count, output_count;
    heed_tensor **inputs; /* entries may be NULL for an optional input */
    heed_tensor **outputs;
    bool asks;            /* backward asks heed_grad_adds of every input with a gradient; else the tape clears them first */
    void *saved;          /* what the op's forward kept for its backward; an op's own struct in the arena */
};

/* Named intermediates kept for a figure, a test or the CLI. Zero-initialise; heed_trace_free at the end. */
typedef struct heed_trace_entry {
    char name[112];
    int rank;
    int dims[HEED_MAX_RANK];
    heed_real *values; /* owned */
    const heed_tensor *watched; /* whose gradient is wanted; NULL: there is none, or it has been taken */
    bool norm;                  /* the values are to be the norms of that gradient, see heed_trace_watch */
} heed_trace_entry;

typedef struct heed_trace {
    heed_trace_entry *entries; /* in the order in which they were made; a name may occur once per step */
    int count, capacity;
} heed_trace;

void heed_trace_free(heed_trace *trace);

struct heed_tape {
    heed_arena arena;
    bool recording;  /* note nodes for backward */
    bool training;   /* dropout is active */
    heed_node *last;
    heed_real *parameter_grads; /* flat, as long as heed_params.values; where gradients of parameters are added; or NULL */
    bool *unset_grads;          /* NULL: new gradients are cleared. Else, of each parameter, whether its gradient holds
                                   nothing yet (heed_params_begin_gradients), and new gradients are not cleared either:
                                   who comes first writes instead of adding, which spares memory traffic. */
    double share;               /* what a pass in training counts for in running statistics: its part of the step's work, as all
                                   passes of a step make 1; 0: nothing */
    heed_real *gemm_scratch;    /* HEED_GEMM_SCRATCH reals */
    const heed_kernels *kernels;
    heed_rng rng;               /* dropout and sampling */
    heed_error error;           /* the first failure of an op; see heed_tape_check */
    heed_trace *trace;          /* where to keep named intermediates, or NULL */
    const char *muted;          /* attention heads that contribute zero: "encoder.0.self_attention.2,..", or NULL */
    double attention_temperature; /* what attention scores are divided by before the softmax; 0: 1 */
    bool no_cache;              /* decoding keeps no keys and values: every step reads all tokens so far again */
    heed_tensor invalid;
};

heed_status heed_tape_init(heed_tape *tape, heed_error *error);
void heed_tape_free(heed_tape *tape);
/* Forgets all tensors, nodes and the error; keeps the memory. */
void heed_tape_reset(heed_tape *tape);
/* HEED_OK, or the first error that an op met since the last reset, copied to `error`. */
heed_status heed_tape_check(const heed_tape *tape, heed_error *error);

/* A new zeroed tensor in the arena; with a zeroed gradient when the tape records and `wants_grad`. On failure:
 * invalid. */
heed_tensor *heed_tensor_new(heed_tape *tape, bool wants_grad, int rank, const int *dims);
/* Not zeroed: for an op that writes every element. */
heed_tensor *heed_tensor_new_dirty(heed_tape *tape, bool wants_grad, int rank, const int *dims);
/* A tensor over the caller's memory (parameters, inputs); nothing is copied. */
heed_tensor *heed_tensor_view(heed_tape *tape, heed_real *data, heed_real *grad, int rank, const int *dims);
/* The same data and gradient with another shape of as many elements. */
heed_tensor *heed_tensor_reshape(heed_tape *tape, heed_tensor *x, int rank, const int *dims);
/* The first n entries of the outermost axis of x, sharing its data and gradient. */
heed_tensor *heed_tensor_first(heed_tape *tape, heed_tensor *x, int n);

static inline bool heed_tensor_ok(const heed_tensor *x) { return x->data || x->packed || x->int8; }
size_t heed_tensor_count(const heed_tensor *x);
int heed_tensor_last(const heed_tensor *x); /* size of the innermost axis */
size_t heed_tensor_rows(const heed_tensor *x); /* elements / last */
/* "[3, 4]" into a caller's buffer of at least 64 bytes; returns it. */
const char *heed_shape_text(const heed_tensor *x, char *out);

/* Scratch of an op in the arena; NULL on failure, with the tape's error set. */
void *heed_tape_alloc(heed_tape *tape, size_t count, size_t size);
/* Records a failure and returns the invalid tensor: return heed_op_fail(tape, HEED_ERROR_SHAPE, "matmul: ..."). */
heed_tensor *heed_op_fail(heed_tape *tape, heed_status status, const char *format, ...) HEED_PRINTF(3, 4);
/* True when one of the tensors (NULL entries are skipped) wants a gradient and the tape records. */
bool heed_wants_grad(const heed_tape *tape, int count, heed_tensor *const *inputs);
/* Notes a node when the tape records and any input wants a gradient; otherwise does nothing. */
void heed_tape_note(heed_tape *tape, const heed_op *op, int input_count, heed_tensor *const *inputs, int output_count,
                    heed_tensor *const *outputs, void *saved);
/* The same for an op whose backward asks heed_grad_adds of every input that wants a gradient. */
void heed_tape_note_asking(heed_tape *tape, const heed_op *op, int input_count, heed_tensor *const *inputs,
                           int output_count, heed_tensor *const *outputs, void *saved);

/* For a backward that can write a gradient whole: true when it has to add to x->grad, false when it has to write all of
 * it, since nothing is there yet. The answer is to be obeyed: from now on there is something. */
static inline bool heed_grad_adds(heed_tensor *x)
{
    const bool unset = x->unset && *x->unset;
    if (unset)
        *x->unset = false;
    return !unset;
}
/* Clears a gradient that holds nothing yet. */
void heed_grad_settle(heed_tensor *x);

/* d(loss)/d(everything): seeds loss->grad (one element) with `seed` and runs the nodes from last to first. */
heed_status heed_tape_backward(heed_tape *tape, heed_tensor *loss, heed_real seed, heed_error *error);

/* Keeps a copy of x under `name` when the tape traces. x == NULL: there is nothing to keep. When the tape goes back and
 * x is on it, its gradient d(loss) / dx [shape of x] is kept as well, as "<name>.gradient", unless an op does that itself:
 * of a state, whose gradient comes through time too. */
void heed_trace_keep(heed_tape *tape, const char *name, const heed_tensor *x);
/* Keeps |d(loss) / dx| along the innermost axis as "<name>.gradient_norm", when the tape traces and goes back. */
void heed_trace_watch(heed_tape *tape, const char *name, const heed_tensor *x);
/* For heed_tape_backward, once all gradients are there. */
void heed_trace_take_gradients(heed_tape *tape);

#endif
