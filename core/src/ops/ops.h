/* The forward functions of all ops. Each computes at once, notes a node when the tape records, and on bad shapes
 * returns the tape's invalid tensor with the tape's error set (see tensor/tensor.h). Shapes: B rows of a batch, T time
 * steps, C channels; ids and lengths are int32 in the caller's memory and must outlive the tape's backward pass. */
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
/* For ops that drop out inside: n of 0 or 1 / (1 - p), drawn from the tape's numbers. NULL, with the tape's error set,
 * when p is not below 1 or memory is out. */
heed_real *heed_dropout_mask(heed_tape *tape, size_t n, double p);

/* y = factor s x; s [1] or NULL for 1. */
heed_tensor *heed_scale(heed_tape *tape, heed_tensor *x, double factor, heed_tensor *s);

/* y = x / sqrt(sum of x^2 + 1e-12) along the innermost axis: vectors of length 1. */
heed_tensor *heed_unit(heed_tape *tape, heed_tensor *x);

/* y = sigmoid(x) = 1 / (1 + exp(-x)). */
heed_tensor *heed_sigmoid(heed_tape *tape, heed_tensor *x);

/* y = tanh(x). */
heed_tensor *heed_tanh(heed_tape *tape, heed_tensor *x);

/* y = max(x, 0). */
heed_tensor *heed_relu(heed_tape *tape, heed_tensor *x);

/* y = x Phi(x), Phi the distribution function of the standard normal: the exact form (Hendrycks and Gimpel 2016),
 * PyTorch's default, not the approximation by tanh. */
heed_tensor *heed_gelu(heed_tape *tape, heed_tensor *x);

/* y[.., C] = gain (x - mean) / sqrt(variance + epsilon) + bias; mean and variance over the C values of each row; gain,
 * bias [C] (Ba, Kiros and Hinton 2016). */
heed_tensor *heed_layer_norm(heed_tape *tape, heed_tensor *x, heed_tensor *gain, heed_tensor *bias, double epsilon);

/* y[b, t] = gain (x[b, t] - mean) / sqrt(variance + epsilon) + bias, channel by channel; x [B, T, C], gain, bias [C]
 * (Ioffe and Szegedy 2015). Without mean and variance (NULL) they are those of the batch, over its real steps (row b
 * has lengths[b]; NULL: all T), the variance divided by their number; else the given ones, [C]. y is 0 at steps that
 * are not real. Out come y, the mean and variance that were used, which carry no gradient, and the number of real
 * steps. */
typedef struct heed_batch_norm_result {
    heed_tensor *y, *mean, *variance;
    int count;
} heed_batch_norm_result;
heed_batch_norm_result heed_batch_norm(heed_tape *tape, heed_tensor *x, heed_tensor *gain, heed_tensor *bias,
                                       heed_tensor *mean, heed_tensor *variance, const int32_t *lengths,
                                       double epsilon);

/* Images are x [B, H, W, C], channels innermost. Image b has heights[b] real rows (NULL: all H); what lies below counts
 * as outside of the image, and what an op makes of it is 0: beside a higher image it gives what it gives alone. Windows
 * of h x w pixels begin `stride` pixels apart, the first `padding` pixels outside, where all is 0. */
typedef struct heed_window {
    int height, width, stride, padding;
} heed_window;
/* How many windows there are along an axis: (length + 2 padding - size) / stride + 1, rounded down, or none. */
int heed_window_count(int length, int size, int stride, int padding);
/* Whether all heights are in 0..H; else the tape's error is set, in the name of `op`. */
bool heed_heights_fit(heed_tape *tape, const char *op, const heed_tensor *x, const int32_t *heights);
/* y[b, i, j, O] = w (window i, j of image b, as a vector [h w C]) + bias; w [O, h w C], bias [O] or NULL. With stride =
 * h = w and no padding the image is cut into patches. */
heed_tensor *heed_conv2d(heed_tape *tape, heed_tensor *x, heed_tensor *w, heed_tensor *b, heed_window window,
                         const int32_t *heights);
/* y[b, i, j, c] = the largest of channel c in window i, j of size x size pixels, without padding. */
heed_tensor *heed_max_pool(heed_tape *tape, heed_tensor *x, int size, int stride, const int32_t *heights);

/* y[.., Ca + Cb] = [a; b] along the innermost axis; the other axes are equal. */
heed_tensor *heed_concat(heed_tape *tape, heed_tensor *a, heed_tensor *b);

/* y[B, T, C] = x[B, C] at every t. */
heed_tensor *heed_tile_time(heed_tape *tape, heed_tensor *x, int length);

/* y[B, M, N] = a[B, M, K] b[B, K, N], or a b^T with b [B, N, K] when `transpose_b`. */
heed_tensor *heed_batch_matmul(heed_tape *tape, heed_tensor *a, heed_tensor *b, bool transpose_b);

/* Softmax over the innermost axis of x [B, Q, K], of which row b has lengths[b] real entries; the rest get weight 0.
 * lengths == NULL: all are real. */
