/* The tables that table.c defines, one per instruction set that was built. */
#ifndef HEED_KERNELS_TABLES_H
#define HEED_KERNELS_TABLES_H

#include "kernels/kernels.h"

extern const heed_kernels heed_kernels_avx512vnni, heed_kernels_avx512, heed_kernels_avx2, heed_kernels_neon,
    heed_kernels_relaxed, heed_kernels_simd128, heed_kernels_scalar;

#endif
