/* What the machine can do at most, for benchmarks to divide by: multiply-adds from registers alone, loads alone. */
#ifndef HEED_KERNELS_PEAK_H
#define HEED_KERNELS_PEAK_H

static heed_real peak(int64_t rounds, int64_t *flops_per_round) {
    enum { STEPS = 512 }; /* so many that it does not matter how the end of the loop is foreseen */
    heed_vec chains[V_CHAINS];
    V_UNROLL for (int i = 0; i < V_CHAINS; i++)
        chains[i] = v_set1((heed_real)i);
    /* Fused: sum += half * half, the form that gemm has and for which V8 needs no move. Otherwise the product must depend
     * on the sum, or the compiler moves it out of the loop: two operations to wait for, so more chains, and one constant,
     * so that V8 has the registers. Either way values stay normal. */
    const heed_vec half = v_set1((heed_real)0.5);
    for (int64_t r = 0; r < rounds; r++) {
        V_NO_UNROLL for (int s = 0; s < STEPS; s++) { /* unrolled, chains may end up one after the other */
            V_UNROLL for (int i = 0; i < V_CHAINS; i++)
                chains[i] = V_FUSED ? v_fma(half, half, chains[i]) : v_fma(chains[i], half, half);
        }
    }
    heed_vec all = chains[0];
    V_UNROLL for (int i = 1; i < V_CHAINS; i++)
        all = v_add(all, chains[i]);
    *flops_per_round = (int64_t)2 * V_LANES * V_CHAINS * STEPS;
    return v_sum(all);
}

/* Additions wait for nothing but loads: there are enough sums. */
static heed_real load_peak(size_t n, const heed_real *x) {
    enum { SUMS = 12 };
    heed_vec sums[SUMS], all = v_set1(0);
    V_UNROLL for (int j = 0; j < SUMS; j++)
        sums[j] = all;
    size_t i = 0;
    for (; i + SUMS * V_LANES <= n; i += SUMS * V_LANES) {
        V_UNROLL for (int j = 0; j < SUMS; j++)
            sums[j] = v_add(sums[j], v_load(x + i + (size_t)j * V_LANES));
    }
    for (; i + V_LANES <= n; i += V_LANES)
        all = v_add(all, v_load(x + i));
    if (i < n)
        all = v_add(all, v_load_part(x + i, n - i));
    V_UNROLL for (int j = 0; j < SUMS; j++)
        all = v_add(all, sums[j]);
    return v_sum(all);
}

#endif
