/* The numeric kernels. Each is written once over simd/<isa>.h and compiled once per instruction set;
 * heed_kernels_active() is the table of the set in use. All sizes may be zero. Pointers need no alignment unless said.
 * Kernels allocate nothing.
 * The order of every sum depends on sizes and strides only, never on an address, so equal inputs give equal bits; a row
 * of gemm_packed comes out the same whatever rows are computed with it.
 *
 * NaN and infinity go through as IEEE 754 arithmetic gives them; softmax of a row of -inf only is all zero. */
#ifndef HEED_KERNELS_H
#define HEED_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heed/real.h"

/* Reals of scratch that `gemm` needs, whatever its sizes (panels of A and B for one cache block); 64-byte aligned. */
#ifdef __wasm__ /* a page's memory is dear, and half the width costs at most 3 % */
enum { HEED_GEMM_BLOCK_N = 384 };
#else
enum { HEED_GEMM_BLOCK_N = 768 };
#endif
enum { HEED_GEMM_SCRATCH = 384 * (96 + HEED_GEMM_BLOCK_N) + 64 };
/* The widest row of int8 weights: its sums fit 32 bits, and the sum of its weights is exact in a float. */
enum { HEED_INT8_WIDTH = 128 * 1024 };

typedef struct heed_adam_step { /* Kingma and Ba 2015, with bias correction folded in by the caller's loop counter */
    heed_real rate, beta1, beta2, epsilon;
    heed_real correction1, correction2; /* 1 - beta1^t, 1 - beta2^t */
    heed_real weight_decay;             /* decoupled: w -= rate * weight_decay * w (AdamW); 0 is plain Adam */
    heed_real gradient_scale;           /* g is multiplied by it first: the clipping factor */
} heed_adam_step;

