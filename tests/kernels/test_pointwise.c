/* The kernels other than gemm, on every set, for every size up to a few vectors, against plain loops in double. */
#include "guarded.h"

#define TOLERANCE (sizeof(heed_real) == sizeof(float) ? 4e-6 : 1e-13)
enum { LONGEST = 70 };

static char name[120];
static const char *label(const heed_kernels *kernels, const char *kernel, size_t n) {
    snprintf(name, sizeof name, "%s %s n=%zu", kernels->isa, kernel, n);
    return name;
}

static double sigmoid_of(double x) { return 1 / (1 + exp(-x)); }

static void functions(const heed_kernels *kernels, size_t n) {
    static const struct {
        const char *name;
        double (*want)(double);
    } list[] = {{"exp", exp}, {"tanh", tanh}, {"sigmoid", sigmoid_of}};
    void (*const calls[])(size_t, const heed_real *, heed_real *) = {kernels->exp, kernels->tanh, kernels->sigmoid};
    for (int f = 0; f < 3; f++) {
        guarded x = guarded_random(n, 1), y = guarded_new(n, 2);
        double want[LONGEST + 1];
        for (size_t i = 0; i < n; i++) {
            x.data[i] *= 5;
            want[i] = list[f].want((double)x.data[i]);
        }
        calls[f](n, x.data, y.data);
        heed_compare_double(label(kernels, list[f].name, n), n, y.data, want, TOLERANCE);
        calls[f](n, x.data, x.data); /* in place */
        heed_compare(name, n, x.data, y.data, 0);
        guarded_end(&x, name);
        guarded_end(&y, name);
    }
}

static void vectors(const heed_kernels *kernels, size_t n) {
    guarded x = guarded_random(n, 1), y = guarded_random(n, 2), z = guarded_random(n, 3);
    double want[LONGEST + 1], dot = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        dot += (double)x.data[i] * (double)y.data[i];
        squares += (double)x.data[i] * (double)x.data[i];
        want[i] = (double)y.data[i] + (double)(heed_real)0.7 * (double)x.data[i];
    }
    heed_compare_one(label(kernels, "dot", n), 0, (double)kernels->dot(n, x.data, y.data), dot, TOLERANCE);
    heed_compare_one(label(kernels, "sum_squares", n), 0, kernels->sum_squares(n, x.data), squares, TOLERANCE);
    kernels->axpy(n, (heed_real)0.7, x.data, y.data);
    heed_compare_double(label(kernels, "axpy", n), n, y.data, want, TOLERANCE);
    for (size_t i = 0; i < n; i++)
        want[i] = -3 * (double)y.data[i];
    kernels->scale(n, -3, y.data);
    heed_compare_double(label(kernels, "scale", n), n, y.data, want, TOLERANCE);

    /* Gradients add to what is there. */
    double tanh_want[LONGEST + 1], sigmoid_want[LONGEST + 1];
    guarded s = guarded_copy(&z, 0);
    for (size_t i = 0; i < n; i++) {
        double v = (double)x.data[i], d = (double)y.data[i];
        tanh_want[i] = (double)z.data[i] + d * (1 - v * v);
        sigmoid_want[i] = (double)z.data[i] + d * v * (1 - v);
    }
    kernels->tanh_backward(n, x.data, y.data, z.data);
    heed_compare_double(label(kernels, "tanh_backward", n), n, z.data, tanh_want, TOLERANCE);
    kernels->sigmoid_backward(n, x.data, y.data, s.data);
    heed_compare_double(label(kernels, "sigmoid_backward", n), n, s.data, sigmoid_want, TOLERANCE);
    guarded_end(&x, name);
    guarded_end(&y, name);
    guarded_end(&z, name);
    guarded_end(&s, name);
}

