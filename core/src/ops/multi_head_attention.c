#include <math.h>
#include <string.h>

#include "ops/ops.h"

/* Sizes: B rows, H heads of E = d / H channels, Q queries, K keys. Heads are columns of q, k and v, which are read and
 * written where they lie: a head's matrix is d's row apart, so nothing is split or merged by copying. */

typedef struct saved {
    heed_heads options;
    heed_real scale;          /* of the scores */
    const heed_real *weights; /* [B, H, Q, K] */
    const heed_real *mask;    /* of dropout, likewise; NULL: none */
    const heed_real *applied; /* weights times mask */
} saved;

/* Where the matrices of one batch row and one head begin, in reals from the start of q and kv. */
typedef struct places {
    size_t q, k, v, context;
} places;

typedef struct layout {
    int rows, heads, queries, keys, size, width; /* size: d; width: E */
    int share;                                   /* rows of q that use the same row of kv */
    bool self;                                   /* q, k and v are of one sequence */
    int q_row, kv_row;                           /* reals from one step to the next */
    int k_column, v_column;                      /* of kv */
    size_t q_batch, kv_batch;                    /* reals from one batch row to the next */
} layout;

static layout layout_of(const heed_tensor *q, const heed_tensor *kv, const heed_heads *options)
{
    const int size = kv ? q->dims[2] : q->dims[2] / 3;
    const heed_tensor *from = kv ? kv : q;
    layout l = {.rows = q->dims[0], .heads = options->heads, .queries = q->dims[1], .size = size,
                .width = size / options->heads, .share = 1, .self = !kv, .q_row = q->dims[2], .kv_row = from->dims[2]};
    if (from->dims[0] > 0)
        l.share = l.rows / from->dims[0];
    l.keys = options->keys ? options->keys : from->dims[1];
    l.k_column = kv ? 0 : size;
    l.v_column = l.k_column + size;
    l.q_batch = (size_t)l.queries * l.q_row;
    l.kv_batch = (size_t)from->dims[1] * l.kv_row;
    return l;
}

static places places_of(const layout *l, int b, int h)
{
    const size_t head = (size_t)h * l->width, kv = b / l->share * l->kv_batch + head;
    return (places){b * l->q_batch + head, kv + l->k_column, kv + l->v_column,
                    (size_t)b * l->queries * l->size + head};
}

/* The keys that query i of a row may see: `count` of them from `first`. Within one sequence it stands at key i, else
 * the last query at the last real key. */
typedef struct range {
    int first, count;
} range;

static range seen_by(const layout *l, const heed_heads *options, int b, int i)
{
    const int window = options->window;
    int first = 0, end = options->lengths ? options->lengths[b / l->share] : l->keys;
    const int at = l->self ? i : i + end - l->queries;
    if (options->causal && end > at + 1)
        end = at + 1;
    if (window > 0 && end > at + window)
        end = at + window;
    if (window > 0 && first < at - window + 1)
        first = at - window + 1;
    return (range){first, end > first ? end - first : 0};
}

static bool is_muted(const heed_heads *options, int head)
{
    return options->muted >> head & 1;
}

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_kernels *kernels = tape->kernels;
    const saved *keep = node->saved;
    const heed_heads *options = &keep->options;
    heed_tensor *q = node->inputs[0], *kv = node->inputs[1] ? node->inputs[1] : q;
    const heed_real *dcontext = node->outputs[0]->grad;
    const layout l = layout_of(q, node->inputs[1], options);
    const int queries = l.queries, keys = l.keys, width = l.width;
    const size_t square = (size_t)queries * keys;
    const heed_arena_mark mark = heed_arena_save(&tape->arena);
    heed_real *dweights = heed_tape_alloc(tape, square, sizeof *dweights);
    heed_real *dscores = heed_tape_alloc(tape, square, sizeof *dscores);
    if (!dweights || !dscores)
        return;
    if (options->muted || l.share > 1 || (node->inputs[1] && keys < kv->dims[1])) {
        heed_grad_settle(q); /* below not every element is written, or some are written twice */
        heed_grad_settle(kv);
    }
    const bool add_q = heed_grad_adds(q), add_kv = kv == q ? add_q : heed_grad_adds(kv);
    for (int b = 0; b < l.rows; b++)
        for (int h = 0; h < l.heads; h++) {
            const places at = places_of(&l, b, h);
            const size_t head = ((size_t)b * l.heads + h) * square;
            const heed_real *weights = keep->weights + head;
            if (is_muted(options, h))
                continue;
            if (kv->grad) /* dv[K, E] += weights^T dcontext */
                kernels->gemm(keys, width, queries, keep->applied + head, 1, keys, dcontext + at.context, l.size, 1,
                              kv->grad + at.v, l.kv_row, add_kv, tape->gemm_scratch);
            /* dweights[Q, K] = dcontext v^T (and the mask), through the softmax to dscores */
            kernels->gemm(queries, keys, width, dcontext + at.context, l.size, 1, kv->data + at.v, 1, l.kv_row,
                          dweights, keys, false, tape->gemm_scratch);
            for (size_t i = 0; keep->mask && i < square; i++)
                dweights[i] *= keep->mask[head + i];
            memset(dscores, 0, square * sizeof *dscores);
            for (int i = 0; i < queries; i++) {
                const range seen = seen_by(&l, options, b, i);
                const size_t from = (size_t)i * keys + seen.first;
                kernels->softmax_backward((size_t)seen.count, weights + from, dweights + from, dscores + from);
            }
            kernels->scale(square, keep->scale, dscores);
            if (q->grad) /* dq[Q, E] += dscores k */
                kernels->gemm(queries, width, keys, dscores, keys, 1, kv->data + at.k, l.kv_row, 1, q->grad + at.q,
                              l.q_row, add_q, tape->gemm_scratch);
            if (kv->grad) /* dk[K, E] += dscores^T q */
                kernels->gemm(keys, width, queries, dscores, 1, keys, q->data + at.q, l.q_row, 1, kv->grad + at.k,
                              l.kv_row, add_kv, tape->gemm_scratch);
        }
    heed_arena_restore(&tape->arena, mark);
}

