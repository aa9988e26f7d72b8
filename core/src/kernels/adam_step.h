/* One step of Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019):
 *     g = gradient_scale * gradient;  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
 *     w -= rate * (m / correction1 / (sqrt(v / correction2) + epsilon) + weight_decay * w) */
#ifndef HEED_KERNELS_ADAM_STEP_H
#define HEED_KERNELS_ADAM_STEP_H

V_INLINE void adam_at(size_t count, const heed_adam_step *step, const heed_real *gradient, heed_real *m, heed_real *v,
                      heed_real *weight) {
    heed_vec g = v_mul(v_set1(step->gradient_scale), load_n(gradient, count));
    heed_vec first = v_fma(v_set1(step->beta1), load_n(m, count), v_mul(v_set1(1 - step->beta1), g));
    heed_vec second = v_fma(v_set1(step->beta2), load_n(v, count), v_mul(v_set1(1 - step->beta2), v_mul(g, g)));
    store_n(m, count, first);
    store_n(v, count, second);
    heed_vec root = v_add(v_sqrt(v_mul(second, v_set1(1 / step->correction2))), v_set1(step->epsilon));
    heed_vec change = v_div(v_mul(first, v_set1(1 / step->correction1)), root);
    heed_vec w = load_n(weight, count);
    change = v_fma(v_set1(step->weight_decay), w, change);
    store_n(weight, count, v_nma(v_set1(step->rate), change, w));
}

static void adam(size_t n, const heed_adam_step *step, const heed_real *gradient, heed_real *m, heed_real *v,
                 heed_real *weight) {
    const heed_adam_step s = *step; /* a copy: stores to m could otherwise be stores to *step */
    V_EACH(n, adam_at(count, &s, gradient + i, m + i, v + i, weight + i));
}

#endif
