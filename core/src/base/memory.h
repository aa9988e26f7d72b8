/* Every heap allocation of the engine goes through here, so that tests can count them and make the n-th one fail. */
#ifndef HEED_BASE_MEMORY_H
#define HEED_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

enum { HEED_ALIGNMENT = 64 }; /* bytes; a cache line and the widest vector */

/* `count * size` bytes aligned to HEED_ALIGNMENT, zeroed; NULL when the product overflows or memory is out. What has
 * room for a large page (2 MB) lies in such pages where the system has them. */
void *heed_alloc(size_t count, size_t size);
/* Grows or shrinks a block from heed_alloc, keeping the first min(old, new) bytes; new bytes are not cleared.
 * On failure returns NULL and the old block stays. `old_bytes` is the size it was allocated with. */
void *heed_realloc(void *block, size_t old_bytes, size_t count, size_t size);
/* As heed_alloc, not cleared. */
void *heed_alloc_large(size_t bytes);
void heed_free(void *block); /* NULL is allowed */

/* Allocations since the process began; for tests of "a step allocates nothing". */
uint64_t heed_alloc_count(void);
/* Makes the n-th allocation from now fail (1 = the next), once; 0 switches it off. For tests. */
void heed_alloc_fail_at(uint64_t n);
/* Makes the n-th allocation from now and all after it fail, until it is called with 0. For tests. */
void heed_alloc_fail_from(uint64_t n);

/* a * b and a + b into *out; returns 0 when they overflow size_t. */
int heed_mul_size(size_t a, size_t b, size_t *out);
int heed_add_size(size_t a, size_t b, size_t *out);

#endif
