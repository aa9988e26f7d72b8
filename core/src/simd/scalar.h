/* One lane: plain C, the specification of the others, and the only set in double. */
#ifndef HEED_SIMD_SCALAR_H
#define HEED_SIMD_SCALAR_H

#include <math.h>

#define V_SET "scalar"
enum { V_LANES = 1, V_TILE_ROWS = 6, V_TILE_VECTORS = 2, V_DIRECT_ROWS = 6, V_BESIDE = 0, V_CHAINS = 14, V_FUSED = 0 };
typedef heed_real heed_vec;
typedef int heed_mask;

V_INLINE heed_vec v_load(const heed_real *p) { return *p; }
V_INLINE void v_store(heed_real *p, heed_vec a) { *p = a; }
V_INLINE heed_vec v_load_part(const heed_real *p, size_t n) { return n > 0 ? *p : 0; }
V_INLINE void v_store_part(heed_real *p, size_t n, heed_vec a) {
    if (n > 0)
        *p = a;
}
V_INLINE heed_vec v_set1(heed_real x) { return x; }
V_INLINE heed_vec v_add(heed_vec a, heed_vec b) { return a + b; }
V_INLINE heed_vec v_sub(heed_vec a, heed_vec b) { return a - b; }
V_INLINE heed_vec v_mul(heed_vec a, heed_vec b) { return a * b; }
V_INLINE heed_vec v_div(heed_vec a, heed_vec b) { return a / b; }
V_INLINE heed_vec v_fma(heed_vec a, heed_vec b, heed_vec c) { return a * b + c; }
V_INLINE heed_vec v_nma(heed_vec a, heed_vec b, heed_vec c) { return c - a * b; }
V_INLINE heed_vec v_min(heed_vec a, heed_vec b) { return a < b ? a : b; }
V_INLINE heed_vec v_max(heed_vec a, heed_vec b) { return a > b ? a : b; }
V_INLINE heed_mask v_less(heed_vec a, heed_vec b) { return a < b; }
V_INLINE heed_vec v_select(heed_mask m, heed_vec a, heed_vec b) { return m ? a : b; }
V_INLINE heed_vec v_sum(heed_vec a) { return a; }
V_INLINE heed_vec v_max_across(heed_vec a) { return a; }
V_INLINE void v_transpose(heed_vec rows[V_LANES]) { (void)rows; }

enum { V_GROUP = 4, V_INT8_ROWS = 4, V_INT8_VECTORS = 4 };
typedef uint8_t heed_level;
typedef int32_t heed_ints;
typedef const heed_level *heed_group;
typedef const int8_t *heed_weights;
V_INLINE heed_ints v_ints_zero(void) { return 0; }
V_INLINE heed_group v_group(const heed_level *q) { return q; }
V_INLINE heed_weights v_weights(const int8_t *w) { return w; }
V_INLINE int v_dot_way(void) { return 0; }
V_INLINE heed_ints v_dot(const int way, heed_ints sums, heed_weights w, heed_group x) {
    (void)way;
    return sums + w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + w[3] * x[3];
}
V_INLINE heed_vec v_from_ints(heed_ints sums) { return (heed_vec)sums; }

#ifdef HEED_DOUBLE
V_INLINE heed_vec v_abs(heed_vec a) { return fabs(a); }
V_INLINE heed_vec v_sqrt(heed_vec a) { return sqrt(a); }
V_INLINE heed_vec v_round(heed_vec a) { return rint(a); }
#else
V_INLINE heed_vec v_abs(heed_vec a) { return fabsf(a); }
V_INLINE heed_vec v_sqrt(heed_vec a) { return sqrtf(a); }
/* Adding 1.5 * 2^23 leaves the integer in the low bits of the sum; subtracting it gives the rounded number back. */
V_INLINE heed_vec v_round(heed_vec a) { return (a + 12582912.0f) - 12582912.0f; }
V_INLINE heed_vec v_power(heed_vec a) {
    uint32_t bits;
    memcpy(&bits, &a, sizeof bits);
    bits <<= 23;
    memcpy(&a, &bits, sizeof a);
    return a;
}
#endif

V_INLINE void v_store_levels(heed_level *q, heed_vec a) { *q = (heed_level)v_round(a); }

#endif
