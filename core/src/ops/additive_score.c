#include "ops/ops.h"

/* Sizes: B rows, Q queries, K keys, A channels. */

typedef struct saved {
    heed_real *t; /* tanh(query + key), [B, Q, K, A] */
} saved;

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_tensor *query = node->inputs[0], *key = node->inputs[1], *v = node->inputs[2], *s = node->outputs[0];
    const heed_real *t = ((const saved *)node->saved)->t;
    size_t channels = (size_t)v->dims[0];
    int queries = s->dims[1], keys = s->dims[2];
    /* The kernel fills all three gradients; one that nobody wants goes to a row that is thrown away. */
    heed_real *waste = heed_tape_alloc(tape, channels, sizeof *waste);
    if (!waste)
        return;
    for (int b = 0; b < s->dims[0]; b++)
        for (int q = 0; q < queries; q++)
            for (int k = 0; k < keys; k++) {
                size_t row_q = (size_t)b * queries + q, row_k = (size_t)b * keys + k, at = row_q * keys + k;
                tape->kernels->additive_score_backward(
                    channels, s->grad[at], t + at * channels, v->data,
                    query->grad ? query->grad + row_q * channels : waste,
                    key->grad ? key->grad + row_k * channels : waste, v->grad ? v->grad : waste);
            }
}

const heed_op heed_op_additive_score = {"additive_score", backward};

heed_tensor *heed_additive_score(heed_tape *tape, heed_tensor *query, heed_tensor *key, heed_tensor *v)
{
    if (!heed_tensor_ok(query) || !heed_tensor_ok(key) || !heed_tensor_ok(v))
        return &tape->invalid;
    if (query->rank != 3 || key->rank != 3 || v->rank != 1 || query->dims[0] != key->dims[0] ||
        query->dims[2] != v->dims[0] || key->dims[2] != v->dims[0]) {
        char qs[64], ks[64], vs[64];
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "additive_score: sizes do not fit: query %s, key %s, v %s",
                            heed_shape_text(query, qs), heed_shape_text(key, ks), heed_shape_text(v, vs));
    }
    int rows = query->dims[0], queries = query->dims[1], keys = key->dims[1];
    size_t channels = (size_t)v->dims[0];
    heed_tensor *inputs[] = {query, key, v};
    bool wanted = heed_wants_grad(tape, 3, inputs);
    heed_tensor *s = heed_tensor_new_dirty(tape, wanted, 3, (int[]){rows, queries, keys});
    size_t kept = wanted ? (size_t)rows * queries * keys : 1; /* without a backward pass one row is reused */
    heed_real *t = heed_tape_alloc(tape, kept * channels, sizeof *t);
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    if (!heed_tensor_ok(s) || !t || !keep)
        return &tape->invalid;
    for (int b = 0; b < rows; b++)
        for (int q = 0; q < queries; q++)
            for (int k = 0; k < keys; k++) {
                size_t row_q = (size_t)b * queries + q, row_k = (size_t)b * keys + k, at = row_q * keys + k;
                s->data[at] = tape->kernels->additive_score(channels, query->data + row_q * channels,
                                                            key->data + row_k * channels, v->data,
                                                            wanted ? t + at * channels : t);
            }
    keep->t = t;
    heed_tape_note(tape, &heed_op_additive_score, 3, inputs, 1, &s, keep);
    return s;
}
