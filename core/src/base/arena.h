/* A stack of memory: allocate by moving a pointer, give everything back at once. After a first pass through the same
 * work (warm-up) an arena holds one block that is large enough, and allocates from the system no more. */
#ifndef HEED_BASE_ARENA_H
#define HEED_BASE_ARENA_H

#include <stddef.h>

typedef struct heed_arena_block heed_arena_block;

typedef struct heed_arena { /* zero-initialise: heed_arena arena = {0}; */
    heed_arena_block *first;
    heed_arena_block *current;
} heed_arena;

typedef struct heed_arena_mark {
    heed_arena_block *block;
    size_t used;
} heed_arena_mark;

/* `bytes` aligned to HEED_ALIGNMENT, not cleared; NULL when memory is out. Zero bytes give a valid pointer. */
void *heed_arena_alloc(heed_arena *arena, size_t bytes);
void *heed_arena_alloc_zero(heed_arena *arena, size_t bytes);
/* A copy of n bytes plus a terminating NUL. */
char *heed_arena_string(heed_arena *arena, const char *text, size_t n);

heed_arena_mark heed_arena_save(const heed_arena *arena);
/* Everything allocated since the mark is gone; blocks are kept for reuse. */
void heed_arena_restore(heed_arena *arena, heed_arena_mark mark);
/* Everything is gone; several blocks become one, with room for what was in use at once. */
void heed_arena_reset(heed_arena *arena);
void heed_arena_free(heed_arena *arena);
size_t heed_arena_bytes(const heed_arena *arena); /* held from the system */

#endif
