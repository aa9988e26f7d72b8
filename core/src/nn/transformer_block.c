#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nn/transformer_layers.h"

static heed_linear_layer declare_linear(heed_params *params, const char *block, const char *part, int in, int out)
{
    char full[96];
    snprintf(full, sizeof full, "%s.%s", block, part);
    return heed_linear_declare(params, full, in, out, true);
}

static heed_norm_layer declare_norm(heed_params *params, const char *block, const char *part,
                                    const heed_stack_options *options)
{
    char full[96];
    snprintf(full, sizeof full, "%s.%s.norm", block, part);
    return options->norm == HEED_NORM_NONE ? (heed_norm_layer){0}
                                           : heed_norm_declare(params, full, options->norm_kind, options->size,
                                                               options->epsilon);
}

void heed_block_declare(heed_params *params, const char *name, const heed_stack_options *options,
                        heed_transformer_block *out)
{
    const int size = options->size;
    *out = (heed_transformer_block){0};
    snprintf(out->name, sizeof out->name, "%s", name);
    out->qkv = declare_linear(params, name, "self_attention.qkv", size, 3 * size);
    out->self_output = declare_linear(params, name, "self_attention.output", size, size);
    out->self_norm = declare_norm(params, name, "self_attention", options);
    if (options->cross) {
        out->query = declare_linear(params, name, "cross_attention.query", size, size);
        out->key_value = declare_linear(params, name, "cross_attention.key_value", size, 2 * size);
        out->cross_output = declare_linear(params, name, "cross_attention.output", size, size);
        out->cross_norm = declare_norm(params, name, "cross_attention", options);
    }
    out->up = declare_linear(params, name, "ffn.up", size, options->ffn);
    out->down = declare_linear(params, name, "ffn.down", options->ffn, size);
    out->ffn_norm = declare_norm(params, name, "ffn", options);
}

static void keep(heed_tape *tape, const heed_transformer_block *block, const char *part, const heed_tensor *x)
{
    char name[96];
    if (!tape->trace)
        return;
    snprintf(name, sizeof name, "%s.%s", block->name, part);
    heed_trace_keep(tape, name, x);
}

/* How strongly the loss pulls at the block's output: by depth it fades or grows. */
static void watch(heed_tape *tape, const heed_transformer_block *block, const heed_tensor *x)
{
    char name[96];
    snprintf(name, sizeof name, "%s.h", block->name);
    heed_trace_watch(tape, name, x);
}

uint64_t heed_muted_heads(const heed_tape *tape, const char *block, const char *sublayer)
{
    char prefix[96];
    uint64_t mask = 0;
    if (!tape->muted)
        return 0;
    const size_t n = (size_t)snprintf(prefix, sizeof prefix, "%s.%s.", block, sublayer);
    for (const char *at = tape->muted; *at; at += *at == ',') {
        const size_t size = strcspn(at, ",");
        if (size > n && memcmp(at, prefix, n) == 0) {
            unsigned head = 0;
            for (const char *digit = at + n; *digit >= '0' && *digit <= '9' && head < HEED_HEADS_MAX; digit++)
                head = head * 10 + (unsigned)(*digit - '0');
            if (head < HEED_HEADS_MAX)
                mask |= (uint64_t)1 << head;
        }
        at += size;
    }
    return mask;
}

/* A sublayer's norm, with what it is given and what it gives. */
static heed_tensor *norm_of(heed_tape *tape, const heed_params *params, const heed_transformer_block *block,
                            const heed_norm_layer *norm, heed_tensor *x, const heed_stack_pass *pass)
{
    const char *sublayer = norm == &block->self_norm ? "self_attention" : norm == &block->ffn_norm ? "ffn" : "cross_attention";
    char part[64];
    heed_tensor *y = heed_norm_apply(tape, params, norm, x, heed_counted(pass));
    snprintf(part, sizeof part, "%s.norm.x", sublayer);
    keep(tape, block, part, x);
    snprintf(part, sizeof part, "%s.norm.y", sublayer);
    keep(tape, block, part, y);
    return y;
}

