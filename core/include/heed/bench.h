/* How fast the numeric kernels are on this machine, against what its registers allow. */
#ifndef HEED_BENCH_H
#define HEED_BENCH_H

#include "heed/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct heed_bench_row {
    const char *isa;    /* "avx512", ... */
    const char *kernel; /* "peak", "gemm", "gemm_bt", "gemm_at", "gemm_packed", "exp", "lstm_forward", ... */
    char shape[48];     /* "256x256x256" (m x n x k), "4096" (values); empty for peak */
    const char *unit;   /* "GFLOP/s", where a multiply-add is two; "Gvalue/s"; "GB/s", read and written together */
    double rate;        /* in that unit: the median over the rounds */
    double best;        /* the highest of the rounds: what an undisturbed machine does */
    double percent;     /* median of rate / peak of the same set in the same round * 100; 0 where unit is not GFLOP/s */
    double seconds;     /* of one call, at the median */
} heed_bench_row;

typedef struct heed_bench_options {
    const char *isa;       /* one set, or NULL for every set that this machine can run */
    const char *kernel;    /* one kernel (the peak is always measured), or NULL for all */
    int rounds;            /* 1 .. 101; 0 means 9 */
    double sample_seconds; /* how long each kernel runs in a round; 0 means 0.005. Browsers' clocks tick at 0.1 ms */
} heed_bench_options;

/* Measures all kernels in rounds, each round running every kernel of every set once for `sample_seconds`, so that a
 * disturbance hits all alike; then calls `row` for each, sets best first, the peak before the others. The row is valid
 * during the call. `options` may be NULL. Takes rounds * sample_seconds * about 30 per set, one thread.
 * Fails with HEED_ERROR_UNKNOWN when `isa` or `kernel` names nothing that can be run here, HEED_ERROR_ARGUMENT,
 * HEED_ERROR_MEMORY. */
heed_status heed_bench_kernels(const heed_bench_options *options,
                               void (*row)(void *context, const heed_bench_row *row), void *context,
                               heed_error *error);

#ifdef __cplusplus
}
#endif
#endif