static void softmaxes(const heed_kernels *kernels, size_t n) {
    guarded x = guarded_random(n, 1), y = guarded_new(n, 2), dy = guarded_random(n, 3), dx = guarded_random(n, 0);
    double want[LONGEST + 1], sum = 0, mean = 0;
    for (size_t i = 0; i < n; i++) {
        x.data[i] = x.data[i] * 20 + 300; /* exp(300) overflows a float: the maximum must be taken off */
        sum += exp((double)x.data[i] - 300);
    }
    for (size_t i = 0; i < n; i++)
        want[i] = exp((double)x.data[i] - 300) / sum;
    heed_real log_sum = kernels->softmax(n, x.data, y.data);
    heed_compare_one(label(kernels, "softmax", n), 0, (double)log_sum, n > 0 ? log(sum) + 300 : -INFINITY, TOLERANCE);
    heed_compare_double(name, n, y.data, want, TOLERANCE);
    for (size_t i = 0; i < n; i++)
        mean += (double)y.data[i] * (double)dy.data[i];
    for (size_t i = 0; i < n; i++)
        want[i] = (double)dx.data[i] + (double)y.data[i] * ((double)dy.data[i] - mean);
    kernels->softmax_backward(n, y.data, dy.data, dx.data);
    heed_compare_double(label(kernels, "softmax_backward", n), n, dx.data, want, TOLERANCE);
    kernels->softmax(n, x.data, x.data); /* in place */
    heed_compare(label(kernels, "softmax in place", n), n, x.data, y.data, 0);
    guarded_end(&x, name);
    guarded_end(&y, name);
    guarded_end(&dy, name);
    guarded_end(&dx, name);
}

static void softmax_special(const heed_kernels *kernels, size_t n) {
    const heed_real inf = (heed_real)INFINITY;
    guarded x = guarded_new(n, 1), y = guarded_new(n, 2), want = guarded_new(n, 0);
    for (size_t i = 0; i < n; i++)
        x.data[i] = -inf, want.data[i] = 0;
    CHECK(kernels->softmax(n, x.data, y.data) == -inf);
    heed_compare(label(kernels, "softmax of -inf", n), n, y.data, want.data, 0);
    for (size_t place = 0; place < n; place += 3) {
        x.data[place] = 2; /* one value among -inf takes all */
        want.data[place] = 1;
        heed_compare_one(name, place, (double)kernels->softmax(n, x.data, y.data), 2, TOLERANCE);
        heed_compare(label(kernels, "softmax of one", n), n, y.data, want.data, 0);
        want.data[place] = 0;
        x.data[place] = (heed_real)NAN; /* and a NaN spoils the row, wherever it is */
        CHECK(isnan(kernels->softmax(n, x.data, y.data)));
        for (size_t i = 0; i < n; i++)
            CHECK(isnan(y.data[i]));
        x.data[place] = -inf;
    }
    guarded_end(&x, name);
    guarded_end(&y, name);
    guarded_end(&want, name);
}

static void attention(const heed_kernels *kernels, size_t n) {
    guarded q = guarded_random(n, 1), k = guarded_random(n, 2), v = guarded_random(n, 3), t = guarded_new(n, 0);
    guarded dq = guarded_random(n, 1), dk = guarded_random(n, 2), dv = guarded_random(n, 3);
    double want_t[LONGEST + 1], want_q[LONGEST + 1], want_k[LONGEST + 1], want_v[LONGEST + 1], sum = 0, ds = -0.75;
    for (size_t i = 0; i < n; i++) {
        want_t[i] = tanh((double)(q.data[i] + k.data[i]));
        sum += want_t[i] * (double)v.data[i];
        double e = ds * (double)v.data[i] * (1 - want_t[i] * want_t[i]);
        want_q[i] = (double)dq.data[i] + e;
        want_k[i] = (double)dk.data[i] + e;
        want_v[i] = (double)dv.data[i] + ds * want_t[i];
    }
    heed_real score = kernels->additive_score(n, q.data, k.data, v.data, t.data);
    heed_compare_one(label(kernels, "additive_score", n), 0, (double)score, sum, TOLERANCE);
    heed_compare_double(name, n, t.data, want_t, TOLERANCE);
    kernels->additive_score_backward(n, (heed_real)ds, t.data, v.data, dq.data, dk.data, dv.data);
    label(kernels, "additive_score_backward", n);
    heed_compare_double(name, n, dq.data, want_q, TOLERANCE);
    heed_compare_double(name, n, dk.data, want_k, TOLERANCE);
    heed_compare_double(name, n, dv.data, want_v, TOLERANCE);
    guarded *all[] = {&q, &k, &v, &t, &dq, &dk, &dv};
    for (int i = 0; i < 7; i++)
        guarded_end(all[i], name);
}

