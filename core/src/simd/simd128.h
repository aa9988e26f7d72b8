/* WebAssembly SIMD, 4 floats, and relaxed SIMD, which adds a multiply-add that is fused where the machine fuses.
 * Neither says how many registers there are; V8 on x86-64 has 15 to give. */
#ifndef HEED_SIMD_SIMD128_H
#define HEED_SIMD_SIMD128_H

#include <wasm_simd128.h>

#ifdef HEED_SET_RELAXED
#define V_SET "relaxed"
enum { V_LANES = 4, V_TILE_ROWS = 6, V_TILE_VECTORS = 2, V_DIRECT_ROWS = 4, V_BESIDE = 0, V_CHAINS = 12, V_FUSED = 1 };
#else
#define V_SET "simd128"
enum { V_LANES = 4, V_TILE_ROWS = 5, V_TILE_VECTORS = 2, V_DIRECT_ROWS = 4, V_BESIDE = 0, V_CHAINS = 14, V_FUSED = 0 };
#endif
typedef v128_t heed_vec;
typedef v128_t heed_mask;

V_INLINE heed_vec v_load(const float *p) { return wasm_v128_load(p); }
V_INLINE void v_store(float *p, heed_vec a) { wasm_v128_store(p, a); }
/* Apart, because each kernel has many, for its last few values: inlined they are a fiftieth of what a page downloads. */
static __attribute__((noinline, unused)) heed_vec v_load_part(const float *p, size_t n) {
    float lanes[4] = {0, 0, 0, 0};
    memcpy(lanes, p, n * sizeof(float));
    return wasm_v128_load(lanes);
}
static __attribute__((noinline, unused)) void v_store_part(float *p, size_t n, heed_vec a) {
    float lanes[4];
    wasm_v128_store(lanes, a);
    memcpy(p, lanes, n * sizeof(float));
}
V_INLINE heed_vec v_set1(float x) { return wasm_f32x4_splat(x); }
V_INLINE heed_vec v_add(heed_vec a, heed_vec b) { return wasm_f32x4_add(a, b); }
V_INLINE heed_vec v_sub(heed_vec a, heed_vec b) { return wasm_f32x4_sub(a, b); }
V_INLINE heed_vec v_mul(heed_vec a, heed_vec b) { return wasm_f32x4_mul(a, b); }
V_INLINE heed_vec v_div(heed_vec a, heed_vec b) { return wasm_f32x4_div(a, b); }
/* [book:fma] */
#ifdef HEED_SET_RELAXED
V_INLINE heed_vec v_fma(heed_vec a, heed_vec b, heed_vec c) {
    return (v128_t)__builtin_wasm_relaxed_madd_f32x4((__f32x4)a, (__f32x4)b, (__f32x4)c);
}
V_INLINE heed_vec v_nma(heed_vec a, heed_vec b, heed_vec c) {
    return (v128_t)__builtin_wasm_relaxed_nmadd_f32x4((__f32x4)a, (__f32x4)b, (__f32x4)c);
}
#else
V_INLINE heed_vec v_fma(heed_vec a, heed_vec b, heed_vec c) { return v_add(v_mul(a, b), c); }
V_INLINE heed_vec v_nma(heed_vec a, heed_vec b, heed_vec c) { return v_sub(c, v_mul(a, b)); }
#endif
/* [/book] */
V_INLINE heed_vec v_min(heed_vec a, heed_vec b) { return wasm_f32x4_pmin(b, a); }
V_INLINE heed_vec v_max(heed_vec a, heed_vec b) { return wasm_f32x4_pmax(b, a); }
V_INLINE heed_vec v_abs(heed_vec a) { return wasm_f32x4_abs(a); }
V_INLINE heed_vec v_sqrt(heed_vec a) { return wasm_f32x4_sqrt(a); }
V_INLINE heed_vec v_power(heed_vec a) { return wasm_i32x4_shl(a, 23); }
V_INLINE heed_mask v_less(heed_vec a, heed_vec b) { return wasm_f32x4_lt(a, b); }
V_INLINE heed_vec v_select(heed_mask m, heed_vec a, heed_vec b) { return wasm_v128_bitselect(a, b, m); }
V_INLINE float v_sum(heed_vec a) {
    heed_vec two = v_add(a, wasm_i32x4_shuffle(a, a, 2, 3, 0, 1));
    return wasm_f32x4_extract_lane(two, 0) + wasm_f32x4_extract_lane(two, 1);
}
V_INLINE float v_max_across(heed_vec a) {
    heed_vec two = v_max(a, wasm_i32x4_shuffle(a, a, 2, 3, 0, 1));
    float first = wasm_f32x4_extract_lane(two, 0), second = wasm_f32x4_extract_lane(two, 1);
    return first > second ? first : second;
}
V_INLINE void v_transpose(heed_vec r[V_LANES]) {
    heed_vec a = wasm_i32x4_shuffle(r[0], r[1], 0, 4, 1, 5), b = wasm_i32x4_shuffle(r[2], r[3], 0, 4, 1, 5);
    heed_vec c = wasm_i32x4_shuffle(r[0], r[1], 2, 6, 3, 7), d = wasm_i32x4_shuffle(r[2], r[3], 2, 6, 3, 7);
    r[0] = wasm_i32x4_shuffle(a, b, 0, 1, 4, 5);
    r[1] = wasm_i32x4_shuffle(a, b, 2, 3, 6, 7);
    r[2] = wasm_i32x4_shuffle(c, d, 0, 1, 4, 5);
    r[3] = wasm_i32x4_shuffle(c, d, 2, 3, 6, 7);
}