heed_tensor *heed_masked_softmax(heed_tape *tape, heed_tensor *x, const int32_t *lengths);

/* Local attention (Luong 2015): the softmax of x [B, Q, K] over the real keys at most `reach` away from a centre, all
 * others 0. Query q's centre is key first + q, or the last real one (local-m); or, with z [B, Q, 1], p = (length - 1)
 * sigmoid(z), and y = softmax exp(-(k - p)^2 / (2 sigma^2)) with sigma = reach / 2 (local-p). lengths as in
 * heed_masked_softmax. */
heed_tensor *heed_local_softmax(heed_tape *tape, heed_tensor *x, heed_tensor *z, const int32_t *lengths, int first,
                                int reach);

/* y[1] = sum over b, t < lengths[b] of a log w[b, t, choice] + (b - g)^2 / 2: with a = g - b and g what a choice has
 * cost, both constants, its gradient is the one of REINFORCE (Williams 1992) for the probabilities w [B, T, K], and
 * makes the baseline b the expected cost. a, b, g have B T elements; choices [B, T]. */
heed_tensor *heed_reinforce(heed_tape *tape, heed_tensor *w, heed_tensor *a, heed_tensor *b, heed_tensor *g,
                            const int32_t *choices, const int32_t *lengths);

/* s[B, Q, K] = v . tanh(query[b, q] + key[b, k]); query [B, Q, A], key [B, K, A] (both projected), v [A].
 * Bahdanau, Cho and Bengio 2015, A.1.2. */
heed_tensor *heed_additive_score(heed_tape *tape, heed_tensor *query, heed_tensor *key, heed_tensor *v);

/* Scaled dot-product attention with several heads (Vaswani et al. 2017, 3.2): for each head's E = d / H columns
 *   weights = softmax(q k^T / sqrt(E)) over the keys that are seen, context = weights v
 * with the scores divided by the tape's attention_temperature as well, if it has one.
 * q [B, Q, d] and kv [B, K, 2d], keys and values side by side; or kv NULL and q [B, T, 3d]: queries, keys and values of
 * the same sequence. Several rows of q in sequence may share one of kv: kv [B / n, K, 2d]. The result: context [B, Q,
 * d], the heads side by side, and weights [B, H, Q, K], which are for looking at and carry no gradient, as are, of a
 * tape that traces, the scores [B, H, Q, K] before the softmax, zero where a key is not seen. A query that sees no key
 * has weights and context zero. */
enum { HEED_HEADS_MAX = 64 };
typedef struct heed_heads {
    int heads;
    const int32_t *lengths; /* real keys of each row of kv; NULL: all */
    int keys;               /* K, when kv has room for more steps than are in use; 0: all */
    bool causal;            /* a query sees the keys up to its own place: i when kv is NULL; else the last query stands at
                               the row's last key, the others before it */
    int window;             /* > 0: only keys less than so many places away */
    uint64_t muted;         /* bit h: head h contributes zero */
    double dropout;         /* of the weights, when the tape is training; those in the result are the whole ones */
} heed_heads;
typedef struct heed_heads_result {
    heed_tensor *context, *weights, *scores; /* scores: NULL when the tape does not trace */
} heed_heads_result;
heed_heads_result heed_multi_head_attention(heed_tape *tape, heed_tensor *q, heed_tensor *kv,
                                            const heed_heads *options);

/* The two layers of a Transformer's feed-forward network (Vaswani et al. 2017, 3.3) as one op:
 *   hidden = activation(x up^T + up_bias);  y = hidden down^T + down_bias
 * x [.., C], up [F, C], down [C, F]. `hidden` [.., F] is for looking at and carries no gradient. */
typedef enum heed_activation { HEED_RELU, HEED_GELU } heed_activation;
typedef struct heed_feed_forward_result {
    heed_tensor *y, *hidden;
} heed_feed_forward_result;
heed_feed_forward_result heed_feed_forward(heed_tape *tape, heed_tensor *x, heed_tensor *up, heed_tensor *up_bias,
                                           heed_tensor *down, heed_tensor *down_bias, heed_activation activation);

/* y[b, t] = scale x[b, t] + table[first + t]; x [B, T, C], table [P, C] with first + T <= P, or NULL for none. */
heed_tensor *heed_add_positions(heed_tape *tape, heed_tensor *x, double scale, heed_tensor *table, int first);

/* loss[1] as heed_cross_entropy of logits = x W^T + b gives it; x [B, T, C], w [V, C], b [V] or NULL. Neither the
 * logits nor their gradient exist beside each other, and steps beyond a row's length, or whose target is
 * HEED_NO_TARGET, are not computed: with a large V they are the largest blocks of a training step. */
enum { HEED_NO_TARGET = -1 };
heed_tensor *heed_linear_cross_entropy(heed_tape *tape, heed_tensor *x, heed_tensor *w, heed_tensor *b,
                                       const int32_t *targets, const int32_t *lengths, double smoothing);

