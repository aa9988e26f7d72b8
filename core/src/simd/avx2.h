/* x86 AVX2 with FMA: 8 floats, 16 registers. */
#ifndef HEED_SIMD_AVX2_H
#define HEED_SIMD_AVX2_H

#include <immintrin.h>

#define V_SET "avx2"
enum { V_LANES = 8, V_TILE_ROWS = 6, V_TILE_VECTORS = 2, V_DIRECT_ROWS = 6, V_BESIDE = 0, V_CHAINS = 12, V_FUSED = 1 };
typedef __m256 heed_vec;
typedef __m256 heed_mask;

V_INLINE __m256i v_first(size_t n) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), lane);
}
V_INLINE heed_vec v_load(const float *p) { return _mm256_loadu_ps(p); }
V_INLINE void v_store(float *p, heed_vec a) { _mm256_storeu_ps(p, a); }
V_INLINE heed_vec v_load_part(const float *p, size_t n) { return _mm256_maskload_ps(p, v_first(n)); }
V_INLINE void v_store_part(float *p, size_t n, heed_vec a) { _mm256_maskstore_ps(p, v_first(n), a); }
V_INLINE heed_vec v_set1(float x) { return _mm256_set1_ps(x); }
V_INLINE heed_vec v_add(heed_vec a, heed_vec b) { return _mm256_add_ps(a, b); }
V_INLINE heed_vec v_sub(heed_vec a, heed_vec b) { return _mm256_sub_ps(a, b); }
V_INLINE heed_vec v_mul(heed_vec a, heed_vec b) { return _mm256_mul_ps(a, b); }
V_INLINE heed_vec v_div(heed_vec a, heed_vec b) { return _mm256_div_ps(a, b); }
V_INLINE heed_vec v_fma(heed_vec a, heed_vec b, heed_vec c) { return _mm256_fmadd_ps(a, b, c); }
V_INLINE heed_vec v_nma(heed_vec a, heed_vec b, heed_vec c) { return _mm256_fnmadd_ps(a, b, c); }
V_INLINE heed_vec v_min(heed_vec a, heed_vec b) { return _mm256_min_ps(a, b); }
V_INLINE heed_vec v_max(heed_vec a, heed_vec b) { return _mm256_max_ps(a, b); }
V_INLINE heed_vec v_abs(heed_vec a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
V_INLINE heed_vec v_sqrt(heed_vec a) { return _mm256_sqrt_ps(a); }
V_INLINE heed_vec v_power(heed_vec a) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(a), 23));
}
V_INLINE heed_mask v_less(heed_vec a, heed_vec b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
V_INLINE heed_vec v_select(heed_mask m, heed_vec a, heed_vec b) { return _mm256_blendv_ps(b, a, m); }
V_INLINE float v_sum(heed_vec a) {
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}
V_INLINE float v_max_across(heed_vec a) {
    __m128 four = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps(two, two, 1)));
}
V_INLINE void v_transpose(heed_vec r[V_LANES]) {
    heed_vec t[8];
    for (int i = 0; i < 8; i += 4) { /* 4 x 4 blocks within the 128-bit halves */
        heed_vec a = _mm256_unpacklo_ps(r[i], r[i + 1]), b = _mm256_unpackhi_ps(r[i], r[i + 1]);
        heed_vec c = _mm256_unpacklo_ps(r[i + 2], r[i + 3]), d = _mm256_unpackhi_ps(r[i + 2], r[i + 3]);
        t[i] = _mm256_shuffle_ps(a, c, 0x44);
        t[i + 1] = _mm256_shuffle_ps(a, c, 0xee);
        t[i + 2] = _mm256_shuffle_ps(b, d, 0x44);
        t[i + 3] = _mm256_shuffle_ps(b, d, 0xee);
    }
    for (int i = 0; i < 4; i++) {
        r[i] = _mm256_permute2f128_ps(t[i], t[i + 4], 0x20);
        r[i + 4] = _mm256_permute2f128_ps(t[i], t[i + 4], 0x31);
    }
}

enum { V_GROUP = 4, V_INT8_ROWS = 2, V_INT8_VECTORS = 4 };
typedef uint8_t heed_level;
typedef __m256i heed_ints, heed_group, heed_weights;
V_INLINE heed_ints v_ints_zero(void) { return _mm256_setzero_si256(); }
V_INLINE heed_group v_group(const heed_level *q) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    return _mm256_set1_epi32(four);
}
V_INLINE heed_weights v_weights(const int8_t *w) { return _mm256_loadu_si256((const __m256i *)w); }
V_INLINE int v_dot_way(void) { return 0; }
V_INLINE heed_ints v_dot(const int way, heed_ints sums, heed_weights w, heed_group x) {
    (void)way;
    return _mm256_add_epi32(sums, _mm256_madd_epi16(_mm256_maddubs_epi16(x, w), _mm256_set1_epi16(1)));
}
V_INLINE heed_vec v_from_ints(heed_ints sums) { return _mm256_cvtepi32_ps(sums); }
V_INLINE void v_store_levels(heed_level *q, heed_vec a) {
    __m256i wide = _mm256_cvtps_epi32(a);
    __m128i half = _mm_packs_epi32(_mm256_castsi256_si128(wide), _mm256_extracti128_si256(wide, 1));
    _mm_storel_epi64((__m128i *)q, _mm_packus_epi16(half, half));
}

#endif