typedef struct heed_kernels {
    const char *isa;

    /* C[m,n] = A[m,k] B[k,n], or += when `accumulate`. Element (i,p) of A is a[i*a_row + p*a_col], element (p,j) of B
     * is b[p*b_row + j*b_col], element (i,j) of C is c[i*c_row + j]. Any stride pattern is right; one of the two
     * strides of A and of B being 1 is fast. `scratch` is HEED_GEMM_SCRATCH reals. */
    void (*gemm)(int m, int n, int k, const heed_real *a, ptrdiff_t a_row, ptrdiff_t a_col, const heed_real *b,
                 ptrdiff_t b_row, ptrdiff_t b_col, heed_real *c, ptrdiff_t c_row, bool accumulate, heed_real *scratch);

    /* B packed beforehand, for weights that are used many times: inference, and the recurrent step of a training
     * sequence. packed_size: reals that pack() writes. gemm_packed: A is row-major with row stride a_row; m = 1 is the
     * GEMV. */
    size_t (*packed_size)(int k, int n);
    void (*pack)(int k, int n, const heed_real *b, ptrdiff_t b_row, ptrdiff_t b_col, heed_real *packed);
    void (*gemm_packed)(int m, int n, int k, const heed_real *a, ptrdiff_t a_row, const heed_real *packed, heed_real *c,
                        ptrdiff_t c_row, bool accumulate);
    /* y[n] += x[k] B and meanwhile, while B is waited for, part `part` of C = A B2 with A [beside_rows, k2], B2 [k2,
     * n], C [beside_rows, n] without gaps; B and B2 packed. The parts 0 .. beside_rows - 1 make up C. The bits are
     * those of gemm_packed. Where beside_rows is 0 the registers do not suffice and it is NULL. */
    int beside_rows;
    void (*gemv_beside)(int n, int k, const heed_real *x, const heed_real *packed, heed_real *y, int k2,
                        const heed_real *a, const heed_real *packed2, heed_real *c, int part);
    /* One row of W [n, k] where the packed factor is W^T, put in and taken out: pack() in pieces. Every row must be
     * put, the last of them last. */
    void (*pack_row)(int k, int n, int row, const heed_real *w, heed_real *packed);
    void (*packed_row)(int k, int n, int row, const heed_real *packed, heed_real *w);

    /* C[m,n] = A W^T, or +=, with W [n,k] in int8: w = q * scale of its row (see int8.h for the arithmetic; k at most
     * HEED_INT8_WIDTH). Every row of A is quantised to 7 bits between its least and its largest value; the sums are of
     * integers, so all instruction sets give the same bits. A row of A with a NaN or an infinity gives a row of NaN.
     * The first rows of a packed W, like those of pack(), are a packed matrix of their own.
     * int8_size: bytes of a packed W. int8_pack puts rows row .. row + count - 1, w [count, k]; every row must be put,
     * the last of them last. int8_scale sets the scale of a row, before or after. int8_row takes a row out as reals.
     * `scratch` is that of gemm. */
    size_t (*int8_size)(int k, int n);
    void (*int8_pack)(int k, int n, int row, int count, const int8_t *w, void *packed);
    void (*int8_scale)(int k, int n, int row, heed_real scale, void *packed);
    void (*int8_row)(int k, int n, int row, const void *packed, heed_real *w);
    void (*gemm_int8)(int m, int n, int k, const heed_real *a, ptrdiff_t a_row, const void *packed, heed_real *c,
                      ptrdiff_t c_row, bool accumulate, heed_real *scratch);

    /* y[i] = f(x[i]); y may be x. In float exp, tanh and sigmoid have a relative error below 2e-6 (of subnormal results:
     * half their spacing more) over the whole range, but that results of exp below 1.7e-38 (x < -86.9) and of sigmoid
     * below 3e-39 are zero. exp(-inf) is 0, exp(inf) and what overflows inf; a NaN stays. */
    void (*exp)(size_t n, const heed_real *x, heed_real *y);
    void (*tanh)(size_t n, const heed_real *x, heed_real *y);
    void (*sigmoid)(size_t n, const heed_real *x, heed_real *y);

    /* y += a * x; y *= a; sums */
    void (*axpy)(size_t n, heed_real a, const heed_real *x, heed_real *y);
    void (*scale)(size_t n, heed_real a, heed_real *y);
    heed_real (*dot)(size_t n, const heed_real *x, const heed_real *y);
    double (*sum_squares)(size_t n, const heed_real *x); /* accumulated in double over blocks of 4096 */

    /* y = softmax(x) over n values, the maximum subtracted first; y may be x. Returns log(sum(exp(x))). */
    heed_real (*softmax)(size_t n, const heed_real *x, heed_real *y);
    /* dx += y * (dy - sum(y * dy)) */
    void (*softmax_backward)(size_t n, const heed_real *y, const heed_real *dy, heed_real *dx);
    /* dx += dy * (1 - y^2) and dx += dy * y * (1 - y) */
    void (*tanh_backward)(size_t n, const heed_real *y, const heed_real *dy, heed_real *dx);
    void (*sigmoid_backward)(size_t n, const heed_real *y, const heed_real *dy, heed_real *dx);

    /* y = max(x, 0); y may be x. dx += dy where y > 0; x serves for y as well. */
    void (*relu)(size_t n, const heed_real *x, heed_real *y);
    void (*relu_backward)(size_t n, const heed_real *y, const heed_real *dy, heed_real *dx);
    /* y = x Phi(x), Phi the distribution function of the standard normal (Hendrycks and Gimpel 2016, the exact form);
     * y may be x. Relative error below 2e-6 for x > -5, below 1e-5 further down. dx += dy (Phi(x) + x Phi'(x)). */
    void (*gelu)(size_t n, const heed_real *x, heed_real *y);
    void (*gelu_backward)(size_t n, const heed_real *x, const heed_real *dy, heed_real *dx);

    /* y = gain * xhat + bias with xhat = (x - mean) * rstd, mean and variance those of the n values of x, rstd =
     * 1 / sqrt(variance + epsilon) (Ba, Kiros, Hinton 2016). Keeps *mean and *rstd. y may be x. */
    void (*layer_norm)(size_t n, heed_real epsilon, const heed_real *x, const heed_real *gain, const heed_real *bias,
                       heed_real *y, heed_real *mean, heed_real *rstd);
    /* Its gradient: dgain += dy * xhat, dbias += dy, and with e = dy * gain and averages over the row
     * dx += rstd * (e - average(e) - xhat * average(e * xhat)). Each of dx, dgain, dbias may be NULL: not wanted. */
    void (*layer_norm_backward)(size_t n, const heed_real *x, const heed_real *gain, heed_real mean, heed_real rstd,
                                const heed_real *dy, heed_real *dx, heed_real *dgain, heed_real *dbias);

    /* sum_j v[j] * tanh(q[j] + k[j]): one score of additive attention (Bahdanau 2015); keeps the tanh in t[0..n). */
    heed_real (*additive_score)(size_t n, const heed_real *q, const heed_real *k, const heed_real *v, heed_real *t);
    /* Its gradient for ds: dv += ds * t, and with e = ds * v * (1 - t^2): dq += e, dk += e. */
    void (*additive_score_backward)(size_t n, heed_real ds, const heed_real *t, const heed_real *v, heed_real *dq,
                                    heed_real *dk, heed_real *dv);

    /* One LSTM step of one row (Hochreiter and Schmidhuber 1997, Gers 2000; PyTorch's gate order i, f, g, o).
     * gates[4h]: pre-activations but for bias[4h] in, activations out; c = f*c_prev + i*g; y = o*tanh(c). c may be
     * c_prev. */
    void (*lstm_forward)(int h, heed_real *gates, const heed_real *bias, const heed_real *c_prev, heed_real *c,
                         heed_real *y);
    /* Given dy and dc (the gradient that came back from step t+1): dgates[4h] of the pre-activations, and dc in place
     * becomes the gradient for c_prev. `gates` are the activations, c the cell after this step; dgates may be gates. */
    void (*lstm_backward)(int h, const heed_real *gates, const heed_real *c_prev, const heed_real *c,
                          const heed_real *dy, heed_real *dc, heed_real *dgates);

    void (*adam)(size_t n, const heed_adam_step *step, const heed_real *gradient, heed_real *m, heed_real *v,
                 heed_real *weight);

    /* w and v, whose product is to change, and their sums of squares: see glove_step.h. */
    void (*glove_step)(size_t n, heed_real g, heed_real rate, heed_real *w, heed_real *v, heed_real *sw, heed_real *sv);

    /* Register-only multiply-add loop: does `rounds` rounds of `*flops_per_round` floating-point operations and returns
     * a value that depends on all of them. The peak that benchmarks divide by. */
    heed_real (*peak)(int64_t rounds, int64_t *flops_per_round);
    /* The sum of x[0..n), in many sums so that loads are all that takes time. The peak for kernels that read memory
     * once. */
    heed_real (*load_peak)(size_t n, const heed_real *x);
} heed_kernels;

/* The table of the set in use (see heed/isa.h); never NULL. */
const heed_kernels *heed_kernels_active(void);
/* The table of the set `name`, or NULL when it is not built in or this machine cannot run it. For tests and
 * benchmarks. */
const heed_kernels *heed_kernels_named(const char *name);

#endif
