/* The additive attention score of one query and one key (Bahdanau, Cho, Bengio 2015), and its gradient. */
#ifndef HEED_KERNELS_ATTENTION_SCORE_H
#define HEED_KERNELS_ATTENTION_SCORE_H

V_INLINE heed_vec additive_at(size_t count, const heed_real *q, const heed_real *k, const heed_real *v, heed_real *t,
                              heed_vec sum) {
    heed_vec y = m_tanh(v_add(load_n(q, count), load_n(k, count)));
    store_n(t, count, y);
    return v_fma(load_n(v, count), y, sum);
}

static heed_real additive_score(size_t n, const heed_real *q, const heed_real *k, const heed_real *v, heed_real *t) {
    heed_vec sum = v_set1(0);
    V_EACH(n, sum = additive_at(count, q + i, k + i, v + i, t + i, sum));
    return v_sum(sum);
}

V_INLINE void additive_backward_at(size_t count, heed_vec ds, const heed_real *t, const heed_real *v, heed_real *dq,
                                   heed_real *dk, heed_real *dv) {
    heed_vec y = load_n(t, count);
    heed_vec e = v_mul(v_mul(ds, load_n(v, count)), v_nma(y, y, v_set1(1)));
    store_n(dv, count, v_fma(ds, y, load_n(dv, count)));
    store_n(dq, count, v_add(load_n(dq, count), e));
    store_n(dk, count, v_add(load_n(dk, count), e));
}

static void additive_score_backward(size_t n, heed_real ds, const heed_real *t, const heed_real *v, heed_real *dq,
                                    heed_real *dk, heed_real *dv) {
    heed_vec d = v_set1(ds);
    V_EACH(n, additive_backward_at(count, d, t + i, v + i, dq + i, dk + i, dv + i));
}

#endif
