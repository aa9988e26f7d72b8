/* What the kernel benchmark runs: one line per kernel and shape. */
#ifndef HEED_BENCH_CASES_H
#define HEED_BENCH_CASES_H

#include <stddef.h>

#include "kernels/kernels.h"

/* The operands of all cases, large enough for each; one after the other in memory. */
typedef struct heed_bench_space {
    heed_real *a, *b, *c, *d, *packed, *zero, *scratch; /* a to packed: between -1 and 1; zero: gradients that add 0 */
} heed_bench_space;

typedef struct heed_bench_case heed_bench_case;
struct heed_bench_case {
    const char *kernel, *unit;
    const char *against; /* the kernel that it is compared with: its nearest case above. NULL: none */
    int m, n, k;         /* of a matrix product; n alone otherwise */
    /* One call; returns the work it did: floating-point operations, values or bytes. */
    double (*run)(const heed_kernels *kernels, const heed_bench_case *bench, const heed_bench_space *space);
};

/* The cases; the first is the peak. */
const heed_bench_case *heed_bench_cases(int *count);
/* Reals that the case needs in each of a, b, c, d and packed; a multiple of 16, at most HEED_BENCH_SPACE. */
size_t heed_bench_reals(const heed_bench_case *bench);
/* What all cases need, and the reals of zero. */
enum { HEED_BENCH_SPACE = 480 * 8000, HEED_BENCH_ZERO = 8192 };

#endif
