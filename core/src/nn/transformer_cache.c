#include <string.h>

#include "nn/transformer_layers.h"

enum { FIRST_STEPS = 32 };

/* Zeros: a row shorter than the longest has places that nobody has written to, whose weights are 0, and 0 times what
 * lay there before need not be 0. */
static heed_real *allocate(heed_tape *tape, const heed_transformer_stack *stack, int rows, int capacity)
{
    const size_t size = 2 * (size_t)stack->options.size * sizeof(heed_real);
    heed_real *kv = heed_tape_alloc(tape, (size_t)rows * capacity, size);
    if (kv)
        memset(kv, 0, (size_t)rows * capacity * size);
    return kv;
}

void heed_stack_cache_start(heed_tape *tape, const heed_transformer_stack *stack, int rows, heed_stack_cache *out)
{
    *out = (heed_stack_cache){.rows = rows};
    out->kv = heed_tape_alloc(tape, (size_t)stack->options.layers, sizeof *out->kv);
    out->lengths = heed_tape_alloc(tape, (size_t)rows, sizeof *out->lengths);
    out->spare_lengths = heed_tape_alloc(tape, (size_t)rows, sizeof *out->spare_lengths);
    if (out->kv && out->lengths && out->spare_lengths)
        memset(out->lengths, 0, (size_t)rows * sizeof *out->lengths);
}

/* The capacity doubles, so that all copying together is less than the cache. The smaller blocks stay in the arena until
 * the tape is reset: together less than the cache once more. */
void heed_stack_cache_reserve(heed_tape *tape, const heed_transformer_stack *stack, heed_stack_cache *cache, int steps)
{
    const size_t step = 2 * (size_t)stack->options.size;
    const int limit = stack->options.max_length;
    if (!cache->kv || steps > limit - cache->used || cache->used + steps <= cache->capacity)
        return; /* beyond max_length heed_stack_apply says so */
    int capacity = cache->capacity ? cache->capacity : FIRST_STEPS;
    while (capacity < cache->used + steps)
        capacity *= 2;
    if (capacity > limit)
        capacity = limit;
    for (int l = 0; l < stack->options.layers; l++) {
        heed_real *kv = allocate(tape, stack, cache->rows, capacity);
        if (!kv)
            return;
        for (int row = 0; cache->used > 0 && row < cache->rows; row++)
            memcpy(kv + row * capacity * step, cache->kv[l] + row * cache->capacity * step,
                   cache->used * step * sizeof *kv);
        cache->kv[l] = kv;
    }
    cache->spare = allocate(tape, stack, cache->rows, capacity);
    cache->capacity = capacity;
}

void heed_stack_cache_reorder(const heed_transformer_stack *stack, heed_stack_cache *cache, const int32_t *parents)
{
    const size_t step = 2 * (size_t)stack->options.size;
    bool same = true;
    for (int row = 0; row < cache->rows; row++)
        same = same && parents[row] == row;
    for (int l = 0; l < stack->options.layers && !same; l++) {
        for (int row = 0; row < cache->rows; row++)
            memcpy(cache->spare + row * cache->capacity * step, cache->kv[l] + parents[row] * cache->capacity * step,
                   cache->used * step * sizeof *cache->spare);
        heed_real *old = cache->kv[l];
        cache->kv[l] = cache->spare;
        cache->spare = old;
    }
    for (int row = 0; row < cache->rows; row++)
        cache->spare_lengths[row] = cache->lengths[parents[row]];
    int32_t *old = cache->lengths;
    cache->lengths = cache->spare_lengths;
    cache->spare_lengths = old;
}

void heed_stack_cache_advance(heed_stack_cache *cache, const int32_t *lengths, int steps)
{
    for (int row = 0; row < cache->rows; row++)
        cache->lengths[row] += lengths ? lengths[row] : steps;
    cache->used += steps;
}
