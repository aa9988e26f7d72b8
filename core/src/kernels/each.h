/* Going over n reals a vector at a time, with one body for whole vectors and for the tail. */
#ifndef HEED_KERNELS_EACH_H
#define HEED_KERNELS_EACH_H

/* Runs `call` for each vector; in it, `i` is the index of its first real and `count` how many it has. `count` is the
 * constant V_LANES but for the last, so that an inlined body has no branches in the loop. */
#define V_EACH(n, call)                                        \
    do {                                                       \
        size_t i = 0, each_n = (n);                            \
        for (; i + V_LANES <= each_n; i += V_LANES) {          \
            enum { count = V_LANES };                          \
            call;                                              \
        }                                                      \
        if (i < each_n) {                                      \
            size_t count = each_n - i;                         \
            call;                                              \
        }                                                      \
    } while (0)

/* The same for sums, in four vectors so that one addition need not wait for the last: in `call`, `sum` is the number of
 * the vector to add to, i / V_LANES mod 4; of what is left after whole fours, 0 for vectors and 1 for the tail. */
#define V_EACH_SUM(n, call)                                              \
    do {                                                                 \
        size_t i = 0, each_n = (n);                                      \
        while (i + 4 * V_LANES <= each_n) {                              \
            V_UNROLL for (int sum = 0; sum < 4; sum++, i += V_LANES) {   \
                enum { count = V_LANES };                                \
                call;                                                    \
            }                                                            \
        }                                                                \
        for (; i + V_LANES <= each_n; i += V_LANES) {                    \
            enum { sum = 0, count = V_LANES };                           \
            call;                                                        \
        }                                                                \
        if (i < each_n) {                                                \
            size_t count = each_n - i;                                   \
            enum { sum = 1 };                                            \
            call;                                                        \
        }                                                                \
    } while (0)

V_INLINE heed_vec load_n(const heed_real *p, size_t count) {
    return count == V_LANES ? v_load(p) : v_load_part(p, count);
}

V_INLINE void store_n(heed_real *p, size_t count, heed_vec a) {
    if (count == V_LANES)
        v_store(p, a);
    else
        v_store_part(p, count, a);
}

#endif
