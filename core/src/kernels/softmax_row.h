/* Softmax of one row, and its gradient. */
#ifndef HEED_KERNELS_SOFTMAX_ROW_H
#define HEED_KERNELS_SOFTMAX_ROW_H

#include <math.h>

static heed_real row_max(size_t n, const heed_real *x) {
    heed_vec most = v_set1(-(heed_real)INFINITY);
    size_t i = 0;
    for (; i + V_LANES <= n; i += V_LANES)
        most = v_max(v_load(x + i), most);
    heed_real all = v_max_across(most);
    for (; i < n; i++)
        all = x[i] > all ? x[i] : all;
    return all;
}

static heed_real softmax(size_t n, const heed_real *x, heed_real *y) {
    heed_real most = row_max(n, x);
    heed_real below = -(heed_real)INFINITY;
    if (most == below) { /* nothing but -inf; unless a NaN is among them, whose place in the maximum is open */
        bool nan = false;
        for (size_t i = 0; i < n; i++)
            nan = nan || x[i] != x[i];
        if (!nan) {
            memset(y, 0, n * sizeof *y);
            return below;
        }
    }
    heed_vec shift = v_set1(most), sums = v_set1(0);
    size_t i = 0;
    for (; i + V_LANES <= n; i += V_LANES) {
        heed_vec e = m_exp(v_sub(v_load(x + i), shift));
        sums = v_add(sums, e);
        v_store(y + i, e);
    }
    heed_real sum = v_sum(sums);
    if (i < n) {
        v_store_part(y + i, n - i, m_exp(v_sub(v_load_part(x + i, n - i), shift)));
        for (; i < n; i++)
            sum += y[i];
    }
    scale(n, 1 / sum, y);
    return most + (heed_real)log((double)sum);
}

static void softmax_backward(size_t n, const heed_real *y, const heed_real *dy, heed_real *dx) {
    heed_vec mean = v_set1(dot(n, y, dy));
    V_EACH(n, store_n(dx + i, count,
                      v_fma(load_n(y + i, count), v_sub(load_n(dy + i, count), mean), load_n(dx + i, count))));
}

#endif
