/* Multiply-adds from registers alone: what the machine can do at most, for benchmarks to divide by. */
#ifndef HEED_KERNELS_PEAK_H
#define HEED_KERNELS_PEAK_H

/* The compiler makes vectors of the scalar set's loops here as it does in gemm, if they are loops when it looks. */
#ifdef HEED_SET_SCALAR
#define PEAK_UNROLL
#else
#define PEAK_UNROLL V_UNROLL
#endif

static heed_real peak(int64_t rounds, int64_t *flops_per_round) {
    enum { STEPS = 64 };
    heed_vec chains[V_CHAINS];
    PEAK_UNROLL for (int i = 0; i < V_CHAINS; i++)
        chains[i] = v_set1((heed_real)i);
    /* Fused: sum += factor * term, the form that gemm has and for which V8 needs no move. Otherwise the product must
     * depend on the sum, or the compiler moves it out of the loop. Either way values stay normal. */
    heed_vec factor = v_set1((heed_real)0.5), term = v_set1((heed_real)0.5);
    for (int64_t r = 0; r < rounds; r++) {
        V_NO_UNROLL for (int s = 0; s < STEPS; s++) { /* unrolled, chains may end up one after the other */
            PEAK_UNROLL for (int i = 0; i < V_CHAINS; i++)
                chains[i] = V_FUSED ? v_fma(factor, term, chains[i]) : v_fma(chains[i], factor, term);
        }
    }
    heed_vec all = chains[0];
    V_UNROLL for (int i = 1; i < V_CHAINS; i++)
        all = v_add(all, chains[i]);
    *flops_per_round = (int64_t)2 * V_LANES * V_CHAINS * STEPS;
    return v_sum(all);
}

#endif
