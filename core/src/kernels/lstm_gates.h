/* The pointwise part of an LSTM step and its gradient; formulas at the declarations in kernels.h. */
#ifndef HEED_KERNELS_LSTM_GATES_H
#define HEED_KERNELS_LSTM_GATES_H

V_INLINE void lstm_forward_at(size_t count, size_t h, heed_real *gates, const heed_real *bias, const heed_real *c_prev,
                              heed_real *c, heed_real *y) {
    heed_vec in = m_gate(v_add(load_n(gates, count), load_n(bias, count)));
    heed_vec forget = m_gate(v_add(load_n(gates + h, count), load_n(bias + h, count)));
    heed_vec cell = m_tanh(v_add(load_n(gates + 2 * h, count), load_n(bias + 2 * h, count)));
    heed_vec out = m_gate(v_add(load_n(gates + 3 * h, count), load_n(bias + 3 * h, count)));
    heed_vec state = v_fma(forget, load_n(c_prev, count), v_mul(in, cell));
    store_n(gates, count, in);
    store_n(gates + h, count, forget);
    store_n(gates + 2 * h, count, cell);
    store_n(gates + 3 * h, count, out);
    store_n(c, count, state);
    store_n(y, count, v_mul(out, m_tanh(state)));
}

static void lstm_forward(int h, heed_real *gates, const heed_real *bias, const heed_real *c_prev, heed_real *c,
                         heed_real *y) {
    if (h <= 0)
        return;
    V_EACH((size_t)h, lstm_forward_at(count, (size_t)h, gates + i, bias + i, c_prev + i, c + i, y + i));
}

/* d(pre-activation): sigmoid' = s (1 - s), tanh' = 1 - t^2. tanh(c) is computed again rather than kept. */
V_INLINE void lstm_backward_at(size_t count, size_t h, const heed_real *gates, const heed_real *c_prev,
                               const heed_real *c, const heed_real *dy, heed_real *dc, heed_real *dgates) {
    heed_vec one = v_set1(1);
    heed_vec in = load_n(gates, count), forget = load_n(gates + h, count);
    heed_vec cell = load_n(gates + 2 * h, count), out = load_n(gates + 3 * h, count);
    heed_vec t = m_tanh(load_n(c, count)), d = load_n(dy, count);
    heed_vec dstate = v_fma(v_mul(d, out), v_nma(t, t, one), load_n(dc, count));
    heed_vec din = v_mul(v_mul(dstate, cell), v_nma(in, in, in));
    heed_vec dforget = v_mul(v_mul(dstate, load_n(c_prev, count)), v_nma(forget, forget, forget));
    heed_vec dcell = v_mul(v_mul(dstate, in), v_nma(cell, cell, one));
    heed_vec dout = v_mul(v_mul(d, t), v_nma(out, out, out));
    store_n(dgates, count, din);
    store_n(dgates + h, count, dforget);
    store_n(dgates + 2 * h, count, dcell);
    store_n(dgates + 3 * h, count, dout);
    store_n(dc, count, v_mul(dstate, forget));
}

static void lstm_backward(int h, const heed_real *gates, const heed_real *c_prev, const heed_real *c,
                          const heed_real *dy, heed_real *dc, heed_real *dgates) {
    if (h <= 0)
        return;
    V_EACH((size_t)h,
           lstm_backward_at(count, (size_t)h, gates + i, c_prev + i, c + i, dy + i, dc + i, dgates + i));
}

#endif
