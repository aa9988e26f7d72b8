/* Layer normalization of one row (Ba, Kiros, Hinton 2016), and its gradient; formulas in kernels.h. */
#ifndef HEED_KERNELS_LAYER_NORM_H
#define HEED_KERNELS_LAYER_NORM_H

#include <math.h>

static heed_real sum_of(size_t n, const heed_real *x) {
    heed_vec sums[4] = {v_set1(0), v_set1(0), v_set1(0), v_set1(0)};
    V_EACH_SUM(n, sums[sum] = v_add(sums[sum], load_n(x + i, count)));
    return v_sum(v_add(v_add(sums[0], sums[1]), v_add(sums[2], sums[3])));
}

V_INLINE void normalize_at(size_t count, heed_vec rstd, const heed_real *gain, const heed_real *bias, heed_real *y) {
    store_n(y, count, v_fma(v_mul(load_n(y, count), rstd), load_n(gain, count), load_n(bias, count)));
}

/* y holds the centred row on the way: squares of small differences keep their digits, and its tail is zero as
 * loaded. */
static void layer_norm(size_t n, heed_real epsilon, const heed_real *x, const heed_real *gain, const heed_real *bias,
                       heed_real *y, heed_real *mean, heed_real *rstd) {
    *mean = *rstd = 0;
    if (n == 0)
        return;
    *mean = sum_of(n, x) / (heed_real)n;
    heed_vec middle = v_set1(*mean);
    V_EACH(n, store_n(y + i, count, v_sub(load_n(x + i, count), middle)));
    *rstd = 1 / (heed_real)sqrt((double)(dot(n, y, y) / (heed_real)n + epsilon));
    heed_vec factor = v_set1(*rstd);
    V_EACH(n, normalize_at(count, factor, gain + i, bias + i, y + i));
}

/* The gradients of gain and bias, and on the way the sums of e = dy * gain and of e * xhat. Where the tail of x is
 * zero as loaded, so is that of dy. */
typedef struct norm_sums {
    heed_vec e[4], projected[4];
} norm_sums;

V_INLINE void norm_sums_at(size_t count, int sum, heed_vec mean, heed_vec rstd, const heed_real *x,
                           const heed_real *gain, const heed_real *dy, heed_real *dgain, heed_real *dbias,
                           norm_sums *sums) {
    heed_vec hat = v_mul(v_sub(load_n(x, count), mean), rstd), d = load_n(dy, count);
    heed_vec e = v_mul(d, load_n(gain, count));
    sums->e[sum] = v_add(sums->e[sum], e);
    sums->projected[sum] = v_fma(e, hat, sums->projected[sum]);
    if (dgain)
        store_n(dgain, count, v_fma(d, hat, load_n(dgain, count)));
    if (dbias)
        store_n(dbias, count, v_add(d, load_n(dbias, count)));
}

V_INLINE void norm_dx_at(size_t count, heed_vec mean, heed_vec rstd, heed_vec e_mean, heed_vec projected_mean,
                         const heed_real *x, const heed_real *gain, const heed_real *dy, heed_real *dx) {
    heed_vec hat = v_mul(v_sub(load_n(x, count), mean), rstd);
    heed_vec e = v_mul(load_n(dy, count), load_n(gain, count));
    store_n(dx, count, v_fma(rstd, v_nma(hat, projected_mean, v_sub(e, e_mean)), load_n(dx, count)));
}

static void layer_norm_backward(size_t n, const heed_real *x, const heed_real *gain, heed_real mean, heed_real rstd,
                                const heed_real *dy, heed_real *dx, heed_real *dgain, heed_real *dbias) {
    heed_vec zero = v_set1(0), middle = v_set1(mean), factor = v_set1(rstd);
    norm_sums sums = {{zero, zero, zero, zero}, {zero, zero, zero, zero}};
    V_EACH_SUM(n, norm_sums_at(count, sum, middle, factor, x + i, gain + i, dy + i, dgain ? dgain + i : NULL,
                               dbias ? dbias + i : NULL, &sums));
    if (!dx)
        return;
    heed_vec *e = sums.e, *p = sums.projected;
    heed_vec e_mean = v_set1(v_sum(v_add(v_add(e[0], e[1]), v_add(e[2], e[3]))) / (heed_real)n);
    heed_vec p_mean = v_set1(v_sum(v_add(v_add(p[0], p[1]), v_add(p[2], p[3]))) / (heed_real)n);
    V_EACH(n, norm_dx_at(count, middle, factor, e_mean, p_mean, x + i, gain + i, dy + i, dx + i));
}

#endif