const heed_op heed_op_multi_head_attention = {"multi_head_attention", backward};

/* NULL, or what is wrong with the sizes. */
static const char *misfit(const heed_tensor *q, const heed_tensor *kv, const heed_heads *options)
{
    const heed_tensor *from = kv ? kv : q;
    if (q->rank != 3 || from->rank != 3)
        return "three axes expected";
    if (kv ? kv->dims[2] != 2 * q->dims[2] : q->dims[2] % 3 != 0)
        return kv ? "kv must be twice as wide as q" : "q, k and v must be equally wide";
    if (q->dims[0] > 0 && (from->dims[0] == 0 || q->dims[0] % from->dims[0] != 0))
        return "the rows of kv do not divide those of q";
    const int size = kv ? q->dims[2] : q->dims[2] / 3;
    if (options->heads < 1 || options->heads > HEED_HEADS_MAX || size % options->heads != 0)
        return "the heads do not divide the channels";
    if (options->keys < 0 || options->keys > from->dims[1])
        return "more keys wanted than there are";
    for (int b = 0; options->lengths && b < from->dims[0]; b++)
        if (options->lengths[b] < 0 || options->lengths[b] > (options->keys ? options->keys : from->dims[1]))
            return "a length is not among the keys";
    return NULL;
}

heed_heads_result heed_multi_head_attention(heed_tape *tape, heed_tensor *q, heed_tensor *kv,
                                            const heed_heads *options)
{
    const heed_heads_result failed = {&tape->invalid, &tape->invalid, NULL};
    if (!heed_tensor_ok(q) || (kv && !heed_tensor_ok(kv)))
        return failed;
    const char *wrong = misfit(q, kv, options);
    if (wrong) {
        char qs[64], kvs[64] = "none";
        heed_op_fail(tape, HEED_ERROR_SHAPE, "multi_head_attention: %s: q %s, kv %s, %d heads", wrong,
                     heed_shape_text(q, qs), kv ? heed_shape_text(kv, kvs) : kvs, options->heads);
        return failed;
    }
    const layout l = layout_of(q, kv, options);
    const heed_real *from = (kv ? kv : q)->data;
    const size_t square = (size_t)l.queries * l.keys;
    heed_tensor *inputs[] = {q, kv};
    heed_tensor *context = heed_tensor_new_dirty(tape, heed_wants_grad(tape, 2, inputs), 3,
                                                 (int[]){l.rows, l.queries, l.size});
    heed_tensor *weights = heed_tensor_new_dirty(tape, false, 4, (int[]){l.rows, l.heads, l.queries, l.keys});
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    const bool drops = tape->training && options->dropout > 0;
    const size_t count = heed_tensor_ok(weights) ? heed_tensor_count(weights) : 0;
    heed_real *mask = drops ? heed_dropout_mask(tape, count, options->dropout) : NULL;
    heed_real *applied = drops ? heed_tape_alloc(tape, count, sizeof *applied) : weights->data;
    heed_tensor *scores = tape->trace ? heed_tensor_new(tape, false, 4, weights->dims) : NULL;
    if (!heed_tensor_ok(context) || !heed_tensor_ok(weights) || !keep || (scores && !heed_tensor_ok(scores)) ||
        (drops && (!mask || !applied)))
        return failed;
    const double temperature = tape->attention_temperature > 0 ? tape->attention_temperature : 1;
    const heed_real scale = (heed_real)(1 / (temperature * sqrt((double)l.width)));
    for (int b = 0; b < l.rows; b++)
        for (int h = 0; h < l.heads; h++) {
            const places at = places_of(&l, b, h);
            const size_t head = ((size_t)b * l.heads + h) * square;
            heed_real *w = weights->data + head;
            /* scores[Q, K] = q k^T / sqrt(E), softmax, context[Q, E] = weights v */
            /* [book:multi_head_attention] */
            tape->kernels->gemm(l.queries, l.keys, l.width, q->data + at.q, l.q_row, 1, from + at.k, 1, l.kv_row, w,
                                l.keys, false, tape->gemm_scratch);
            tape->kernels->scale(square, scale, w);
            for (int i = 0; i < l.queries; i++) {
                const range seen = seen_by(&l, options, b, i);
                heed_real *row = w + (size_t)i * l.keys;
                if (scores)
                    memcpy(scores->data + (row - weights->data) + seen.first, row + seen.first,
                           (size_t)seen.count * sizeof *row);
                tape->kernels->softmax((size_t)seen.count, row + seen.first, row + seen.first);
                memset(row, 0, (size_t)seen.first * sizeof *row);
                memset(row + seen.first + seen.count, 0, (size_t)(l.keys - seen.first - seen.count) * sizeof *row);
            }
            for (size_t i = head; drops && i < head + square; i++)
                applied[i] = mask[i] * weights->data[i];
            tape->kernels->gemm(l.queries, l.width, is_muted(options, h) ? 0 : l.keys, applied + head, l.keys, 1,
                                from + at.v, l.kv_row, 1, context->data + at.context, l.size, false,
                                tape->gemm_scratch);
            /* [/book] */
        }
    *keep = (saved){.options = *options, .scale = scale, .weights = weights->data, .mask = mask,
                    .applied = applied};
    heed_tape_note_asking(tape, &heed_op_multi_head_attention, 2, inputs, 1, &context, keep);
    return (heed_heads_result){context, weights, scores};
}