static void lstm(const heed_kernels *kernels, size_t h) {
    guarded gates = guarded_random(4 * h, 1), before = guarded_random(h, 2);
    guarded c = guarded_new(h, 3), y = guarded_new(h, 0);
    guarded dy = guarded_random(h, 1), dc = guarded_random(h, 2), dgates = guarded_new(4 * h, 3);
    guarded bias = guarded_random(4 * h, 3), dc2 = guarded_copy(&dc, 1);
    double want_gates[4 * LONGEST + 1], want_c[LONGEST + 1], want_y[LONGEST + 1], want_dgates[4 * LONGEST + 1],
        want_dc[LONGEST + 1];
    for (size_t j = 0; j < h; j++) {
        double sums[4];
        for (size_t k = 0; k < 4; k++)
            sums[k] = (double)gates.data[k * h + j] + (double)bias.data[k * h + j];
        double in = sigmoid_of(sums[0]), forget = sigmoid_of(sums[1]), cell = tanh(sums[2]), out = sigmoid_of(sums[3]);
        double old = (double)before.data[j], state = forget * old + in * cell, t = tanh(state);
        want_gates[j] = in, want_gates[h + j] = forget, want_gates[2 * h + j] = cell, want_gates[3 * h + j] = out;
        want_c[j] = state, want_y[j] = out * t;
        double d = (double)dy.data[j], dstate = (double)dc.data[j] + d * out * (1 - t * t);
        want_dgates[j] = dstate * cell * in * (1 - in);
        want_dgates[h + j] = dstate * old * forget * (1 - forget);
        want_dgates[2 * h + j] = dstate * in * (1 - cell * cell);
        want_dgates[3 * h + j] = d * t * out * (1 - out);
        want_dc[j] = dstate * forget;
    }
    guarded raw = guarded_copy(&gates, 2), in_place = guarded_copy(&before, 1), y2 = guarded_new(h, 3);
    label(kernels, "lstm_forward", h);
    kernels->lstm_forward((int)h, gates.data, bias.data, before.data, c.data, y.data);
    heed_compare_double(name, 4 * h, gates.data, want_gates, TOLERANCE);
    heed_compare_double(name, h, c.data, want_c, TOLERANCE);
    heed_compare_double(name, h, y.data, want_y, TOLERANCE);
    kernels->lstm_forward((int)h, raw.data, bias.data, in_place.data, in_place.data, y2.data);
    heed_compare(name, h, in_place.data, c.data, 0);
    heed_compare(name, h, y2.data, y.data, 0);
    label(kernels, "lstm_backward", h);
    kernels->lstm_backward((int)h, gates.data, before.data, c.data, dy.data, dc.data, dgates.data);
    heed_compare_double(name, 4 * h, dgates.data, want_dgates, TOLERANCE);
    heed_compare_double(name, h, dc.data, want_dc, TOLERANCE);
    kernels->lstm_backward((int)h, gates.data, before.data, c.data, dy.data, dc2.data, gates.data);
    heed_compare(name, 4 * h, gates.data, dgates.data, 0);
    guarded *all[] = {&gates, &bias, &before, &c, &y, &dy, &dc, &dc2, &dgates, &raw, &in_place, &y2};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        guarded_end(all[i], name);
}

/* Gates that are all but open or shut stay between 0 and 1; a NaN stays one. */
static void lstm_saturated(const heed_kernels *kernels) {
    static const double sums[] = {-INFINITY, -1e4, -40, -17.5, -17.3, -9, 9, 17.3, 17.5, 40, 1e4, INFINITY, NAN};
    enum { H = sizeof sums / sizeof *sums };
    heed_real gates[4 * H], bias[4 * H] = {0}, c[H], y[H];
    for (size_t j = 0; j < 4 * H; j++)
        gates[j] = (heed_real)sums[j % H];
    for (size_t j = 0; j < H; j++)
        c[j] = (heed_real)0.5;
    kernels->lstm_forward(H, gates, bias, c, c, y);
    label(kernels, "lstm_forward, saturated", H);
    for (size_t j = 0; j < 4 * H; j++) {
        const double sum = sums[j % H], gate = (double)gates[j];
        if (isnan(sum))
            CHECK(isnan(gate) && isnan(c[H - 1]) && isnan(y[H - 1]));
        else if (j / H != 2) /* the cell's is a tanh */
            CHECK(gate >= 0 && gate <= 1 && fabs(gate - sigmoid_of(sum)) < 2e-7);
    }
}

