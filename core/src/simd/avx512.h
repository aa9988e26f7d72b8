/* x86 AVX-512 (F, DQ, BW, VL): 16 floats, 32 registers. With VNNI the dot product of int8 is one instruction. */
#ifndef HEED_SIMD_AVX512_H
#define HEED_SIMD_AVX512_H

#include <immintrin.h>

#ifdef HEED_SET_AVX512VNNI
#define V_SET "avx512vnni"
#else
#define V_SET "avx512"
#endif
enum { V_LANES = 16, V_TILE_ROWS = 8, V_TILE_VECTORS = 2, V_DIRECT_ROWS = 8, V_BESIDE = 1, V_CHAINS = 24, V_FUSED = 1 };
typedef __m512 heed_vec;
typedef __mmask16 heed_mask;

V_INLINE __mmask16 v_first(size_t n) { return (__mmask16)((1u << n) - 1u); }
V_INLINE heed_vec v_load(const float *p) { return _mm512_loadu_ps(p); }
V_INLINE void v_store(float *p, heed_vec a) { _mm512_storeu_ps(p, a); }
V_INLINE heed_vec v_load_part(const float *p, size_t n) { return _mm512_maskz_loadu_ps(v_first(n), p); }
V_INLINE void v_store_part(float *p, size_t n, heed_vec a) { _mm512_mask_storeu_ps(p, v_first(n), a); }
V_INLINE heed_vec v_set1(float x) { return _mm512_set1_ps(x); }
V_INLINE heed_vec v_add(heed_vec a, heed_vec b) { return _mm512_add_ps(a, b); }
V_INLINE heed_vec v_sub(heed_vec a, heed_vec b) { return _mm512_sub_ps(a, b); }
V_INLINE heed_vec v_mul(heed_vec a, heed_vec b) { return _mm512_mul_ps(a, b); }
V_INLINE heed_vec v_div(heed_vec a, heed_vec b) { return _mm512_div_ps(a, b); }
V_INLINE heed_vec v_fma(heed_vec a, heed_vec b, heed_vec c) { return _mm512_fmadd_ps(a, b, c); }
V_INLINE heed_vec v_nma(heed_vec a, heed_vec b, heed_vec c) { return _mm512_fnmadd_ps(a, b, c); }
V_INLINE heed_vec v_min(heed_vec a, heed_vec b) { return _mm512_min_ps(a, b); }
V_INLINE heed_vec v_max(heed_vec a, heed_vec b) { return _mm512_max_ps(a, b); }
V_INLINE heed_vec v_abs(heed_vec a) { return _mm512_abs_ps(a); }
V_INLINE heed_vec v_sqrt(heed_vec a) { return _mm512_sqrt_ps(a); }
V_INLINE heed_vec v_power(heed_vec a) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(a), 23));
}
V_INLINE heed_mask v_less(heed_vec a, heed_vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
V_INLINE heed_vec v_select(heed_mask m, heed_vec a, heed_vec b) { return _mm512_mask_blend_ps(m, b, a); }
V_INLINE float v_sum(heed_vec a) {
    __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}
V_INLINE float v_max_across(heed_vec a) {
    __m256 eight = _mm256_max_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps(two, two, 1)));
}
V_INLINE void v_transpose(heed_vec r[V_LANES]) {
    heed_vec t[16];
    for (int i = 0; i < 16; i += 4) { /* 4 x 4 blocks within the 128-bit quarters */
        heed_vec a = _mm512_unpacklo_ps(r[i], r[i + 1]), b = _mm512_unpackhi_ps(r[i], r[i + 1]);
        heed_vec c = _mm512_unpacklo_ps(r[i + 2], r[i + 3]), d = _mm512_unpackhi_ps(r[i + 2], r[i + 3]);
        t[i] = _mm512_shuffle_ps(a, c, 0x44);
        t[i + 1] = _mm512_shuffle_ps(a, c, 0xee);
        t[i + 2] = _mm512_shuffle_ps(b, d, 0x44);
        t[i + 3] = _mm512_shuffle_ps(b, d, 0xee);
    }
    for (int i = 0; i < 4; i++) { /* then the 4 x 4 matrix of quarters */
        heed_vec a = _mm512_shuffle_f32x4(t[i], t[i + 4], 0x88), b = _mm512_shuffle_f32x4(t[i], t[i + 4], 0xdd);
        heed_vec c = _mm512_shuffle_f32x4(t[i + 8], t[i + 12], 0x88);
        heed_vec d = _mm512_shuffle_f32x4(t[i + 8], t[i + 12], 0xdd);
        r[i] = _mm512_shuffle_f32x4(a, c, 0x88);
        r[i + 8] = _mm512_shuffle_f32x4(a, c, 0xdd);
        r[i + 4] = _mm512_shuffle_f32x4(b, d, 0x88);
        r[i + 12] = _mm512_shuffle_f32x4(b, d, 0xdd);
    }
}

enum { V_GROUP = 4, V_INT8_ROWS = 4, V_INT8_VECTORS = 4 };
typedef uint8_t heed_level;
typedef __m512i heed_ints, heed_group, heed_weights;
V_INLINE heed_ints v_ints_zero(void) { return _mm512_setzero_si512(); }
V_INLINE heed_group v_group(const heed_level *q) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    return _mm512_set1_epi32(four);
}
V_INLINE heed_weights v_weights(const int8_t *w) { return _mm512_loadu_si512(w); }
V_INLINE int v_dot_way(void) { return 0; }
V_INLINE heed_ints v_dot(const int way, heed_ints sums, heed_weights w, heed_group x) {
    (void)way;
#ifdef HEED_SET_AVX512VNNI
    return _mm512_dpbusd_epi32(sums, x, w);
#else
    return _mm512_add_epi32(sums, _mm512_madd_epi16(_mm512_maddubs_epi16(x, w), _mm512_set1_epi16(1)));
#endif
}
V_INLINE heed_vec v_from_ints(heed_ints sums) { return _mm512_cvtepi32_ps(sums); }
V_INLINE void v_store_levels(heed_level *q, heed_vec a) {
    _mm_storeu_si128((__m128i *)q, _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(a)));
}

#endif
