/* exp, tanh and sigmoid. In float: exp and the middle of tanh by the polynomials of Cephes (Moshier, netlib.org/cephes,
 * expf.c and tanhf.c). In double: the C library. */
#ifndef HEED_KERNELS_TRANSCENDENTAL_H
#define HEED_KERNELS_TRANSCENDENTAL_H

#ifdef HEED_DOUBLE
V_INLINE heed_vec m_exp(heed_vec x) { return exp(x); }
V_INLINE heed_vec m_tanh(heed_vec x) { return tanh(x); }
#else
/* exp(x) = 2^n exp(r), n = round(x / log 2), |r| <= log(2) / 2; log 2 in two parts, so that n * LOG2_HIGH is exact. */
V_INLINE heed_vec m_exp(heed_vec x) {
    x = v_max(v_set1(-104.0f), v_min(v_set1(89.0f), x)); /* 0 and infinity beyond; a NaN stays */
    heed_vec n = v_round(v_mul(x, v_set1(1.44269504088896341f)));
    heed_vec r = v_nma(n, v_set1(0.693359375f), x);
    r = v_nma(n, v_set1(-2.12194440e-4f), r);
    heed_vec p = v_set1(1.9875691500e-4f);
    p = v_fma(p, r, v_set1(1.3981999507e-3f));
    p = v_fma(p, r, v_set1(8.3334519073e-3f));
    p = v_fma(p, r, v_set1(4.1665795894e-2f));
    p = v_fma(p, r, v_set1(1.6666665459e-1f));
    p = v_fma(p, r, v_set1(5.0000001201e-1f));
    p = v_add(v_fma(p, v_mul(r, r), r), v_set1(1.0f));
    return v_ldexp(p, n);
}

/* 1 - 2 / (exp(2|x|) + 1) with the sign of x; for |x| < 0.625, where that cancels, x (1 + x^2 P(x^2)). */
V_INLINE heed_vec m_tanh(heed_vec x) {
    heed_vec size = v_abs(x), one = v_set1(1.0f), two = v_set1(2.0f), square = v_mul(x, x);
    heed_vec far = v_sub(one, v_div(two, v_add(m_exp(v_mul(two, size)), one)));
    far = v_select(v_less(x, v_set1(0.0f)), v_sub(v_set1(0.0f), far), far);
    heed_vec p = v_set1(-5.70498872745e-3f);
    p = v_fma(p, square, v_set1(2.06390887954e-2f));
    p = v_fma(p, square, v_set1(-5.37397155531e-2f));
    p = v_fma(p, square, v_set1(1.33314422036e-1f));
    p = v_fma(p, square, v_set1(-3.33332819422e-1f));
    heed_vec near = v_mul(x, v_fma(p, square, one)); /* a product, so that -0 stays -0 */
    return v_select(v_less(size, v_set1(0.625f)), near, far);
}
#endif

/* With e = exp(-|x|), which never overflows: 1 / (1 + e) for x >= 0, e / (1 + e) for x < 0. */
V_INLINE heed_vec m_sigmoid(heed_vec x) {
    heed_vec one = v_set1(1), zero = v_set1(0);
    heed_vec e = m_exp(v_sub(zero, v_abs(x)));
    return v_div(v_select(v_less(x, zero), e, one), v_add(one, e));
}

static void exp_all(size_t n, const heed_real *x, heed_real *y) {
    V_EACH(n, store_n(y + i, count, m_exp(load_n(x + i, count))));
}

static void tanh_all(size_t n, const heed_real *x, heed_real *y) {
    V_EACH(n, store_n(y + i, count, m_tanh(load_n(x + i, count))));
}

static void sigmoid_all(size_t n, const heed_real *x, heed_real *y) {
    V_EACH(n, store_n(y + i, count, m_sigmoid(load_n(x + i, count))));
}

/* dx += dy * (1 - y^2) */
V_INLINE void tanh_backward_at(size_t count, const heed_real *y, const heed_real *dy, heed_real *dx) {
    heed_vec t = load_n(y, count);
    store_n(dx, count, v_fma(load_n(dy, count), v_nma(t, t, v_set1(1)), load_n(dx, count)));
}

static void tanh_backward(size_t n, const heed_real *y, const heed_real *dy, heed_real *dx) {
    V_EACH(n, tanh_backward_at(count, y + i, dy + i, dx + i));
}

/* dx += dy * y * (1 - y) */
V_INLINE void sigmoid_backward_at(size_t count, const heed_real *y, const heed_real *dy, heed_real *dx) {
    heed_vec s = load_n(y, count);
    store_n(dx, count, v_fma(load_n(dy, count), v_nma(s, s, s), load_n(dx, count)));
}

static void sigmoid_backward(size_t n, const heed_real *y, const heed_real *dy, heed_real *dx) {
    V_EACH(n, sigmoid_backward_at(count, y + i, dy + i, dx + i));
}

#endif
