/* What a Transformer has besides products: ReLU, GELU and layer normalization, on every set, for every size up to a few
 * vectors, against plain loops in double. */
#include "guarded.h"

#define TOLERANCE (sizeof(heed_real) == sizeof(float) ? 4e-6 : 1e-13)
enum { LONGEST = 70 };

static char name[120];
static const char *label(const heed_kernels *kernels, const char *kernel, size_t n) {
    snprintf(name, sizeof name, "%s %s n=%zu", kernels->isa, kernel, n);
    return name;
}

static double relu_of(double x) { return x > 0 ? x : 0; }
static double gelu_of(double x) { return 0.5 * x * erfc(-x / sqrt(2)); }
static double relu_slope(double x) { return x > 0; }
static double gelu_slope(double x) { return 0.5 * erfc(-x / sqrt(2)) + x * exp(-0.5 * x * x) / sqrt(2 * acos(-1)); }

static void rectifiers(const heed_kernels *kernels, size_t n) {
    const struct {
        const char *name;
        double (*want)(double), (*slope)(double);
        void (*forward)(size_t, const heed_real *, heed_real *);
        void (*backward)(size_t, const heed_real *, const heed_real *, heed_real *);
    } list[] = {{"relu", relu_of, relu_slope, kernels->relu, kernels->relu_backward},
                {"gelu", gelu_of, gelu_slope, kernels->gelu, kernels->gelu_backward}};
    for (int f = 0; f < 2; f++) {
        guarded x = guarded_random(n, 1), y = guarded_new(n, 2), dy = guarded_random(n, 3), dx = guarded_random(n, 0);
        double want[LONGEST + 1], want_dx[LONGEST + 1];
        for (size_t i = 0; i < n; i++) {
            x.data[i] *= 5;
            want[i] = list[f].want((double)x.data[i]);
            want_dx[i] = (double)dx.data[i] + (double)dy.data[i] * list[f].slope((double)x.data[i]);
        }
        label(kernels, list[f].name, n);
        list[f].forward(n, x.data, y.data);
        heed_compare_double(name, n, y.data, want, TOLERANCE);
        list[f].backward(n, x.data, dy.data, dx.data);
        heed_compare_double(name, n, dx.data, want_dx, TOLERANCE);
        list[f].forward(n, x.data, x.data); /* in place */
        heed_compare(name, n, x.data, y.data, 0);
        for (size_t i = 0; i < n; i++) {
            x.data[i] = (heed_real)NAN;
            list[f].forward(n, x.data, y.data);
            CHECK(isnan(y.data[i]));
            x.data[i] = 100, want[i] = 100;
            list[f].forward(n, x.data, y.data);
            heed_compare_one(name, i, (double)y.data[i], 100, TOLERANCE);
            x.data[i] = -100;
            list[f].forward(n, x.data, y.data);
            CHECK(y.data[i] == 0);
        }
        guarded *all[] = {&x, &y, &dy, &dx};
        for (int i = 0; i < 4; i++)
            guarded_end(all[i], name);
    }
}

typedef struct norm_case {
    guarded x, gain, bias, dy, dx, dgain, dbias;
} norm_case;

static norm_case norm_new(size_t n) {
    norm_case c = {guarded_random(n, 1), guarded_random(n, 2), guarded_random(n, 3), guarded_random(n, 0),
                   guarded_random(n, 1), guarded_random(n, 2), guarded_random(n, 3)};
    for (size_t i = 0; i < n; i++)
        c.x.data[i] = c.x.data[i] * 3 + 20; /* far from zero: the mean must be taken off before squaring */
    return c;
}

static void layer_norm(const heed_kernels *kernels, size_t n) {
    const double epsilon = 0.015625, tolerance = 10 * TOLERANCE; /* x - mean has lost a digit of x */
    norm_case c = norm_new(n);
    guarded y = guarded_new(n, 2);
    double hat[LONGEST + 1], want[LONGEST + 1], mean = 0, variance = 0, e_mean = 0, p_mean = 0;
    for (size_t i = 0; i < n; i++)
        mean += (double)c.x.data[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        variance += ((double)c.x.data[i] - mean) * ((double)c.x.data[i] - mean) / (double)n;
    double rstd = n > 0 ? 1 / sqrt(variance + epsilon) : 0;
    for (size_t i = 0; i < n; i++) {
        double e = (double)c.dy.data[i] * (double)c.gain.data[i];
        hat[i] = ((double)c.x.data[i] - mean) * rstd;
        want[i] = (double)c.gain.data[i] * hat[i] + (double)c.bias.data[i];
        e_mean += e / (double)n;
        p_mean += e * hat[i] / (double)n;
    }
    heed_real got_mean, got_rstd;
    kernels->layer_norm(n, (heed_real)epsilon, c.x.data, c.gain.data, c.bias.data, y.data, &got_mean, &got_rstd);
    heed_compare_double(label(kernels, "layer_norm", n), n, y.data, want, tolerance);
    heed_compare_one(name, 0, (double)got_mean, mean, TOLERANCE);
    heed_compare_one(name, 1, (double)got_rstd, rstd, tolerance);

    double want_dx[LONGEST + 1], want_dgain[LONGEST + 1], want_dbias[LONGEST + 1];
    for (size_t i = 0; i < n; i++) {
        double d = (double)c.dy.data[i], e = d * (double)c.gain.data[i];
        want_dx[i] = (double)c.dx.data[i] + rstd * (e - e_mean - hat[i] * p_mean);
        want_dgain[i] = (double)c.dgain.data[i] + d * hat[i];
        want_dbias[i] = (double)c.dbias.data[i] + d;
    }
    label(kernels, "layer_norm_backward", n);
    kernels->layer_norm_backward(n, c.x.data, c.gain.data, got_mean, got_rstd, c.dy.data, NULL, c.dgain.data, NULL);
    heed_compare_double(name, n, c.dgain.data, want_dgain, tolerance);
    kernels->layer_norm_backward(n, c.x.data, c.gain.data, got_mean, got_rstd, c.dy.data, c.dx.data, NULL,
                                 c.dbias.data);
    heed_compare_double(name, n, c.dx.data, want_dx, tolerance);
    heed_compare_double(name, n, c.dbias.data, want_dbias, TOLERANCE);

    heed_real in_place_mean, in_place_rstd;
    kernels->layer_norm(n, (heed_real)epsilon, c.x.data, c.gain.data, c.bias.data, c.x.data, &in_place_mean,
                        &in_place_rstd);
    heed_compare(label(kernels, "layer_norm in place", n), n, c.x.data, y.data, 0);
    CHECK(in_place_mean == got_mean && in_place_rstd == got_rstd);
    for (size_t place = 0; place < n; place += 5) { /* a NaN spoils the row, wherever it is */
        c.x.data[place] = (heed_real)NAN;
        kernels->layer_norm(n, (heed_real)epsilon, c.x.data, c.gain.data, c.bias.data, y.data, &got_mean, &got_rstd);
        for (size_t i = 0; i < n; i++)
            CHECK(isnan(y.data[i]));
        c.x.data[place] = 1;
    }
    guarded *all[] = {&c.x, &c.gain, &c.bias, &c.dy, &c.dx, &c.dgain, &c.dbias, &y};
    for (int i = 0; i < 8; i++)
        guarded_end(all[i], name);
}

static void all_sizes(const heed_kernels *kernels) {
    for (size_t n = 0; n <= LONGEST; n++) {
        rectifiers(kernels, n);
        layer_norm(kernels, n);
    }
}

int main(void) {
    each_set(all_sizes);
    return heed_test_finish("kernels_feed_forward");
}
