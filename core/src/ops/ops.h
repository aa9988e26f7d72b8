/* The forward functions of all ops. Each computes at once, notes a node when the tape records, and on bad shapes returns
 * the tape's invalid tensor with the tape's error set (see tensor/tensor.h). Shapes: B rows of a batch, T time steps,
 * C channels; ids and lengths are int32 in the caller's memory and must outlive the tape's backward pass. */
#ifndef HEED_OPS_H
#define HEED_OPS_H

#include "tensor/tensor.h"

#define HEED_OP(name) extern const heed_op heed_op_##name;
#include "ops/ops.def"
#undef HEED_OP

/* y = a + b, of the same shape. */
heed_tensor *heed_add(heed_tape *tape, heed_tensor *a, heed_tensor *b);

/* y[.., out] = x[.., in] W^T + b; W [out, in], b [out] or NULL. dx = dy W, dW = dy^T x, db = sum of dy. */
heed_tensor *heed_linear(heed_tape *tape, heed_tensor *x, heed_tensor *w, heed_tensor *b);

/* y[B, T, E] = table[ids[b, t]]; table [V, E]. An id outside 0..V-1 is an error. */
heed_tensor *heed_embedding(heed_tape *tape, heed_tensor *table, const int32_t *ids, int rows, int length);

/* y = x / (1 - p) where a coin with probability 1 - p shows heads, else 0 (inverted dropout, Srivastava 2014).
 * x itself when the tape is not training or p is 0. */
heed_tensor *heed_dropout(heed_tape *tape, heed_tensor *x, double p);

/* y = tanh(x). */
heed_tensor *heed_tanh(heed_tape *tape, heed_tensor *x);

/* y[.., Ca + Cb] = [a; b] along the innermost axis; the other axes are equal. */
heed_tensor *heed_concat(heed_tape *tape, heed_tensor *a, heed_tensor *b);

/* y[B, T, C] = x[B, C] at every t. */
heed_tensor *heed_tile_time(heed_tape *tape, heed_tensor *x, int length);

/* y[B, M, N] = a[B, M, K] b[B, K, N], or a b^T with b [B, N, K] when `transpose_b`. */
heed_tensor *heed_batch_matmul(heed_tape *tape, heed_tensor *a, heed_tensor *b, bool transpose_b);

/* Softmax over the innermost axis of x [B, Q, K], of which row b has lengths[b] real entries; the rest get weight 0.
 * lengths == NULL: all are real. */
heed_tensor *heed_masked_softmax(heed_tape *tape, heed_tensor *x, const int32_t *lengths);

/* s[B, Q, K] = v . tanh(query[b, q] + key[b, k]); query [B, Q, A], key [B, K, A] (both projected), v [A].
 * Bahdanau, Cho and Bengio 2015, A.1.2. */
heed_tensor *heed_additive_score(heed_tape *tape, heed_tensor *query, heed_tensor *key, heed_tensor *v);

/* An LSTM over whole sequences (Hochreiter and Schmidhuber 1997; forget gate of Gers 2000), gates in the order i, f, g, o:
 *   [i f g o] = x[b, t] Wx^T + h Wh^T + bias;  c' = sigmoid(f) c + sigmoid(i) tanh(g);  h' = sigmoid(o) tanh(c')
 * x [B, T, I], wx [4H, I], wh [4H, H], bias [4H]; h0, c0 [B, H] or NULL for zeros. Row b runs over lengths[b] steps (NULL:
 * all T), from the last to the first when `reverse`; beyond its length the output is 0 and the state stays.
 * The result: y [B, T, H], and the state after the last step, h and c [B, H]. */
typedef struct heed_lstm_result {
    heed_tensor *y, *h, *c;
} heed_lstm_result;
heed_lstm_result heed_lstm(heed_tape *tape, heed_tensor *x, heed_tensor *wx, heed_tensor *wh, heed_tensor *bias,
                           heed_tensor *h0, heed_tensor *c0, const int32_t *lengths, bool reverse);

/* loss[1] = sum over b, t < lengths[b] of -sum_v q[v] log softmax(logits[b, t])[v], where q is 1 - smoothing on the target
 * and smoothing / V everywhere (Szegedy 2016). logits [B, T, V]; targets [B, T]. A sum, not a mean: the caller's seed of
 * the backward pass is 1 / tokens of the whole batch, so that shards add up. */
heed_tensor *heed_cross_entropy(heed_tape *tape, heed_tensor *logits, const int32_t *targets, const int32_t *lengths,
                                double smoothing);

#endif
