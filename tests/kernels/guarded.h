/* Arrays with sentinels on both sides, at an address that is not a multiple of a vector. */
#ifndef HEED_TEST_GUARDED_H
#define HEED_TEST_GUARDED_H

#include <stdint.h>
#include <stdlib.h>

#include "compare.h"
#include "heed/isa.h"
#include "kernels/kernels.h"

enum { GUARD = 80 }; /* reals on each side: more than a register tile is wide */
#define SENTINEL ((heed_real)-12345.5)

typedef struct guarded {
    heed_real *block, *data;
    size_t n;
} guarded;

static uint32_t random_state = 1;

static inline uint32_t random_bits(void) { /* Numerical Recipes' linear congruence; its high bits will do here */
    random_state = random_state * 1664525u + 1013904223u;
    return random_state >> 8;
}

static inline heed_real random_real(void) { return (heed_real)random_bits() / (heed_real)(1 << 23) - 1; } /* [-1, 1) */

/* `offset` reals off the alignment of malloc; filled with the sentinel. */
static inline guarded guarded_new(size_t n, size_t offset) {
    guarded array = {malloc((n + offset + 2 * GUARD) * sizeof(heed_real)), NULL, n};
    if (array.block == NULL)
        exit(2);
    for (size_t i = 0; i < n + offset + 2 * GUARD; i++)
        array.block[i] = SENTINEL;
    array.data = array.block + GUARD + offset;
    return array;
}

static inline guarded guarded_random(size_t n, size_t offset) {
    guarded array = guarded_new(n, offset);
    for (size_t i = 0; i < n; i++)
        array.data[i] = random_real();
    return array;
}

/* Small integers, of which float sums are exact. */
static inline guarded guarded_integers(size_t n, size_t offset) {
    guarded array = guarded_new(n, offset);
    for (size_t i = 0; i < n; i++)
        array.data[i] = (heed_real)((int)(random_bits() % 17) - 8);
    return array;
}

static inline guarded guarded_copy(const guarded *from, size_t offset) {
    guarded array = guarded_new(from->n, offset);
    if (from->n > 0)
        memcpy(array.data, from->data, from->n * sizeof(heed_real));
    return array;
}

static inline bool guarded_whole(const guarded *array) {
    for (int i = 1; i <= GUARD; i++)
        if (array->data[-i] != SENTINEL || (array->data[array->n + (size_t)i - 1] != SENTINEL && i < GUARD))
            return false;
    return true;
}

/* Checks the sentinels and frees. */
static inline void guarded_end(guarded *array, const char *name) {
    char text[200];
    snprintf(text, sizeof text, "%s: the memory around it is untouched", name);
    heed_test_report(guarded_whole(array), "guarded", 0, text);
    free(array->block);
}

/* Calls `test` with the kernels of every set that this machine can run. */
static inline void each_set(void (*test)(const heed_kernels *kernels)) {
    int count = 0;
    for (const char *const *name = heed_isa_list(); *name != NULL; name++) {
        const heed_kernels *kernels = heed_kernels_named(*name);
        if (kernels == NULL) {
            printf("%s: not available on this machine, left out\n", *name);
            continue;
        }
        CHECK_STRING(kernels->isa, *name);
        random_state = 1;
        test(kernels);
        count++;
    }
    CHECK(count >= 1);
}

#endif
