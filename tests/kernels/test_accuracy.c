/* exp, tanh and sigmoid on every set over the whole range of floats, against the C library in double. */
#include "guarded.h"

static double sigmoid_reference(double x) { return 1 / (1 + exp(-x)); }

/* Relative to the result; a subnormal result is as good as its spacing allows, or zero where it is `zero_below`. */
static double relative_error(double got, double want, double zero_below) {
    if (isnan(want) || isnan(got))
        return isnan(want) && isnan(got) ? 0 : INFINITY;
    if (got == want || (got == 0 && fabs(want) < zero_below))
        return 0;
    if (fabs(want) < 1.1754944e-38) /* below the smallest normal float */
        return fabs(got - want) <= 1.5 * 1.4012985e-45 ? 0 : fabs(got - want) / fmax(fabs(want), 1e-45);
    return fabs(got - want) / fabs(want);
}

static void sweep(const char *set, const char *name, void (*kernel)(size_t, const float *, float *),
                  double (*want)(double), double zero_below) {
    enum { CHUNK = 1021 }; /* odd, so that tails are swept as well */
    const uint64_t step = 2039;  /* a prime: every exponent and many mantissas */
    static float x[CHUNK], y[CHUNK];
    double worst = 0, worst_x = 0;
    long count = 0;
    for (uint64_t bits = 0; bits < (uint64_t)1 << 32;) {
        size_t n = 0;
        for (; n < CHUNK && bits < (uint64_t)1 << 32; n++, bits += step) {
            uint32_t pattern = (uint32_t)bits;
            memcpy(&x[n], &pattern, sizeof pattern);
        }
        kernel(n, x, y);
        for (size_t i = 0; i < n; i++) {
            double reference = want((double)x[i]);
            /* Beyond the largest float, half a step rounds to infinity; just below it the reference may say either. */
            if (fabs(reference) > 3.4028235e38)
                reference = copysign(INFINITY, reference);
            double error = relative_error((double)y[i], reference, zero_below);
            count++;
            if (!(error <= worst)) {
                worst = error;
                worst_x = (double)x[i];
            }
        }
    }
    printf("%s %s: largest relative error %.3g at %.9g, %ld values\n", set, name, worst, worst_x, count);
    char text[100];
    snprintf(text, sizeof text, "%s %s relative error", set, name);
    /* 2e-6 is promised, 3.5e-7 is reached: a wrong digit must not hide between. */
    heed_compare_one(text, 0, worst, 0, 4e-7);
    CHECK(count > 2000000);
}

/* GELU loses digits where exp(-x^2/2) has a large argument. */
static void gelu(const heed_kernels *kernels) {
    enum { N = 1 << 16 };
    static float x[N], y[N];
    double near = 0, far = 0;
    for (int i = 0; i < N; i++)
        x[i] = (float)i * (28.0f / N) - 13.0f; /* 0.5 x erfc(-x / sqrt(2)) is subnormal below -13 */
    kernels->gelu(N, x, y);
    for (int i = 0; i < N; i++) {
        double at = (double)x[i], error = relative_error((double)y[i], 0.5 * at * erfc(-at / sqrt(2)), 0);
        double *worst = at > -5 ? &near : &far;
        *worst = error > *worst ? error : *worst;
    }
    printf("%s gelu: largest relative error %.3g above -5, %.3g below\n", kernels->isa, near, far);
    heed_compare_one("gelu above -5", 0, near, 0, 2e-6);
    heed_compare_one("gelu below -5", 0, far, 0, 1e-5);
}

static void edges(const char *set, const char *name, void (*kernel)(size_t, const float *, float *),
                  double (*want)(double), double zero_below) {
    static const float x[] = {0, -0.0f, 1e-45f, -1e-45f, 1e-30f, 0.6249999f, 0.625f, -0.625f, 8.9f, 9.1f, -17, 88.4f,
                              88.7228f, 88.73f, 1e30f, -86.9f, -87.3365f, -88, -103.2f, -104, -1e30f, INFINITY,
                              -INFINITY, NAN};
    enum { N = sizeof x / sizeof *x };
    float y[N];
    kernel(N, x, y);
    for (size_t i = 0; i < N; i++) {
        double reference = want((double)x[i]);
        double error = relative_error((double)y[i], (double)(float)reference, zero_below);
        char text[100];
        snprintf(text, sizeof text, "%s %s(%g) = %g, want %g", set, name, (double)x[i], (double)y[i], reference);
        heed_test_report(error < 4e-7, "accuracy", 0, text);
    }
}

static void functions(const heed_kernels *kernels) {
    sweep(kernels->isa, "exp", kernels->exp, exp, 1.7e-38);
    sweep(kernels->isa, "tanh", kernels->tanh, tanh, 0);
    sweep(kernels->isa, "sigmoid", kernels->sigmoid, sigmoid_reference, 3e-39);
    edges(kernels->isa, "exp", kernels->exp, exp, 1.7e-38);
    edges(kernels->isa, "tanh", kernels->tanh, tanh, 0);
    edges(kernels->isa, "sigmoid", kernels->sigmoid, sigmoid_reference, 3e-39);
    gelu(kernels);
    float zero = -0.0f, y = 1;
    kernels->tanh(1, &zero, &y);
    CHECK(y == 0 && signbit(y)); /* odd, down to the sign of zero */
}

int main(void) {
    each_set(functions);
    return heed_test_finish("kernels_accuracy");
}