/* Plain wasm multiplies int8 only after widening: the levels are kept wide, the weights widen as they are loaded. The
 * relaxed dot product takes its seven-bit operand second. */
typedef v128_t heed_ints, heed_group, heed_weights;
#ifdef HEED_SET_RELAXED
enum { V_GROUP = 4, V_INT8_ROWS = 2, V_INT8_VECTORS = 4 };
typedef uint8_t heed_level;
V_INLINE heed_weights v_weights(const int8_t *w) { return wasm_v128_load(w); }
/* One instruction where the machine has one (AVX-VNNI, ARM's sdot). Elsewhere V8 makes five of it, and three of the two
 * steps that are written out. */
V_INLINE heed_ints v_dot(const int way, heed_ints sums, heed_weights w, heed_group x) {
    if (way == 0)
        return (v128_t)__builtin_wasm_relaxed_dot_i8x16_i7x16_add_s_i32x4((__i8x16)w, (__i8x16)x, (__i32x4)sums);
    v128_t pairs = (v128_t)__builtin_wasm_relaxed_dot_i8x16_i7x16_s_i16x8((__i8x16)w, (__i8x16)x);
    return wasm_i32x4_add(sums, wasm_i32x4_dot_i16x8(pairs, wasm_i16x8_splat(1)));
}
/* What the instruction does with levels that it does not promise to take tells how it was made: only SSE's multiply of
 * unsigned and signed bytes saturates its pairs. */
V_INLINE int v_dot_way(void) {
    heed_ints sums = v_dot(0, wasm_i32x4_splat(0), wasm_i8x16_splat(127), wasm_i8x16_splat(-1));
    return wasm_i32x4_extract_lane(sums, 0) == 2 * 32767;
}
#else
enum { V_GROUP = 2, V_INT8_ROWS = 2, V_INT8_VECTORS = 4 };
typedef int16_t heed_level;
V_INLINE heed_weights v_weights(const int8_t *w) { return wasm_i16x8_load8x8(w); }
V_INLINE heed_ints v_dot(const int way, heed_ints sums, heed_weights w, heed_group x) {
    (void)way;
    return wasm_i32x4_add(sums, wasm_i32x4_dot_i16x8(w, x));
}
V_INLINE int v_dot_way(void) { return 0; }
#endif
V_INLINE heed_ints v_ints_zero(void) { return wasm_i32x4_splat(0); }
V_INLINE heed_group v_group(const heed_level *q) { return wasm_v128_load32_splat(q); }
V_INLINE heed_vec v_from_ints(heed_ints sums) { return wasm_f32x4_convert_i32x4(sums); }
V_INLINE void v_store_levels(heed_level *q, heed_vec a) {
    v128_t bits = v_add(a, v_set1(12582912.0f)); /* the integer is in the low bits */
    v128_t half = wasm_i32x4_sub(bits, wasm_i32x4_splat(0x4b400000));
    half = wasm_i16x8_narrow_i32x4(half, half);
#ifdef HEED_SET_RELAXED
    wasm_v128_store32_lane(q, wasm_u8x16_narrow_i16x8(half, half), 0);
#else
    wasm_v128_store64_lane(q, half, 0);
#endif
}

#endif