/* What a sublayer reads, and what it makes of its result y: the norm's place and the residual are decided here only. */
static heed_tensor *enter(heed_tape *tape, const heed_params *params, const heed_stack_options *options,
                          const heed_transformer_block *block, const heed_norm_layer *norm, heed_tensor *x,
                          const heed_stack_pass *pass)
{
    return options->norm == HEED_NORM_PRE ? norm_of(tape, params, block, norm, x, pass) : x;
}

static heed_tensor *leave(heed_tape *tape, const heed_params *params, const heed_stack_options *options,
                          const heed_transformer_block *block, const heed_norm_layer *norm, heed_tensor *x,
                          heed_tensor *y, const heed_stack_pass *pass)
{
    y = heed_dropout(tape, y, options->dropout);
    if (options->residual)
        y = heed_add(tape, x, y);
    return options->norm == HEED_NORM_POST ? norm_of(tape, params, block, norm, y, pass) : y;
}

/* Adds the keys and values of qkv [B, T, 3C] to the cache, behind what each row has. */
static void store(const heed_stack_options *options, const heed_tensor *qkv, heed_real *kv,
                  const heed_stack_cache *cache)
{
    const size_t size = (size_t)options->size;
    const int steps = qkv->dims[1];
    for (int row = 0; row < cache->rows; row++)
        for (int t = 0; t < steps && cache->lengths[row] + t < cache->capacity; t++)
            memcpy(kv + ((size_t)row * cache->capacity + cache->lengths[row] + t) * 2 * size,
                   qkv->data + ((size_t)row * steps + t) * 3 * size + size, 2 * size * sizeof *kv);
}

/* The first C columns of qkv [B, 1, 3C]. */
static heed_tensor *query_of(heed_tape *tape, const heed_stack_options *options, const heed_tensor *qkv)
{
    const size_t size = (size_t)options->size;
    heed_tensor *query = heed_tensor_new_dirty(tape, false, 3, (int[]){qkv->dims[0], 1, options->size});
    for (int row = 0; heed_tensor_ok(query) && row < qkv->dims[0]; row++)
        memcpy(query->data + row * size, qkv->data + row * 3 * size, size * sizeof *query->data);
    return query;
}

/* The step's query against all keys of the cache, its own among them. */
static heed_heads_result attend_to_cache(heed_tape *tape, const heed_stack_options *options, const heed_tensor *qkv,
                                         heed_real *cache_kv, const heed_stack_cache *cache, heed_heads *heads)
{
    int32_t *lengths = heed_tape_alloc(tape, (size_t)cache->rows, sizeof *lengths);
    if (!lengths)
        return (heed_heads_result){&tape->invalid, &tape->invalid, NULL};
    for (int row = 0; row < cache->rows; row++)
        lengths[row] = cache->lengths[row] + 1;
    heads->lengths = lengths;
    heads->keys = cache->used + 1;
    heed_tensor *kv = heed_tensor_view(tape, cache_kv, NULL, 3,
                                       (int[]){cache->rows, cache->capacity, 2 * options->size});
    return heed_multi_head_attention(tape, query_of(tape, options, qkv), kv, heads);
}

