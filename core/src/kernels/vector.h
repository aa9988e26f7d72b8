/* y += a x, y *= a, sums. Sums run in four vectors, element i in lane i mod 4 V_LANES; then vectors 0+1, 2+3, the two,
 * and halves of the last. */
#ifndef HEED_KERNELS_VECTOR_H
#define HEED_KERNELS_VECTOR_H

V_INLINE void axpy_at(size_t count, heed_vec a, const heed_real *x, heed_real *y) {
    store_n(y, count, v_fma(a, load_n(x, count), load_n(y, count)));
}

static void axpy(size_t n, heed_real a, const heed_real *x, heed_real *y) {
    heed_vec factor = v_set1(a);
    V_EACH(n, axpy_at(count, factor, x + i, y + i));
}

static void scale(size_t n, heed_real a, heed_real *y) {
    heed_vec factor = v_set1(a);
    V_EACH(n, store_n(y + i, count, v_mul(factor, load_n(y + i, count))));
}

static heed_real dot(size_t n, const heed_real *x, const heed_real *y) {
    heed_vec s0 = v_set1(0), s1 = s0, s2 = s0, s3 = s0;
    size_t i = 0;
    for (; i + 4 * V_LANES <= n; i += 4 * V_LANES) {
        s0 = v_fma(v_load(x + i), v_load(y + i), s0);
        s1 = v_fma(v_load(x + i + V_LANES), v_load(y + i + V_LANES), s1);
        s2 = v_fma(v_load(x + i + 2 * V_LANES), v_load(y + i + 2 * V_LANES), s2);
        s3 = v_fma(v_load(x + i + 3 * V_LANES), v_load(y + i + 3 * V_LANES), s3);
    }
    for (; i + V_LANES <= n; i += V_LANES)
        s0 = v_fma(v_load(x + i), v_load(y + i), s0);
    if (i < n)
        s1 = v_fma(v_load_part(x + i, n - i), v_load_part(y + i, n - i), s1);
    return v_sum(v_add(v_add(s0, s1), v_add(s2, s3)));
}

static double sum_squares(size_t n, const heed_real *x) {
    enum { BLOCK = 4096 };
    double sum = 0;
    for (size_t i = 0; i < n; i += BLOCK)
        sum += (double)dot(n - i < BLOCK ? n - i : BLOCK, x + i, x + i);
    return sum;
}

#endif
