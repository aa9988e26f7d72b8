/* exp, tanh and sigmoid. In float: exp in the form of Cephes (Moshier, netlib.org/cephes, expf.c), tanh by a rational
 * function. In double: the C library. */
#ifndef HEED_KERNELS_TRANSCENDENTAL_H
#define HEED_KERNELS_TRANSCENDENTAL_H

#ifdef HEED_DOUBLE
V_INLINE heed_vec m_exp(heed_vec x) { return exp(x); }
V_INLINE heed_vec m_tanh(heed_vec x) { return tanh(x); }
V_INLINE heed_vec m_sigmoid(heed_vec x) { return 1 / (1 + exp(-x)); }
#else
/* exp(z) for z = x and for z = -x (sign 1, -1) in two factors, of which the second is *power: 2 exp(r) and 2^(n - 1),
 * with n = round(z / log 2), |r| <= log(2) / 2. Their product overflows where exp does; n - 1 = -127 is zero, so that
 * results below 2^-125.5 are. A NaN stays.
 *   Adding 1.5 * 2^23 + 126 rounds, and leaves n + 126 in the low bits for an exponent. log 2 is in two parts, so that
 * n * LOG2_HIGH is exact. The polynomial is that of the least relative error, 1e-7. */
V_INLINE heed_vec m_exp_factors(const float sign, heed_vec x, heed_vec *power) {
    heed_vec shift = v_set1(12582912.0f + 126.0f), end = v_set1(sign * 89.0f), zero = v_set1(sign * -87.3f);
    x = sign > 0 ? v_max(zero, v_min(end, x)) : v_max(end, v_min(zero, x));
    heed_vec sum = v_fma(x, v_set1(sign * 1.44269504088896341f), shift), n = v_sub(sum, shift);
    heed_vec r = v_nma(n, v_set1(sign * 0.693359375f), x); /* times the sign, as x is */
    r = v_nma(n, v_set1(sign * -2.12194440e-4f), r);
    heed_vec p = v_set1(sign * 2 * 8.312431164085865e-3f);
    p = v_fma(p, r, v_set1(2 * 4.189098998904228e-2f));
    p = v_fma(p, r, v_set1(sign * 2 * 0.16667118668556213f));
    p = v_fma(p, r, v_set1(2 * 0.4999922513961792f));
    p = v_fma(p, r, v_set1(sign * 2.0f));
    *power = v_power(sum);
    return v_fma(p, r, v_set1(2.0f));
}
V_INLINE heed_vec m_exp(heed_vec x) {
    heed_vec power, factor = m_exp_factors(1, x, &power);
    return v_mul(factor, power);
}
V_INLINE heed_vec m_sigmoid(heed_vec x) {
    heed_vec power, factor = m_exp_factors(-1, x, &power), one = v_set1(1.0f);
    return v_div(one, v_fma(factor, power, one));
}

/* As x P(x^2) / Q(x^2), a fit of the least relative error up to 8.7, where the result is 1 but for rounding: a product
 * with x, so that -0 stays -0, and coefficients of one sign, so that nothing cancels. */
V_INLINE heed_vec m_tanh(heed_vec x) {
    x = v_max(v_set1(-8.7f), v_min(v_set1(8.7f), x)); /* a NaN stays */
    heed_vec s = v_mul(x, x), p = v_set1(1.3897375694682523e-8f), q = v_set1(7.996421800271492e-7f);
    p = v_fma(p, s, v_set1(2.099364428431727e-5f));
    q = v_fma(q, s, v_set1(3.323629207443446e-4f));
    p = v_fma(p, s, v_set1(3.5187324974685907e-3f));
    q = v_fma(q, s, v_set1(2.5964850559830666e-2f));
    p = v_fma(p, s, v_set1(0.13400456309318542f));
    q = v_fma(q, s, v_set1(0.4673377573490143f));
    p = v_fma(p, s, v_set1(1.0f));
    q = v_fma(q, s, v_set1(1.0f));
    return v_div(v_mul(x, p), q);
}
#endif

/* The sigmoid of gates, by which states are multiplied: right to 1e-7, but small ones not to 1e-7 of themselves. It shares
 * the constants of the tanh beside it, for which most sets have not registers enough. */
#ifdef HEED_DOUBLE
V_INLINE heed_vec m_gate(heed_vec x) { return m_sigmoid(x); }
#else
V_INLINE heed_vec m_gate(heed_vec x) {
    heed_vec half = v_set1(0.5f);
    return v_max(v_set1(0.0f), v_fma(m_tanh(v_mul(x, half)), half, half)); /* tanh may be -1 and a bit */
}
#endif

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
