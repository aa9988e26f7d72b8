#include "bench/bench_cases.h"

#include <stdbool.h>
#include <tgmath.h>

typedef heed_bench_case bench_case;
typedef heed_bench_space bench_space;

/* The matrices of run_gemv_stream: two small ones and a large one at a time, 31 MB together. */
enum { STREAM_COUNT = 9, STREAM = 3 * (8000 + 2 * 1000) * 256 };
_Static_assert(STREAM <= 2 * HEED_BENCH_SPACE, "they fit d and packed, which are neighbours");

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

/* A decoder's step: a vector times one matrix after another, so many that they do not stay in the cache. */
static double run_gemv_stream(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    const heed_real *packed = s->d;
    double work = 0;
    for (int i = 0; i < x->m; i++) {
        int n = i % 3 == 2 ? x->n : x->n / 8;
        kernels->gemm_packed(1, n, x->k, s->a, x->k, packed, s->c, n, false);
        packed += (size_t)n * x->k;
        work += 2.0 * n * x->k;
    }
    return work;
}

static double run_load(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    s->c[0] = kernels->load_peak((size_t)x->n, s->d);
    return (double)x->n * sizeof(heed_real);
}

/* In parentheses, so that exp is not the macro of tgmath.h. */
#define POINTWISE(name)                                                                                           \
    static double run_##name(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {            \
        (kernels->name)((size_t)x->n, s->a, s->c);                                                                \
        return x->n;                                                                                              \
    }
POINTWISE(exp)
POINTWISE(tanh)
POINTWISE(sigmoid)
POINTWISE(relu)
POINTWISE(gelu)

/* What the C library makes of it, a value at a time. */
#define POINTWISE_LIBM(name, formula)                                                                             \
    static double run_libm_##name(const heed_kernels *kernels, const bench_case *bench, const bench_space *s) {   \
        (void)kernels;                                                                                            \
        for (int i = 0; i < bench->n; i++) {                                                                      \
            heed_real x = s->a[i];                                                                                \
            s->c[i] = formula;                                                                                    \
        }                                                                                                         \
        return bench->n;                                                                                          \
    }
POINTWISE_LIBM(exp, exp(x))
POINTWISE_LIBM(tanh, tanh(x))
POINTWISE_LIBM(sigmoid, 1 / (1 + exp(-x)))

#define POINTWISE_BACKWARD(name)                                                                                  \
    static double run_##name(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {            \
        (kernels->name)((size_t)x->n, s->a, s->zero, s->c);                                                       \
        return x->n;                                                                                              \
    }
POINTWISE_BACKWARD(tanh_backward)
POINTWISE_BACKWARD(relu_backward)
POINTWISE_BACKWARD(gelu_backward)
POINTWISE_BACKWARD(softmax_backward)

static double run_softmax(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    s->d[0] = kernels->softmax((size_t)x->n, s->a, s->c);
    return x->n;
}

static double run_layer_norm(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    kernels->layer_norm((size_t)x->n, (heed_real)1e-5, s->a, s->b, s->b, s->c, s->d, s->d + 1);
    return x->n;
}

static double run_layer_norm_backward(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    kernels->layer_norm_backward((size_t)x->n, s->a, s->b, (heed_real)0.5, 1, s->zero, s->c, s->c + x->n,
                                 s->c + 2 * (size_t)x->n);
    return x->n;
}

static double run_additive(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    s->d[0] = kernels->additive_score((size_t)x->n, s->a, s->b, s->packed, s->c);
    return x->n;
}

