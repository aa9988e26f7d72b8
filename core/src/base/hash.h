/* FNV-1a, 64 bits (Fowler, Noll, Vo): for tables, and to see that bytes have changed; a change of one byte always
 * changes the sum. Not for protection against somebody who wants two texts with one sum. */
#ifndef HEED_BASE_HASH_H
#define HEED_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HEED_HASH_START UINT64_C(14695981039346656037)

/* Goes on from `sum`, which is HEED_HASH_START for the first bytes. */
static inline uint64_t heed_hash(uint64_t sum, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ bytes[i]) * UINT64_C(1099511628211);
    return sum;
}

#endif
