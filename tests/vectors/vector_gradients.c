/* What the steps of word vectors subtract, against central differences of the losses as they stand in the headers; in
 * double. A step at rate 1 subtracts the gradient itself; of GloVe's AdaGrad step the sums of squares say what it was
 * divided by. */
#include <math.h>

#include "compare.h"
#include "vectors/glove.h"
#include "vectors/windows.h"

enum { WORDS = 7, DIM_MAX = 9, TARGETS_MAX = 6, BLOCK = WORDS * (DIM_MAX + 1) };
static const double tolerance = 2e-8, width = 1e-4;

typedef struct example {
    const char *method;
    int dim;
    int32_t line[6];
    int n, center;
    int32_t targets[TARGETS_MAX];
    int target_count;
    double count; /* of GloVe */
} example;

static const example examples[] = {
    {"cbow", 1, {0, 1}, 2, 0, {0, 3}, 2, 0},
    {"cbow", 5, {2, 1, 4, 6, 3}, 5, 2, {4, 0, 5, 1}, 4, 0},
    {"cbow", 9, {2, 2, 4, 2}, 4, 2, {4, 0, 0, 2, 6, 0}, 6, 0}, /* the same word several times */
    {"skip_gram", 1, {3}, 1, 0, {2}, 1, 0},
    {"skip_gram", 5, {0}, 1, 0, {6, 1, 2, 3}, 4, 0},
    {"skip_gram", 9, {1}, 1, 0, {1, 5, 5, 5, 0}, 5, 0},
    {"glove", 1, {0, 1}, 2, 0, {0}, 0, 0.5},
    {"glove", 5, {6, 2}, 2, 0, {0}, 0, 30},
    {"glove", 9, {3, 3}, 2, 0, {0}, 0, 250},
};

typedef struct table {
    double a[BLOCK], b[BLOCK]; /* input and output, or w and v */
} table;

static double log_sigmoid(double x)
{
    return x < 0 ? x - log1p(exp(x)) : -log1p(exp(-x));
}

static double dot(const double *x, const double *y, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

static double negative_loss(const example *e, const table *t, const double *h)
{
    double loss = 0;
    for (int k = 0; k < e->target_count; k++)
        loss -= log_sigmoid((k == 0 ? 1 : -1) * dot(t->b + e->targets[k] * e->dim, h, e->dim));
    return loss;
}

static double loss_of(const example *e, const table *t)
{
    const int dim = e->dim;
    if (strcmp(e->method, "skip_gram") == 0)
        return negative_loss(e, t, t->a + e->line[0] * dim);
    if (strcmp(e->method, "cbow") == 0) {
        double h[DIM_MAX] = {0};
        for (int c = 0; c < e->n; c++)
            for (int i = 0; i < dim && c != e->center; i++)
                h[i] += t->a[e->line[c] * dim + i] / (e->n - 1);
        return negative_loss(e, t, h);
    }
    const double *w = t->a + e->line[0] * (dim + 1), *v = t->b + e->line[1] * (dim + 1);
    const double d = dot(w, v, dim) + w[dim] + v[dim] - log((double)(float)e->count);
    return 0.5 * (e->count < 100 ? pow(e->count / 100, 0.75) : 1) * d * d;
}

/* Takes the step; the gradient that it went down, and J. */
static double run_step(const example *e, const table *t, table *gradient)
{
    static heed_real a[BLOCK], b[BLOCK], sa[BLOCK], sb[BLOCK];
    heed_real hidden[DIM_MAX], change[DIM_MAX], scores[TARGETS_MAX];
    int32_t targets[TARGETS_MAX];
    heed_vector_training training = {.dim = e->dim, .words = WORDS, .kernels = heed_kernels_active(), .input = a, .output = b};
    heed_vector_worker worker = {.rate = 1, .hidden = hidden, .change = change, .targets = targets, .scores = scores,
                                 .target_count = e->target_count, .chance = 1};
    training.recipe.settings = (heed_vector_settings){.x_max = 100, .alpha = 0.75};
    memcpy(targets, e->targets, sizeof targets);
    memcpy(a, t->a, sizeof a);
    memcpy(b, t->b, sizeof b);
    for (int i = 0; i < BLOCK; i++)
        sa[i] = sb[i] = 1;
    double loss;
    if (strcmp(e->method, "glove") == 0) {
        const heed_glove glove = {.w = a, .v = b, .sw = sa, .sv = sb};
        const heed_glove_pair pair = {e->line[0], e->line[1], (float)e->count};
        loss = heed_glove_step(&training, &glove, &pair, 1);
    } else {
        if (strcmp(e->method, "cbow") == 0)
            heed_cbow_step(&training, &worker, e->line, e->center, 0, e->n - 1);
        else
            heed_skip_gram_step(&training, &worker, e->line[0]);
        loss = heed_negative_loss(&worker);
    }
    for (int i = 0; i < BLOCK; i++) {
        gradient->a[i] = (t->a[i] - a[i]) * sqrt(sa[i]);
        gradient->b[i] = (t->b[i] - b[i]) * sqrt(sb[i]);
    }
    return loss;
}

static double worst;

static void check_block(const example *e, table *t, double *values, const double *gradient, int size)
{
    for (int i = 0; i < size; i++) {
        const double kept = values[i];
        values[i] = kept + width;
        const double above = loss_of(e, t);
        values[i] = kept - width;
        const double below = loss_of(e, t);
        values[i] = kept;
        const double want = (above - below) / (2 * width);
        worst = fmax(worst, fabs(gradient[i] - want) / fmax(1, fabs(want)));
        heed_compare_one(e->method, (size_t)i, gradient[i], want, tolerance);
    }
}

/* No method of the list is left out. */
static void check_coverage(void)
{
    static const char *const methods[] = {
#define HEED_VECTOR_METHOD(name) #name,
#include "vectors/vector_methods.def"
#undef HEED_VECTOR_METHOD
    };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        int cases = 0;
        for (size_t k = 0; k < sizeof examples / sizeof *examples; k++)
            cases += strcmp(examples[k].method, methods[i]) == 0;
        CHECK(cases >= 3);
    }
}

int main(void)
{
    check_coverage();
    heed_rng rng;
    heed_rng_seed(&rng, 1, 2);
    for (size_t k = 0; k < sizeof examples / sizeof *examples; k++) {
        const example *e = &examples[k];
        static table t, gradient;
        const int size = WORDS * (e->dim + (strcmp(e->method, "glove") == 0));
        for (int i = 0; i < BLOCK; i++) {
            t.a[i] = heed_rng_normal(&rng) / 2;
            t.b[i] = heed_rng_normal(&rng) / 2;
        }
        const double loss = run_step(e, &t, &gradient);
        heed_compare_one("loss", k, loss, loss_of(e, &t), 1e-9);
        check_block(e, &t, t.a, gradient.a, size);
        check_block(e, &t, t.b, gradient.b, size);
        double largest = 0;
        for (int i = 0; i < size; i++)
            largest = fmax(largest, fabs(gradient.a[i]));
        CHECK(0.001 * largest > 100 * tolerance); /* a factor that is wrong by a thousandth would be seen */
    }
    printf("worst error %.2g, tolerance %g\n", worst, tolerance);
    return heed_test_finish("vector_gradients");
}