static heed_tensor *attend_to_self(heed_tape *tape, const heed_params *params, const heed_stack_options *options,
                                   const heed_transformer_block *block, heed_tensor *x, heed_real *cache_kv,
                                   const heed_stack_pass *pass)
{
    /* [book:self_attention] */
    heed_tensor *qkv = heed_linear_apply(tape, params, &block->qkv, x);
    heed_heads heads = {.heads = options->heads, .lengths = pass->lengths, .causal = options->causal,
                        .window = options->window, .dropout = options->attention_dropout};
    /* [/book] */
    if (!heed_tensor_ok(qkv))
        return qkv;
    keep(tape, block, "self_attention.qkv", qkv);
    heads.muted = heed_muted_heads(tape, block->name, "self_attention");
    if (cache_kv)
        store(options, qkv, cache_kv, pass->cache);
    /* [book:self_attention] */
    const heed_heads_result result = cache_kv && pass->cache->used > 0
                                         ? attend_to_cache(tape, options, qkv, cache_kv, pass->cache, &heads)
                                         : heed_multi_head_attention(tape, qkv, NULL, &heads);
    heed_tensor *y = heed_linear_apply(tape, params, &block->self_output, result.context);
    /* [/book] */
    keep(tape, block, "self_attention.scores", result.scores);
    keep(tape, block, "self_attention.weights", result.weights);
    keep(tape, block, "self_attention.context", result.context);
    keep(tape, block, "self_attention.output", y);
    return y;
}

static heed_tensor *attend_to_memory(heed_tape *tape, const heed_params *params, const heed_stack_options *options,
                                     const heed_transformer_block *block, heed_tensor *x, heed_tensor *kv,
                                     heed_stack_pass *pass)
{
    heed_tensor *query = heed_linear_apply(tape, params, &block->query, x);
    const heed_heads heads = {.heads = options->heads, .lengths = pass->memory_lengths,
                              .dropout = options->attention_dropout,
                              .muted = heed_muted_heads(tape, block->name, "cross_attention")};
    const heed_heads_result result = heed_multi_head_attention(tape, query, kv, &heads);
    heed_tensor *y = heed_linear_apply(tape, params, &block->cross_output, result.context);
    keep(tape, block, "cross_attention.query", query);
    keep(tape, block, "cross_attention.key_value", kv);
    keep(tape, block, "cross_attention.scores", result.scores);
    keep(tape, block, "cross_attention.weights", result.weights);
    keep(tape, block, "cross_attention.context", result.context);
    keep(tape, block, "cross_attention.output", y);
    pass->cross_weights = result.weights;
    return y;
}

static heed_tensor *feed_forward(heed_tape *tape, const heed_params *params, const heed_stack_options *options,
                                 const heed_transformer_block *block, heed_tensor *x)
{
    /* [book:feed_forward] */
    const heed_feed_forward_result result = heed_feed_forward(
        tape, x, heed_params_tensor(tape, params, block->up.weight), heed_params_tensor(tape, params, block->up.bias),
        heed_params_tensor(tape, params, block->down.weight), heed_params_tensor(tape, params, block->down.bias),
        options->activation);
    /* [/book] */
    keep(tape, block, "ffn.hidden", result.hidden);
    keep(tape, block, "ffn.output", result.y);
    return result.y;
}

heed_tensor *heed_block_apply(heed_tape *tape, const heed_params *params, const heed_stack_options *options,
                              const heed_transformer_block *block, heed_tensor *x, heed_tensor *kv,
                              heed_real *cache_kv, heed_stack_pass *pass)
{
    heed_tensor *y = enter(tape, params, options, block, &block->self_norm, x, pass);
    y = attend_to_self(tape, params, options, block, y, cache_kv, pass);
    x = leave(tape, params, options, block, &block->self_norm, x, y, pass);
    keep(tape, block, "self_attention.h", x);
    if (options->cross) {
        y = enter(tape, params, options, block, &block->cross_norm, x, pass);
        y = attend_to_memory(tape, params, options, block, y, kv, pass);
        x = leave(tape, params, options, block, &block->cross_norm, x, y, pass);
        keep(tape, block, "cross_attention.h", x);
    }
    y = enter(tape, params, options, block, &block->ffn_norm, x, pass);
    y = feed_forward(tape, params, options, block, y);
    x = leave(tape, params, options, block, &block->ffn_norm, x, y, pass);
    keep(tape, block, "h", x);
    watch(tape, block, x);
    return x;
}
