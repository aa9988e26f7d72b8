#include "bench/bench_cases.h"

#include <stdbool.h>

typedef heed_bench_case bench_case;
typedef heed_bench_space bench_space;

static double run_peak(const heed_kernels *kernels, const bench_case *bench, const bench_space *space) {
    int64_t flops = 0;
    space->c[0] = kernels->peak(bench->n, &flops);
    return (double)flops * bench->n;
}

static double product_work(const bench_case *bench) { return 2.0 * bench->m * bench->n * bench->k; }

static double run_gemm(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    kernels->gemm(x->m, x->n, x->k, s->a, x->k, 1, s->b, x->n, 1, s->c, x->n, false, s->scratch);
    return product_work(x);
}

/* x W^T, the forward pass of a linear layer */
static double run_gemm_bt(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    kernels->gemm(x->m, x->n, x->k, s->a, x->k, 1, s->b, 1, x->k, s->c, x->n, false, s->scratch);
    return product_work(x);
}

/* dW += dY^T X, the gradient of its weight */
static double run_gemm_at(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    kernels->gemm(x->m, x->n, x->k, s->a, 1, x->m, s->b, x->n, 1, s->c, x->n, true, s->scratch);
    return product_work(x);
}

/* `packed` holds any numbers: their order in memory does not matter for speed. */
static double run_gemm_packed(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    kernels->gemm_packed(x->m, x->n, x->k, s->a, x->k, s->packed, s->c, x->n, false);
    return product_work(x);
}

static double run_gemm_int8(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    kernels->gemm_int8(x->m, x->n, x->k, s->a, x->k, s->packed, s->c, x->n, false, s->scratch);
    return product_work(x);
}

static double run_exp(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    kernels->exp((size_t)x->n, s->a, s->c);
    return x->n;
}

static double run_tanh(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    kernels->tanh((size_t)x->n, s->a, s->c);
    return x->n;
}

static double run_sigmoid(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    kernels->sigmoid((size_t)x->n, s->a, s->c);
    return x->n;
}

static double run_softmax(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    s->d[0] = kernels->softmax((size_t)x->n, s->a, s->c);
    return x->n;
}

static double run_additive(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    s->d[0] = kernels->additive_score((size_t)x->n, s->a, s->b, s->packed, s->c);
    return x->n;
}

/* The activations of one call are the pre-activations of the next: they stay between -1 and 1. */
static double run_lstm(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    kernels->lstm_forward(x->n, s->d, s->a, s->c, s->c + x->n);
    return x->n;
}

static double run_lstm_backward(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    kernels->lstm_backward(x->n, s->a, s->b, s->packed, s->b + x->n, s->d, s->c);
    return x->n;
}

static double run_dot(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    s->d[0] = kernels->dot((size_t)x->n, s->a, s->b);
    return 2.0 * x->n * sizeof(heed_real);
}

static double run_axpy(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    kernels->axpy((size_t)x->n, 0, s->a, s->c);
    return 3.0 * x->n * sizeof(heed_real);
}

/* With a rate of zero, so that weights stay what they are however often it runs. */
static double run_adam(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    const heed_adam_step step = {0, (heed_real)0.9, (heed_real)0.999, (heed_real)1e-8, 1, 1, 0, 1};
    kernels->adam((size_t)x->n, &step, s->a, s->c, s->c + x->n, s->d);
    return 7.0 * x->n * sizeof(heed_real);
}

#define FLOPS "GFLOP/s"
#define OPS "Gop/s" /* of integers, as many as the f32 product has */
#define VALUES "Gvalue/s"
#define BYTES "GB/s"

static const bench_case cases[] = {
    {"peak", FLOPS, 1, 50, 1, run_peak},
    {"gemm", FLOPS, 64, 64, 64, run_gemm},
    {"gemm", FLOPS, 128, 128, 128, run_gemm},
    {"gemm", FLOPS, 256, 256, 256, run_gemm},
    {"gemm", FLOPS, 512, 512, 512, run_gemm},
    {"gemm", FLOPS, 1024, 1024, 1024, run_gemm},
    {"gemm", FLOPS, 64, 1024, 256, run_gemm},
    {"gemm_bt", FLOPS, 64, 768, 192, run_gemm_bt},
    {"gemm_bt", FLOPS, 128, 1536, 384, run_gemm_bt},
    {"gemm_at", FLOPS, 1024, 256, 2048, run_gemm_at},
    {"gemm_packed", FLOPS, 1, 1024, 256, run_gemm_packed},
    {"gemm_packed", FLOPS, 1, 512, 512, run_gemm_packed},
    {"gemm_packed", FLOPS, 1, 2048, 1024, run_gemm_packed}, /* weights beyond the second cache */
    {"gemm_packed", FLOPS, 4, 1024, 256, run_gemm_packed},
    {"gemm_packed", FLOPS, 8, 1024, 256, run_gemm_packed},
    {"gemm_packed", FLOPS, 64, 1024, 256, run_gemm_packed},
    {"gemm_int8", OPS, 1, 1024, 256, run_gemm_int8},
    {"gemm_int8", OPS, 1, 512, 512, run_gemm_int8},
    {"gemm_int8", OPS, 1, 2048, 1024, run_gemm_int8},
    {"gemm_int8", OPS, 4, 1024, 256, run_gemm_int8},
    {"gemm_int8", OPS, 64, 1024, 256, run_gemm_int8},
    {"exp", VALUES, 1, 4096, 1, run_exp},
    {"tanh", VALUES, 1, 4096, 1, run_tanh},
    {"sigmoid", VALUES, 1, 4096, 1, run_sigmoid},
    {"softmax", VALUES, 1, 64, 1, run_softmax},
    {"softmax", VALUES, 1, 4096, 1, run_softmax},
    {"additive_score", VALUES, 1, 256, 1, run_additive},
    {"lstm_forward", VALUES, 1, 256, 1, run_lstm},
    {"lstm_backward", VALUES, 1, 256, 1, run_lstm_backward},
    {"dot", BYTES, 1, 4096, 1, run_dot},
    {"axpy", BYTES, 1, 4096, 1, run_axpy},
    {"adam", BYTES, 1, 65536, 1, run_adam},
};

const heed_bench_case *heed_bench_cases(int *count) {
    *count = (int)(sizeof cases / sizeof *cases);
    return cases;
}
