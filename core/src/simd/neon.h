/* ARM NEON of AArch64: 4 floats, 32 registers. */
#ifndef HEED_SIMD_NEON_H
#define HEED_SIMD_NEON_H

#include <arm_neon.h>

#define V_SET "neon"
enum { V_LANES = 4, V_TILE_ROWS = 8, V_TILE_VECTORS = 3, V_DIRECT_ROWS = 8, V_BESIDE = 0, V_CHAINS = 24, V_FUSED = 1 };
typedef float32x4_t heed_vec;
typedef uint32x4_t heed_mask;

V_INLINE heed_vec v_load(const float *p) { return vld1q_f32(p); }
V_INLINE void v_store(float *p, heed_vec a) { vst1q_f32(p, a); }
V_INLINE heed_vec v_load_part(const float *p, size_t n) {
    float lanes[4] = {0, 0, 0, 0};
    memcpy(lanes, p, n * sizeof(float));
    return vld1q_f32(lanes);
}
V_INLINE void v_store_part(float *p, size_t n, heed_vec a) {
    float lanes[4];
    vst1q_f32(lanes, a);
    memcpy(p, lanes, n * sizeof(float));
}
V_INLINE heed_vec v_set1(float x) { return vdupq_n_f32(x); }
V_INLINE heed_vec v_add(heed_vec a, heed_vec b) { return vaddq_f32(a, b); }
V_INLINE heed_vec v_sub(heed_vec a, heed_vec b) { return vsubq_f32(a, b); }
V_INLINE heed_vec v_mul(heed_vec a, heed_vec b) { return vmulq_f32(a, b); }
V_INLINE heed_vec v_div(heed_vec a, heed_vec b) { return vdivq_f32(a, b); }
V_INLINE heed_vec v_fma(heed_vec a, heed_vec b, heed_vec c) { return vfmaq_f32(c, a, b); }
V_INLINE heed_vec v_nma(heed_vec a, heed_vec b, heed_vec c) { return vfmsq_f32(c, a, b); }
V_INLINE heed_vec v_min(heed_vec a, heed_vec b) { return vbslq_f32(vcltq_f32(a, b), a, b); }
V_INLINE heed_vec v_max(heed_vec a, heed_vec b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
V_INLINE heed_vec v_abs(heed_vec a) { return vabsq_f32(a); }
V_INLINE heed_vec v_sqrt(heed_vec a) { return vsqrtq_f32(a); }
V_INLINE heed_vec v_power(heed_vec a) {
    return vreinterpretq_f32_u32(vshlq_n_u32(vreinterpretq_u32_f32(a), 23));
}
V_INLINE heed_mask v_less(heed_vec a, heed_vec b) { return vcltq_f32(a, b); }
V_INLINE heed_vec v_select(heed_mask m, heed_vec a, heed_vec b) { return vbslq_f32(m, a, b); }
V_INLINE float v_sum(heed_vec a) {
    float32x2_t two = vadd_f32(vget_low_f32(a), vget_high_f32(a));
    return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}
V_INLINE float v_max_across(heed_vec a) {
    float32x2_t low = vget_low_f32(a), high = vget_high_f32(a);
    float32x2_t two = vbsl_f32(vcgt_f32(low, high), low, high);
    float first = vget_lane_f32(two, 0), second = vget_lane_f32(two, 1);
    return first > second ? first : second;
}
V_INLINE void v_transpose(heed_vec r[V_LANES]) {
    float32x4x2_t a = vtrnq_f32(r[0], r[1]), b = vtrnq_f32(r[2], r[3]);
    r[0] = vcombine_f32(vget_low_f32(a.val[0]), vget_low_f32(b.val[0]));
    r[1] = vcombine_f32(vget_low_f32(a.val[1]), vget_low_f32(b.val[1]));
    r[2] = vcombine_f32(vget_high_f32(a.val[0]), vget_high_f32(b.val[0]));
    r[3] = vcombine_f32(vget_high_f32(a.val[1]), vget_high_f32(b.val[1]));
}

enum { V_GROUP = 4, V_INT8_ROWS = 4, V_INT8_VECTORS = 4 };
typedef uint8_t heed_level;
typedef int32x4_t heed_ints;
typedef int8x16_t heed_group, heed_weights;
V_INLINE heed_ints v_ints_zero(void) { return vdupq_n_s32(0); }
V_INLINE heed_group v_group(const heed_level *q) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    return vreinterpretq_s8_s32(vdupq_n_s32(four));
}
V_INLINE heed_weights v_weights(const int8_t *w) { return vld1q_s8(w); }
V_INLINE int v_dot_way(void) { return 0; }
V_INLINE heed_ints v_dot(const int way, heed_ints sums, heed_weights w, heed_group x) {
    (void)way;
#ifdef __ARM_FEATURE_DOTPROD
    return vdotq_s32(sums, w, x);
#else
    int32x4_t low = vpaddlq_s16(vmull_s8(vget_low_s8(w), vget_low_s8(x)));
    int32x4_t high = vpaddlq_s16(vmull_s8(vget_high_s8(w), vget_high_s8(x)));
    return vaddq_s32(sums, vpaddq_s32(low, high));
#endif
}
V_INLINE heed_vec v_from_ints(heed_ints sums) { return vcvtq_f32_s32(sums); }
V_INLINE void v_store_levels(heed_level *q, heed_vec a) {
    int16x4_t half = vmovn_s32(vcvtnq_s32_f32(a));
    uint32_t four = vget_lane_u32(vreinterpret_u32_s8(vmovn_s16(vcombine_s16(half, half))), 0);
    memcpy(q, &four, sizeof four);
}

#endif
