/* The vectors of one instruction set. Each header defines the same things, so that a kernel is written once:
 *
 *   heed_vec, heed_mask     a vector of V_LANES reals; what a comparison gives
 *   V_SET                   the set's name
 *   V_TILE_ROWS, _VECTORS   the register tile of gemm: rows x vectors of accumulators
 *   V_DIRECT_ROWS           the rows of a tile that reads A where it lies: each row takes an address register
 *   V_BESIDE                whether the registers hold a row's product and as much of another (gemm_beside.h)
 *   V_CHAINS                independent multiply-adds that keep the units busy from registers alone
 *   V_FUSED                 whether v_fma is one instruction
 *
 *   v_load(p) v_store(p, a)            V_LANES reals, no alignment needed
 *   v_load_part(p, n) v_store_part(p, n, a)   only the first n < V_LANES, the other lanes read as zero
 *   v_set1(x)                          x in all lanes
 *   v_add v_sub v_mul v_div(a, b)      lane by lane
 *   v_fma(a, b, c) v_nma(a, b, c)      a*b + c and c - a*b; fused where the set has it
 *   v_min(a, b) v_max(a, b)            b when a is NaN; when b is NaN: b (a NaN that matters goes second)
 *   v_abs(a) v_sqrt(a)
 *   v_power(a)                         2^(k - 127), 0 < k < 255, where k is the low bits of a float; zero for k = 0
 *   v_less(a, b) v_select(m, a, b)     a < b (false for NaN); a where m holds, else b
 *   v_sum(a) v_max_across(a)           sum in halves: lane i + lane i + V_LANES/2, until one is left
 *   v_transpose(rows)                  the V_LANES x V_LANES matrix of V_LANES vectors, in place
 *
 * Products with int8 weights. A level is a quantised activation, 0..127:
 *   V_GROUP, heed_level                how many levels one dot product takes, and their type
 *   V_INT8_ROWS, _VECTORS              the register tile
 *   heed_ints v_ints_zero()            V_LANES sums of 32 bits
 *   heed_group v_group(q)              V_GROUP levels, for every lane the same
 *   heed_weights v_weights(w)          V_LANES x V_GROUP int8 weights, those of a lane side by side
 *   v_dot(way, sums, weights, group)   sums + the dot product of each lane's weights with the group; exact. `way`, a
 *                                      constant 0 or 1, chooses among equal instructions
 *   v_dot_way()                        the way that is faster on this machine
 *   v_from_ints(sums)                  as reals, rounded to nearest
 *   v_store_levels(q, a)               V_LANES reals in [0, 127.5) rounded to nearest, ties to even; of other reals any
 *                                      levels
 *
 * The names are short because kernels read as formulas; all are static, no symbol leaves an object. */
#ifndef HEED_SIMD_H
#define HEED_SIMD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "heed/real.h"

#define V_INLINE static inline __attribute__((always_inline, unused))
/* Loops over a register tile must vanish, or the tile lives in memory. */
#if defined(__clang__)
#define V_UNROLL _Pragma("clang loop unroll(full)")
#define V_NO_UNROLL _Pragma("clang loop unroll(disable)")
#else
#define V_UNROLL _Pragma("GCC unroll 32")
#define V_NO_UNROLL _Pragma("GCC unroll 1")
#endif

/* Asks for a line of memory ahead of its use; any address will do. */
#define V_PREFETCH(address) __builtin_prefetch(address)

#if defined(HEED_DOUBLE) && !defined(HEED_SET_SCALAR)
#error "double is for the scalar set only"
#endif

#if defined(HEED_SET_AVX512) || defined(HEED_SET_AVX512VNNI)
#include "simd/avx512.h"
#elif defined(HEED_SET_AVX2)
#include "simd/avx2.h"
#elif defined(HEED_SET_NEON)
#include "simd/neon.h"
#elif defined(HEED_SET_SIMD128) || defined(HEED_SET_RELAXED)
#include "simd/simd128.h"
#elif defined(HEED_SET_SCALAR)
#include "simd/scalar.h"
#else
#error "define one HEED_SET_..."
#endif

#endif
