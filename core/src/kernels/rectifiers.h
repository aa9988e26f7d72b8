/* ReLU and GELU, and their gradients. */
#ifndef HEED_KERNELS_RECTIFIERS_H
#define HEED_KERNELS_RECTIFIERS_H

static void relu(size_t n, const heed_real *x, heed_real *y) {
    V_EACH(n, store_n(y + i, count, v_max(v_set1(0), load_n(x + i, count))));
}

V_INLINE void relu_backward_at(size_t count, const heed_real *y, const heed_real *dy, heed_real *dx) {
    heed_vec zero = v_set1(0), d = v_select(v_less(zero, load_n(y, count)), load_n(dy, count), zero);
    store_n(dx, count, v_add(load_n(dx, count), d));
}

static void relu_backward(size_t n, const heed_real *y, const heed_real *dy, heed_real *dx) {
    V_EACH(n, relu_backward_at(count, y + i, dy + i, dx + i));
}

/* Phi(x), the share of a standard normal distribution below x, and *density, its derivative exp(-x^2/2) / sqrt(2
 * pi). */
#ifdef HEED_DOUBLE
V_INLINE heed_vec m_normal(heed_vec x, heed_vec *density) {
    *density = 0.398942280401432678 * exp(-0.5 * x * x);
    return 0.5 * erfc(-0.707106781186547524 * x);
}
#else
/* Phi(-|x|) = exp(-x^2/2) t P(t) with t = 1 / (1 + 0.3 |x|): the form of Hastings 1955; the coefficients are a minimax
 * fit of the relative error for |x| < 14, beyond which the result is zero. */
V_INLINE heed_vec m_normal(heed_vec x, heed_vec *density) {
    heed_vec one = v_set1(1.0f), size = v_min(v_set1(15.0f), v_abs(x)); /* a NaN stays */
    heed_vec e = m_exp(v_mul(v_set1(-0.5f), v_mul(size, size)));
    heed_vec t = v_div(one, v_fma(size, v_set1(0.3f), one));
    heed_vec p = v_set1(0.03567472845315933f);
    p = v_fma(p, t, v_set1(-0.1572028547525406f));
    p = v_fma(p, t, v_set1(0.2063530683517456f));
    p = v_fma(p, t, v_set1(-0.05368318036198616f));
    p = v_fma(p, t, v_set1(0.1285613477230072f));
    p = v_fma(p, t, v_set1(0.0999135822057724f));
    p = v_fma(p, t, v_set1(0.1207539364695549f));
    p = v_fma(p, t, v_set1(0.11962930113077164f));
    heed_vec below = v_mul(e, v_mul(p, t));
    *density = v_mul(e, v_set1(0.398942280401432678f));
    return v_select(v_less(v_set1(0.0f), x), v_sub(one, below), below);
}
#endif

V_INLINE heed_vec m_gelu(heed_vec x) {
    heed_vec density;
    return v_mul(x, m_normal(x, &density));
}

static void gelu(size_t n, const heed_real *x, heed_real *y) {
    V_EACH(n, store_n(y + i, count, m_gelu(load_n(x + i, count))));
}

V_INLINE void gelu_backward_at(size_t count, const heed_real *x, const heed_real *dy, heed_real *dx) {
    heed_vec at = load_n(x, count), density, share = m_normal(at, &density);
    store_n(dx, count, v_fma(load_n(dy, count), v_fma(at, density, share), load_n(dx, count)));
}

static void gelu_backward(size_t n, const heed_real *x, const heed_real *dy, heed_real *dx) {
    V_EACH(n, gelu_backward_at(count, x + i, dy + i, dx + i));
}

#endif