/* The activations of one call are the pre-activations of the next: they stay between -1 and 1. */
static double run_lstm(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
    kernels->lstm_forward(x->n, s->d, s->b, s->a, s->c, s->c + x->n);
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

/* Two streams read, one of them written back. */
static double run_triad(const heed_kernels *kernels, const bench_case *x, const bench_space *s) {
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
    {"peak", FLOPS, NULL, 1, 8, 1, run_peak},
    /* cubes, then what training multiplies: projections, heads of attention, recurrent steps, logits */
    {"gemm", FLOPS, NULL, 32, 32, 32, run_gemm},
    {"gemm", FLOPS, NULL, 64, 64, 64, run_gemm},
    {"gemm", FLOPS, NULL, 128, 128, 128, run_gemm},
    {"gemm", FLOPS, NULL, 256, 256, 256, run_gemm},
    {"gemm", FLOPS, NULL, 512, 512, 512, run_gemm},
    {"gemm", FLOPS, NULL, 1024, 1024, 1024, run_gemm},
    {"gemm", FLOPS, NULL, 16, 64, 16, run_gemm},
    {"gemm", FLOPS, NULL, 32, 128, 512, run_gemm},
    {"gemm", FLOPS, NULL, 64, 1024, 256, run_gemm},
    {"gemm", FLOPS, NULL, 3200, 64, 512, run_gemm},
    {"gemm", FLOPS, NULL, 480, 256, 8000, run_gemm},
    {"gemm_bt", FLOPS, NULL, 16, 16, 64, run_gemm_bt},
    {"gemm_bt", FLOPS, NULL, 32, 512, 128, run_gemm_bt},
    {"gemm_bt", FLOPS, NULL, 64, 768, 192, run_gemm_bt},
    {"gemm_bt", FLOPS, NULL, 128, 1536, 384, run_gemm_bt},
    {"gemm_bt", FLOPS, NULL, 512, 256, 1024, run_gemm_bt},
    {"gemm_bt", FLOPS, NULL, 3200, 512, 64, run_gemm_bt},
    {"gemm_bt", FLOPS, NULL, 480, 8000, 256, run_gemm_bt},
    {"gemm_at", FLOPS, NULL, 16, 64, 16, run_gemm_at},
    {"gemm_at", FLOPS, NULL, 256, 256, 512, run_gemm_at},
    {"gemm_at", FLOPS, NULL, 512, 64, 3200, run_gemm_at},
    {"gemm_at", FLOPS, NULL, 512, 128, 3200, run_gemm_at},
    {"gemm_at", FLOPS, NULL, 1024, 256, 2048, run_gemm_at},
    {"gemm_at", FLOPS, NULL, 8000, 256, 480, run_gemm_at},
    {"gemm_packed", FLOPS, NULL, 4, 1024, 256, run_gemm_packed},
    {"gemm_int8", OPS, "gemm_packed", 4, 1024, 256, run_gemm_int8},
    {"gemm_packed", FLOPS, NULL, 8, 1024, 256, run_gemm_packed},
    {"gemm_packed", FLOPS, NULL, 32, 512, 128, run_gemm_packed},
    {"gemm_packed", FLOPS, NULL, 32, 128, 512, run_gemm_packed},
    {"gemm_packed", FLOPS, NULL, 64, 1024, 256, run_gemm_packed},
    {"gemm_int8", OPS, "gemm_packed", 64, 1024, 256, run_gemm_int8},
    /* products with one row read each weight once */
    {"load", BYTES, NULL, 1, 512 * 512, 1, run_load},
    {"gemm_packed", FLOPS, "load", 1, 512, 512, run_gemm_packed},
    {"gemm_int8", OPS, "gemm_packed", 1, 512, 512, run_gemm_int8},
    {"gemm_packed", FLOPS, "load", 1, 1024, 256, run_gemm_packed},
    {"gemm_int8", OPS, "gemm_packed", 1, 1024, 256, run_gemm_int8},
    {"load", BYTES, NULL, 1, 2048 * 1024, 1, run_load},
    {"gemm_packed", FLOPS, "load", 1, 2048, 1024, run_gemm_packed}, /* weights beyond the second cache */
    {"gemm_int8", OPS, "gemm_packed", 1, 2048, 1024, run_gemm_int8},
    {"load", BYTES, NULL, 1, STREAM, 1, run_load},
    {"gemv_stream", FLOPS, "load", STREAM_COUNT, 8000, 256, run_gemv_stream},
    {"libm_exp", VALUES, NULL, 1, 4096, 1, run_libm_exp},
    {"exp", VALUES, "libm_exp", 1, 4096, 1, run_exp},
    {"libm_tanh", VALUES, NULL, 1, 4096, 1, run_libm_tanh},
    {"tanh", VALUES, "libm_tanh", 1, 4096, 1, run_tanh},
    {"libm_sigmoid", VALUES, NULL, 1, 4096, 1, run_libm_sigmoid},
    {"sigmoid", VALUES, "libm_sigmoid", 1, 4096, 1, run_sigmoid},
    {"additive_score", VALUES, NULL, 1, 256, 1, run_additive},
    {"lstm_forward", VALUES, NULL, 1, 256, 1, run_lstm},
    {"lstm_backward", VALUES, NULL, 1, 256, 1, run_lstm_backward},
    {"dot", BYTES, NULL, 1, 4096, 1, run_dot},
    /* rows, beside the memory that they go through */
    {"triad", BYTES, NULL, 1, 256, 1, run_triad},
    {"softmax", VALUES, "triad", 1, 64, 1, run_softmax},
    {"layer_norm", VALUES, "triad", 1, 256, 1, run_layer_norm},
    {"layer_norm_backward", VALUES, "triad", 1, 256, 1, run_layer_norm_backward},
    {"triad", BYTES, NULL, 1, 8000, 1, run_triad},
    {"softmax", VALUES, "triad", 1, 8000, 1, run_softmax},
    {"softmax_backward", VALUES, "triad", 1, 8000, 1, run_softmax_backward},
    {"relu", VALUES, "triad", 1, 8000, 1, run_relu},
    {"relu_backward", VALUES, "triad", 1, 8000, 1, run_relu_backward},
    {"gelu", VALUES, "triad", 1, 8000, 1, run_gelu},
    {"gelu_backward", VALUES, "triad", 1, 8000, 1, run_gelu_backward},
    {"tanh_backward", VALUES, "triad", 1, 8000, 1, run_tanh_backward},
    {"triad", BYTES, NULL, 1, 65536, 1, run_triad},
    {"adam", BYTES, "triad", 1, 65536, 1, run_adam},
    {"triad", BYTES, NULL, 1, HEED_BENCH_SPACE / 2, 1, run_triad},
    {"adam", BYTES, "triad", 1, HEED_BENCH_SPACE / 2, 1, run_adam},
};

size_t heed_bench_reals(const heed_bench_case *bench) {
    const size_t m = (size_t)bench->m, n = (size_t)bench->n, k = (size_t)bench->k;
    const size_t columns = (n + 63) / 64 * 64; /* of a packed matrix: whole panels, whatever their width */
    size_t reals = bench->run == run_load ? n : 4 * n; /* an LSTM's gates; nothing else that is no product has more */
    if (k > 1) {
        const size_t a = m * k, b = columns * k, c = m * n;
        reals = a > b ? a : b;
        reals = (reals > c ? reals : c) + 2 * columns; /* scales and sums of int8 weights */
    }
    if (reals > HEED_BENCH_SPACE || bench->run == run_gemv_stream)
        return HEED_BENCH_SPACE;
    return (reals + 15) / 16 * 16;
}

const heed_bench_case *heed_bench_cases(int *count) {
    *count = (int)(sizeof cases / sizeof *cases);
    return cases;
}
