/* One step of GloVe for a pair of vectors w and v whose product is to change: with g = dJ/d(w v),
 *     dw = g v,  dv = g w;  sw += dw^2,  sv += dv^2;  w -= rate dw / sqrt(sw),  v -= rate dv / sqrt(sv)
 * (AdaGrad: Duchi, Hazan, Singer 2011). */
#ifndef HEED_KERNELS_GLOVE_STEP_H
#define HEED_KERNELS_GLOVE_STEP_H

V_INLINE void adagrad_at(size_t count, heed_vec d, heed_vec rate, heed_real *x, heed_vec old, heed_real *sum) {
    heed_vec s = v_fma(d, d, load_n(sum, count));
    store_n(sum, count, s);
    store_n(x, count, v_nma(rate, v_div(d, v_sqrt(s)), old));
}

V_INLINE void glove_at(size_t count, heed_vec g, heed_vec rate, heed_real *w, heed_real *v, heed_real *sw,
                       heed_real *sv) {
    heed_vec old_w = load_n(w, count), old_v = load_n(v, count);
    adagrad_at(count, v_mul(g, old_v), rate, w, old_w, sw);
    adagrad_at(count, v_mul(g, old_w), rate, v, old_v, sv);
}

static void glove_step(size_t n, heed_real g, heed_real rate, heed_real *w, heed_real *v, heed_real *sw, heed_real *sv) {
    heed_vec gradient = v_set1(g), rates = v_set1(rate);
    V_EACH(n, glove_at(count, gradient, rates, w + i, v + i, sw + i, sv + i));
}

#endif
