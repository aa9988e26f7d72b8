#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/power.h"
#include "nn/transformer_layers.h"
#include "ops/project.h"

/* sin(t / 10000^(j/C)) in even columns j, the cosine of the same angle in the odd ones beside them. */
static heed_real *sinusoids(heed_arena *arena, int length, int size)
{
    size_t count;
    if (!heed_mul_size((size_t)length * (size_t)size, sizeof(heed_real), &count))
        return NULL;
    heed_real *table = heed_arena_alloc(arena, count);
    for (int t = 0; table && t < length; t++)
        for (int j = 0; j < size; j++) {
            /* [book:sinusoids] */
            const double angle = t / heed_power(10000, (double)(j - j % 2) / size);
            table[(size_t)t * size + j] = (heed_real)(j % 2 ? cos(angle) : sin(angle));
            /* [/book] */
        }
    return table;
}

heed_status heed_stack_declare(heed_params *params, heed_arena *arena, const char *name,
                               const heed_stack_options *options, int embedding, heed_transformer_stack *out,
                               heed_error *error)
{
    char full[64];
    *out = (heed_transformer_stack){.options = *options, .embedding = embedding, .learned = -1};
    snprintf(out->name, sizeof out->name, "%s", name);
    out->blocks = heed_arena_alloc_zero(arena, (size_t)options->layers * sizeof *out->blocks);
    if (options->positions == HEED_SINUSOIDAL)
        out->sinusoids = sinusoids(arena, options->max_length, options->size);
    if (!out->blocks || (options->positions == HEED_SINUSOIDAL && !out->sinusoids))
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a Transformer");
    snprintf(full, sizeof full, "%s.positions", name);
    if (options->positions == HEED_LEARNED)
        out->learned = heed_embedding_declare(params, full, options->max_length, options->size);
    for (int l = 0; l < options->layers; l++) {
        snprintf(full, sizeof full, "%s.%d", name, l);
        heed_block_declare(params, full, options, &out->blocks[l]);
    }
    snprintf(full, sizeof full, "%s.norm", name);
    if (options->norm == HEED_NORM_PRE)
        out->last_norm = heed_norm_declare(params, full, options->norm_kind, options->size, options->epsilon);
    return HEED_OK;
}

static void keep(heed_tape *tape, const heed_transformer_stack *stack, const char *part, const heed_tensor *x)
{
    char name[96];
    if (!tape->trace)
        return;
    snprintf(name, sizeof name, "%s.%s", stack->name, part);
    heed_trace_keep(tape, name, x);
}

static void watch(heed_tape *tape, const heed_transformer_stack *stack, const heed_tensor *x)
{
    char name[32];
    snprintf(name, sizeof name, "%s.x", stack->name);
    heed_trace_watch(tape, name, x);
}

/* The rows of the table of positions, NULL without one. */
static heed_tensor *positions(heed_tape *tape, const heed_params *params, const heed_transformer_stack *stack)
{
    if (stack->learned >= 0)
        return heed_params_tensor(tape, params, stack->learned);
    return stack->sinusoids ? heed_tensor_view(tape, stack->sinusoids, NULL, 2,
                                               (int[]){stack->options.max_length, stack->options.size})
                            : NULL;
}

/* Keeps the positions of the steps that come after `first`, [steps, C]. */
static void keep_positions(heed_tape *tape, const heed_transformer_stack *stack, const heed_tensor *table, int first,
                           int steps)
{
    const int size = stack->options.size;
    if (!tape->trace || !table || !heed_tensor_ok(table))
        return;
    heed_tensor *rows = heed_tensor_new(tape, false, 2, (int[]){steps, size});
    for (int t = 0; heed_tensor_ok(rows) && t < steps; t++)
        heed_weight_row(tape, table, first + t, rows->data + (size_t)t * size);
    keep(tape, stack, "positions", rows);
}

/* sqrt(C) x + positions, which begin behind what the cache has of each row. */
static heed_tensor *place(heed_tape *tape, const heed_params *params, const heed_transformer_stack *stack,
                          heed_tensor *x, const heed_stack_cache *cache)
{
    const double scale = sqrt((double)stack->options.size);
    heed_tensor *table = positions(tape, params, stack);
    if (heed_tensor_ok(x))
        keep_positions(tape, stack, table, cache ? cache->lengths[0] : 0, x->dims[1]);
    if (!cache || !table)
        return heed_add_positions(tape, x, scale, table, 0);
    heed_tensor *y = heed_add_positions(tape, x, scale, NULL, 0);
    heed_real *position = heed_tape_alloc(tape, (size_t)stack->options.size, sizeof *position);
    if (!heed_tensor_ok(y) || !position)
        return &tape->invalid;
    const int steps = y->dims[1], size = y->dims[2];
    for (int i = 0; i < cache->rows * steps; i++) {
        heed_weight_row(tape, table, cache->lengths[i / steps] + i % steps, position);
        tape->kernels->axpy((size_t)size, 1, position, y->data + (size_t)i * size);
    }
    return y;
}

heed_tensor *heed_stack_apply(heed_tape *tape, const heed_params *params, const heed_transformer_stack *stack,
                              const int32_t *ids, int rows, int length, heed_stack_pass *pass)
{
    const heed_stack_options *options = &stack->options;
    const int past = pass->cache ? pass->cache->used : 0;
    if (past + length > options->max_length)
        return heed_op_fail(tape, HEED_ERROR_LONG_INPUT, "%s: %d steps; the model has max_length %d", stack->name,
                            past + length, options->max_length);
    /* [book:stack] */
    heed_tensor *table = heed_params_tensor(tape, params, stack->embedding);
    heed_tensor *x = heed_embedding(tape, table, ids, rows, length);
    keep(tape, stack, "embedding", x);
    x = place(tape, params, stack, x, pass->cache);
    /* [/book] */
    return heed_stack_run(tape, params, stack, x, pass);
}