/* How a recurrent op goes over its sequences. Row b runs over lengths[b] steps (NULL: all T), from the last to the
 * first when `reverse`; beyond its length the output is 0 and the state stays. `last_only`: y is not wanted and is
 * NULL. `truncate`: no gradient goes back from step n * truncate to the one before, in the order of the steps
 * (truncated backpropagation through time, Williams and Peng 1990); 0: all goes back. When the tape traces and `trace`
 * is not NULL, the op keeps, zero beyond a row's length and in the sequence's order:
 *   "<trace>.gate.<gate>" [B, T, H]      lstm: input, forget, candidate, output; gru: reset, update, candidate
 *   "<trace>.gate.<gate>.pre" [B, T, H]  the sums that these are sigmoid or tanh of; rnn: "<trace>.gate.pre"
 *   "<trace>.gate.candidate.state"       gru: U_n h + b_h, which r multiplies in the candidate's sum
 *   "<trace>.cell" [B, T, H]             lstm: c after each step
 * and in the backward pass
 *   "<trace>.h.gradient" [B, T, H]       d(loss) / d(h after each step), "<trace>.h.gradient_norm" [B, T] its norms
 *   "<trace>.gate.<gate>.pre.gradient"   d(loss) / d(the sums) */
typedef struct heed_pass {
    const int32_t *lengths;
    bool reverse, last_only;
    const char *trace;
    int truncate;
} heed_pass;

/* y [B, T, H], and the state after the last step, h and (where the op has one, else NULL) c [B, H]. */
typedef struct heed_recurrent_result {
    heed_tensor *y, *h, *c;
} heed_recurrent_result;
static inline heed_recurrent_result heed_recurrent_failed(heed_tape *tape)
{
    return (heed_recurrent_result){&tape->invalid, &tape->invalid, &tape->invalid};
}

/* Recurrent networks over whole sequences. x [B, T, I]; h0, c0 [B, H] or NULL for zeros.
 *
 * rnn (Elman 1990): h' = tanh(x[b, t] Wx^T + h Wh^T + bias), or relu in place of tanh; wx [H, I], wh [H, H], bias
 * [H]. */
heed_recurrent_result heed_rnn(heed_tape *tape, heed_tensor *x, heed_tensor *wx, heed_tensor *wh, heed_tensor *bias,
                               heed_tensor *h0, heed_pass pass, bool relu);

/* gru (Cho 2014), in the form in which r multiplies the product: wx [3H, I], wh [3H, H], of r, z and n; bias [4H], of
 * r, z, n and b_h:   r = sigmoid(Wx_r x + Wh_r h + b_r);  z = sigmoid(Wx_z x + Wh_z h + b_z) n = tanh(Wx_n x + b_n + r
 * (Wh_n h + b_h));  h' = (1 - z) n + z h */
heed_recurrent_result heed_gru(heed_tape *tape, heed_tensor *x, heed_tensor *wx, heed_tensor *wh, heed_tensor *bias,
                               heed_tensor *h0, heed_pass pass);

/* lstm (Hochreiter and Schmidhuber 1997; forget gate of Gers 2000), gates in the order i, f, g, o:
 *   [i f g o] = x[b, t] Wx^T + h Wh^T + bias;  c' = sigmoid(f) c + sigmoid(i) tanh(g);  h' = sigmoid(o) tanh(c')
 * wx [4H, I], wh [4H, H], bias [4H]. */
heed_recurrent_result heed_lstm(heed_tape *tape, heed_tensor *x, heed_tensor *wx, heed_tensor *wh, heed_tensor *bias,
                                heed_tensor *h0, heed_tensor *c0, heed_pass pass);

/* loss[1] = sum over b, t < lengths[b] of -sum_v q[v] log softmax(logits[b, t])[v], where q is 1 - smoothing on the
 * target and smoothing / V everywhere (Szegedy 2016). logits [B, T, V]; targets [B, T]. A sum, not a mean: the caller's
 * seed of the backward pass is 1 / tokens of the whole batch, so that shards add up. */
heed_tensor *heed_cross_entropy(heed_tape *tape, heed_tensor *logits, const int32_t *targets, const int32_t *lengths,
                                double smoothing);

/* Losses of real numbers, loss[1] = a sum over all elements of x and t, which have one shape; both may want gradients.
 * A sum, as of heed_cross_entropy: seeded with 1 / elements it is the mean. binary_cross_entropy  -t log sigmoid(x) -
 * (1 - t) log(1 - sigmoid(x)), x the logits, t from 0 to 1 squared_error         (x - t)^2, whose mean is the MSE
 *   absolute_error        |x - t|, whose mean is the MAE; its slope where x = t is taken as 0 */
heed_tensor *heed_binary_cross_entropy(heed_tape *tape, heed_tensor *logits, heed_tensor *targets);
heed_tensor *heed_squared_error(heed_tape *tape, heed_tensor *x, heed_tensor *targets);
heed_tensor *heed_absolute_error(heed_tape *tape, heed_tensor *x, heed_tensor *targets);

#endif
