#define _DEFAULT_SOURCE /* madvise */
#define _POSIX_C_SOURCE 200809L
#include "base/memory.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

static atomic_uint_fast64_t allocations;
static atomic_uint_fast64_t fail_countdown; /* 0: off */
static atomic_bool fail_on;                 /* after the first failure too */

int heed_mul_size(size_t a, size_t b, size_t *out)
{
    if (b != 0 && a > SIZE_MAX / b)
        return 0;
    *out = a * b;
    return 1;
}

int heed_add_size(size_t a, size_t b, size_t *out)
{
    if (a > SIZE_MAX - b)
        return 0;
    *out = a + b;
    return 1;
}

static int told_to_fail(void)
{
    if (atomic_load_explicit(&fail_countdown, memory_order_relaxed) == 0)
        return 0;
    if (atomic_load(&fail_on) && atomic_load(&fail_countdown) == 1)
        return 1;
    return atomic_fetch_sub(&fail_countdown, 1) == 1;
}

static void *allocate(size_t alignment, size_t bytes)
{
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    if (told_to_fail() || bytes > SIZE_MAX - alignment || bytes > PTRDIFF_MAX)
        return NULL;
    void *block = NULL;
    if (posix_memalign(&block, alignment, bytes == 0 ? 1 : bytes) != 0)
        return NULL;
    return block;
}

void *heed_alloc_large(size_t bytes)
{
#ifdef MADV_HUGEPAGE
    enum { PAGE = 2 << 20 };
    if (bytes >= PAGE) {
        void *block = allocate(PAGE, bytes);
        if (block != NULL)
            madvise(block, bytes, MADV_HUGEPAGE); /* a wish: where it is not granted nothing else changes */
        return block;
    }
#endif
    return allocate(HEED_ALIGNMENT, bytes);
}

void *heed_alloc(size_t count, size_t size)
{
    size_t bytes;
    if (!heed_mul_size(count, size, &bytes))
        return NULL;
    void *block = heed_alloc_large(bytes);
    if (block != NULL && bytes > 0)
        memset(block, 0, bytes);
    return block;
}

void *heed_realloc(void *block, size_t old_bytes, size_t count, size_t size)
{
    /* Not realloc(): it promises no more than the alignment of max_align_t. */
    size_t bytes;
    if (!heed_mul_size(count, size, &bytes))
        return NULL;
    void *moved = allocate(HEED_ALIGNMENT, bytes);
    if (moved == NULL)
        return NULL;
    size_t kept = old_bytes < bytes ? old_bytes : bytes;
    if (block != NULL && kept > 0)
        memcpy(moved, block, kept);
    heed_free(block);
    return moved;
}

void heed_free(void *block)
{
    free(block);
}

uint64_t heed_alloc_count(void)
{
    return atomic_load(&allocations);
}

void heed_alloc_fail_at(uint64_t n)
{
    atomic_store(&fail_on, false);
    atomic_store(&fail_countdown, n);
}

void heed_alloc_fail_from(uint64_t n)
{
    atomic_store(&fail_on, true);
    atomic_store(&fail_countdown, n);
}