heed_tensor *heed_stack_run(heed_tape *tape, const heed_params *params, const heed_transformer_stack *stack,
                            heed_tensor *x, heed_stack_pass *pass)
{
    const heed_stack_options *options = &stack->options;
    keep(tape, stack, "x", x);
    watch(tape, stack, x);
    /* [book:stack] */
    x = heed_dropout(tape, x, options->dropout);
    for (int l = 0; l < options->layers; l++) {
        const heed_transformer_block *block = &stack->blocks[l];
        heed_tensor *kv = NULL;
        if (options->cross)
            kv = pass->memory_kv ? pass->memory_kv[l] : heed_linear_apply(tape, params, &block->key_value, pass->memory);
        x = heed_block_apply(tape, params, options, block, x, kv, pass->cache ? pass->cache->kv[l] : NULL, pass);
    }
    if (options->norm == HEED_NORM_PRE)
        x = heed_norm_apply(tape, params, &stack->last_norm, x, heed_counted(pass));
    /* [/book] */
    keep(tape, stack, "h", x);
    if (pass->cache && heed_tensor_ok(x))
        heed_stack_cache_advance(pass->cache, pass->lengths, x->dims[1]);
    return x;
}

heed_tensor **heed_stack_memory(heed_tape *tape, const heed_params *params, const heed_transformer_stack *stack,
                                heed_tensor *memory)
{
    heed_tensor **kv = heed_tape_alloc(tape, (size_t)stack->options.layers, sizeof *kv);
    for (int l = 0; kv && l < stack->options.layers; l++)
        kv[l] = heed_linear_apply(tape, params, &stack->blocks[l].key_value, memory);
    return kv;
}

static const char *const stack_parts[] = {"embedding", "x", "x.gradient_norm", "h"};
static const char *const position_parts[] = {"positions"};
static const char *const block_parts[] = {"self_attention.qkv", "self_attention.scores", "self_attention.weights",
                                          "self_attention.context", "self_attention.output", "self_attention.h",
                                          "ffn.hidden", "ffn.output", "h", "h.gradient_norm"};
static const char *const norm_parts[] = {"self_attention.norm.x", "self_attention.norm.y", "ffn.norm.x", "ffn.norm.y"};
static const char *const cross_parts[] = {"cross_attention.query", "cross_attention.key_value", "cross_attention.scores",
                                          "cross_attention.weights", "cross_attention.context",
                                          "cross_attention.output", "cross_attention.h"};
static const char *const cross_norm_parts[] = {"cross_attention.norm.x", "cross_attention.norm.y"};
#define COUNT(list) ((int)(sizeof(list) / sizeof *(list)))

/* "<prefix>.<part>", or without a part "<prefix>.<number>", as list[at]. */
static void append(const char *prefix, const char *part, int number, heed_arena *arena, const char **list, int at,
                   bool *failed)
{
    char full[96];
    const int n = part ? snprintf(full, sizeof full, "%s.%s", prefix, part)
                       : snprintf(full, sizeof full, "%s.%d", prefix, number);
    if (list && !*failed)
        *failed = !(list[at] = heed_arena_string(arena, full, (size_t)n));
}

static int append_all(const char *prefix, const char *const *parts, int count, heed_arena *arena, const char **list,
                      int at, bool *failed)
{
    for (int i = 0; i < count; i++, at++)
        append(prefix, parts[i], 0, arena, list, at, failed);
    return at;
}

int heed_stack_traces(const heed_transformer_stack *stack, heed_arena *arena, const char **list, int at, bool *failed)
{
    const bool positions = stack->options.positions != HEED_NO_POSITIONS, norms = stack->options.norm != HEED_NORM_NONE;
    const bool cross = stack->options.cross;
    at = append_all(stack->name, stack_parts, COUNT(stack_parts), arena, list, at, failed);
    at = append_all(stack->name, position_parts, positions ? COUNT(position_parts) : 0, arena, list, at, failed);
    for (int l = 0; l < stack->options.layers; l++) {
        const char *name = stack->blocks[l].name;
        at = append_all(name, block_parts, COUNT(block_parts), arena, list, at, failed);
        at = append_all(name, norm_parts, norms ? COUNT(norm_parts) : 0, arena, list, at, failed);
        at = append_all(name, cross_parts, cross ? COUNT(cross_parts) : 0, arena, list, at, failed);
        at = append_all(name, cross_norm_parts, cross && norms ? COUNT(cross_norm_parts) : 0, arena, list, at, failed);
    }
    return at;
}

int heed_stack_heads(const heed_transformer_stack *stack, heed_arena *arena, const char **list, int at, bool *failed)
{
    static const char *const sublayers[] = {"self_attention", "cross_attention"};
    for (int l = 0; l < stack->options.layers; l++)
        for (int s = 0; s < (stack->options.cross ? 2 : 1); s++) {
            char prefix[64];
            snprintf(prefix, sizeof prefix, "%s.%s", stack->blocks[l].name, sublayers[s]);
            for (int h = 0; h < stack->options.heads; h++, at++)
                append(prefix, NULL, h, arena, list, at, failed);
        }
    return at;
}