static void adam(const heed_kernels *kernels, size_t n) {
    heed_adam_step s = {(heed_real)0.01, (heed_real)0.9, (heed_real)0.99, (heed_real)1e-6, (heed_real)0.271,
                        (heed_real)0.0297, (heed_real)0.05, (heed_real)0.5};
    guarded g = guarded_random(n, 1), m = guarded_random(n, 2), v = guarded_random(n, 3), w = guarded_random(n, 0);
    double want_m[LONGEST + 1], want_v[LONGEST + 1], want_w[LONGEST + 1];
    for (size_t i = 0; i < n; i++) {
        v.data[i] *= v.data[i];
        double d = (double)s.gradient_scale * (double)g.data[i], b1 = (double)s.beta1, b2 = (double)s.beta2;
        want_m[i] = b1 * (double)m.data[i] + (1 - b1) * d;
        want_v[i] = b2 * (double)v.data[i] + (1 - b2) * d * d;
        double root = sqrt(want_v[i] / (double)s.correction2) + (double)s.epsilon;
        want_w[i] = (double)w.data[i] - (double)s.rate * (want_m[i] / (double)s.correction1 / root +
                                                          (double)s.weight_decay * (double)w.data[i]);
    }
    kernels->adam(n, &s, g.data, m.data, v.data, w.data);
    label(kernels, "adam", n);
    heed_compare_double(name, n, m.data, want_m, TOLERANCE);
    heed_compare_double(name, n, v.data, want_v, TOLERANCE);
    heed_compare_double(name, n, w.data, want_w, TOLERANCE);
    guarded *all[] = {&g, &m, &v, &w};
    for (int i = 0; i < 4; i++)
        guarded_end(all[i], name);
}

static void glove(const heed_kernels *kernels, size_t n) {
    enum { ARRAYS = 4 }; /* w, v and their sums of squares */
    const double g = (double)(heed_real)0.3, rate = (double)(heed_real)0.05;
    guarded array[ARRAYS];
    double want[ARRAYS][LONGEST + 1];
    for (size_t k = 0; k < ARRAYS; k++)
        array[k] = guarded_random(n, k);
    for (size_t i = 0; i < n; i++) {
        const double w = (double)array[0].data[i], v = (double)array[1].data[i];
        for (int k = 2; k < ARRAYS; k++)
            array[k].data[i] += (heed_real)1.5;
        want[2][i] = (double)array[2].data[i] + g * v * g * v;
        want[3][i] = (double)array[3].data[i] + g * w * g * w;
        want[0][i] = w - rate * g * v / sqrt(want[2][i]);
        want[1][i] = v - rate * g * w / sqrt(want[3][i]);
    }
    kernels->glove_step(n, (heed_real)g, (heed_real)rate, array[0].data, array[1].data, array[2].data, array[3].data);
    for (int k = 0; k < ARRAYS; k++) {
        heed_compare_double(label(kernels, "glove_step", n), n, array[k].data, want[k], TOLERANCE);
        guarded_end(&array[k], name);
    }
}

static void all_sizes(const heed_kernels *kernels) {
    for (size_t n = 0; n <= LONGEST; n++) {
        functions(kernels, n);
        vectors(kernels, n);
        softmaxes(kernels, n);
        softmax_special(kernels, n);
        attention(kernels, n);
        lstm(kernels, n);
        adam(kernels, n);
        glove(kernels, n);
    }
    lstm_saturated(kernels);
    /* sum_squares beyond its block of 4096 */
    guarded x = guarded_random(10001, 1);
    double squares = 0;
    for (size_t i = 0; i < x.n; i++)
        squares += (double)x.data[i] * (double)x.data[i];
    heed_compare_one(label(kernels, "sum_squares", x.n), 0, kernels->sum_squares(x.n, x.data), squares, TOLERANCE);
    guarded_end(&x, name);
    int64_t flops = 0;
    heed_real value = kernels->peak(10, &flops);
    CHECK(flops > 0);
    CHECK(value == value);
    for (size_t n = 0; n <= 4 * LONGEST; n++) {
        guarded ones = guarded_new(n, 1);
        for (size_t i = 0; i < n; i++)
            ones.data[i] = 1;
        CHECK(kernels->load_peak(n, ones.data) == (heed_real)n); /* it has read each of them once */
        guarded_end(&ones, "load_peak");
    }
}

int main(void) {
    each_set(all_sizes);
    return heed_test_finish("kernels_pointwise");
}
