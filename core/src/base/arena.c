#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"

/* Under AddressSanitizer memory that was given back is poisoned, so that a pointer kept across a reset is caught. */
#if defined(__SANITIZE_ADDRESS__)
#define HEED_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HEED_ASAN 1
#endif
#endif
#ifdef HEED_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(at, n) __asan_poison_memory_region(at, n)
#define UNPOISON(at, n) __asan_unpoison_memory_region(at, n)
#else
#define POISON(at, n) ((void)(at), (void)(n))
#define UNPOISON(at, n) ((void)(at), (void)(n))
#endif

enum { FIRST_BLOCK = 1 << 12 };

/* The content begins one cache line after the start of the block, so it keeps the alignment of heed_alloc. */
struct heed_arena_block {
    heed_arena_block *next;
    size_t size; /* bytes of content */
    size_t used, most; /* now, and at any restore since the block was made */
};

static char *content(heed_arena_block *block)
{
    return (char *)block + HEED_ALIGNMENT;
}

static heed_arena_block *block_new(size_t size)
{
    size_t bytes;
    if (!heed_add_size(size, HEED_ALIGNMENT, &bytes))
        return NULL;
    heed_arena_block *block = heed_alloc(bytes, 1);
    if (block == NULL)
        return NULL;
    block->size = size;
    block->most = 0;
    POISON(content(block), size);
    return block;
}

static void block_free(heed_arena_block *block)
{
    UNPOISON(content(block), block->size);
    heed_free(block);
}

/* Makes `current` a block with room for `bytes`. Blocks after `current` are empty ones kept for reuse. */
static int make_room(heed_arena *arena, size_t bytes)
{
    heed_arena_block *last = arena->current;
    for (heed_arena_block *block = last == NULL ? arena->first : last->next; block != NULL; block = block->next) {
        last = block;
        if (block->size >= bytes) {
            arena->current = block;
            return 1;
        }
    }
    size_t held = heed_arena_bytes(arena);
    size_t size = held < FIRST_BLOCK ? FIRST_BLOCK : held; /* doubling: few blocks whatever the total */
    if (size < bytes)
        size = bytes;
    heed_arena_block *block = block_new(size);
    if (block == NULL && size > bytes)
        block = block_new(bytes);
    if (block == NULL)
        return 0;
    if (last == NULL)
        arena->first = block;
    else
        last->next = block;
    arena->current = block;
    return 1;
}

void *heed_arena_alloc(heed_arena *arena, size_t bytes)
{
    size_t rounded = bytes == 0 ? 1 : bytes;
    if (rounded > SIZE_MAX - (HEED_ALIGNMENT - 1))
        return NULL;
    /* [book:alloc] */
    rounded = (rounded + HEED_ALIGNMENT - 1) & ~(size_t)(HEED_ALIGNMENT - 1);
    heed_arena_block *block = arena->current;
    if (block == NULL || block->size - block->used < rounded) {
        if (!make_room(arena, rounded))
            return NULL;
        block = arena->current;
    }
    char *at = content(block) + block->used;
    block->used += rounded;
    /* [/book] */
    UNPOISON(at, bytes);
    return at;
}

void *heed_arena_alloc_zero(heed_arena *arena, size_t bytes)
{
    void *at = heed_arena_alloc(arena, bytes);
    if (at != NULL && bytes > 0)
        memset(at, 0, bytes);
    return at;
}

char *heed_arena_string(heed_arena *arena, const char *text, size_t n)
{
    if (n == SIZE_MAX)
        return NULL;
    char *copy = heed_arena_alloc(arena, n + 1);
    if (copy == NULL)
        return NULL;
    if (n > 0)
        memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

heed_arena_mark heed_arena_save(const heed_arena *arena)
{
    heed_arena_mark mark = {arena->current, arena->current == NULL ? 0 : arena->current->used};
    return mark;
}

void heed_arena_restore(heed_arena *arena, heed_arena_mark mark)
{
    heed_arena_block *block = mark.block == NULL ? arena->first : mark.block;
    size_t used = mark.block == NULL ? 0 : mark.used;
    arena->current = block;
    for (; block != NULL; block = block->next, used = 0) {
        if (block->used > block->most)
            block->most = block->used;
        block->used = used;
        POISON(content(block) + used, block->size - used);
    }
}

void heed_arena_reset(heed_arena *arena)
{
    heed_arena_mark start = {NULL, 0};
    heed_arena_restore(arena, start);
    if (arena->first != NULL && arena->first->next != NULL) {
        size_t most = 0; /* what was needed at once is less than the blocks, of which each is as large as all before */
        for (const heed_arena_block *block = arena->first; block != NULL; block = block->next)
            most += block->most;
        heed_arena_free(arena); /* first, so that the one block can lie where the several were */
        arena->current = arena->first = block_new(most); /* NULL: what is asked for makes its own blocks */
    }
}

void heed_arena_free(heed_arena *arena)
{
    heed_arena_block *block = arena->first;
    while (block != NULL) {
        heed_arena_block *next = block->next;
        block_free(block);
        block = next;
    }
    arena->first = NULL;
    arena->current = NULL;
}

size_t heed_arena_bytes(const heed_arena *arena)
{
    size_t total = 0;
    for (const heed_arena_block *block = arena->first; block != NULL; block = block->next)
        total += block->size + HEED_ALIGNMENT;
    return total;
}
