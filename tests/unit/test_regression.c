/* Regression: against numbers by hand and by another way, and what has to hold for any data. The comparison with numpy
 * and PyTorch is tests/golden. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "compare.h"
#include "heed/regression.h"
#include "test.h"

enum { ROWS = 40, COLUMNS = 4 };

typedef struct data {
    double x[ROWS * COLUMNS], y[ROWS];
} data;

static data make(uint64_t seed) {
    data d;
    heed_rng rng;
    heed_rng_seed(&rng, seed, 0);
    for (int i = 0; i < ROWS; i++) {
        double *x = d.x + i * COLUMNS;
        for (int c = 0; c < COLUMNS; c++)
            x[c] = (c + 1) * (2 * heed_rng_uniform(&rng) - 1) + c; /* of different sizes and means */
        d.y[i] = 3 + 2 * x[0] - x[1] + 0.1 * x[3] + heed_rng_uniform(&rng);
    }
    return d;
}

static heed_regression fit(const data *d, heed_regression_options options) {
    heed_regression r;
    heed_error error = {0};
    CHECK_OK(heed_regress(d->x, d->y, ROWS, COLUMNS, &options, &r, &error), &error);
    return r;
}

static void same(const char *what, const heed_regression *a, const heed_regression *b, double tolerance) {
    heed_compare_one(what, 0, a->intercept, b->intercept, tolerance);
    for (int j = 0; j < a->features; j++)
        heed_compare_one(what, (size_t)j + 1, a->coefficients[j], b->coefficients[j], tolerance);
}

/* The line through (0, 1), (1, 3), (2, 4): slope 1.5, intercept 7/6. */
static void by_hand(void) {
    static const double x[] = {0, 1, 2}, y[] = {1, 3, 4};
    heed_regression r;
    heed_error error = {0};
    double at[2];
    CHECK_OK(heed_regress(x, y, 3, 1, NULL, &r, &error), &error);
    heed_compare_one("slope", 0, r.coefficients[0], 1.5, 1e-12);
    heed_compare_one("intercept", 0, r.intercept, 7.0 / 6, 1e-12);
    heed_compare_one("residual", 1, r.residuals[1], 3 - 1.5 - 7.0 / 6, 1e-12);
    heed_compare_one("mse", 0, r.mse, (1.0 / 36 + 1.0 / 9 + 1.0 / 36) / 3, 1e-12);
    heed_compare_one("r2", 0, r.r2, 1 - (1.0 / 6) / (14.0 / 3), 1e-12);
    heed_compare_one("inflation", 0, r.inflation[0], 1, 1e-12);
    CHECK(r.converged && r.steps == 0);
    heed_regression_predict(&r, (const double[]){10, -1}, 2, at);
    heed_compare_one("prediction", 0, at[0], 15 + 7.0 / 6, 1e-12);
    heed_compare_one("prediction", 1, at[1], -1.5 + 7.0 / 6, 1e-12);
    heed_regression_free(&r);
    heed_regression_free(&r);
}

static void ways_agree(void) {
    for (uint64_t seed = 0; seed < 20; seed++) {
        const data d = make(seed);
        const bool standardise = seed % 2;
        const double l2 = seed % 3 == 0 ? 0 : 0.3;
        heed_regression normal = fit(&d, (heed_regression_options){.l2 = l2, .standardise = standardise});
        for (int method = HEED_REGRESSION_GRADIENT; method <= HEED_REGRESSION_COORDINATES; method++) {
            const heed_regression_options options = {.method = (heed_regression_method)method, .l2 = l2,
                                                     .standardise = standardise, .steps = 100000};
            heed_regression other = fit(&d, options);
            CHECK(other.converged && other.steps > 1);
            same(heed_regression_methods[method], &other, &normal, 1e-8);
            heed_regression_free(&other);
        }
        heed_regression lasso[2];
        for (int k = 0; k < 2; k++)
            lasso[k] = fit(&d, (heed_regression_options){.l1 = 0.2, .l2 = l2, .standardise = standardise, .steps = 100000,
                                                         .method = k ? HEED_REGRESSION_GRADIENT : HEED_REGRESSION_AUTO});
        CHECK(lasso[0].converged && lasso[1].converged);
        same("lasso", &lasso[0], &lasso[1], 1e-8);
        for (int k = 0; k < 2; k++)
            heed_regression_free(&lasso[k]);
        heed_regression_free(&normal);
    }
}

/* No step from the fit to a neighbour makes the loss smaller: it is a minimum, with every penalty. */
static void is_a_minimum(void) {
    const data d = make(5);
    const heed_regression_options options = {.l1 = 0.1, .l2 = 0.2};
    heed_regression r = fit(&d, options);
    for (int j = 0; j <= COLUMNS; j++)
        for (int sign = -1; sign <= 1; sign += 2) {
            double loss = 0;
            for (int i = 0; i < ROWS; i++) {
                double prediction = r.intercept + (j == COLUMNS ? sign * 1e-3 : 0);
                for (int c = 0; c < COLUMNS; c++)
                    prediction += (r.coefficients[c] + (c == j ? sign * 1e-3 : 0)) * d.x[i * COLUMNS + c];
                loss += (d.y[i] - prediction) * (d.y[i] - prediction) / (2 * ROWS);
            }
            for (int c = 0; c < COLUMNS; c++) {
                const double b = r.coefficients[c] + (c == j ? sign * 1e-3 : 0);
                loss += options.l1 * fabs(b) + options.l2 / 2 * b * b;
            }
            CHECK(loss > r.loss);
        }
    heed_regression_free(&r);
}

static void penalties_shrink(void) {
    const data d = make(3);
    double before = INFINITY, fitted = -1;
    for (double l2 = 0; l2 < 100; l2 = l2 * 3 + 0.01) {
        heed_regression r = fit(&d, (heed_regression_options){.l2 = l2, .standardise = true});
        double size = 0;
        for (int j = 0; j < COLUMNS; j++)
            size += r.coefficients[j] * r.coefficients[j] * (j + 1) * (j + 1);
        CHECK(size < before && r.mse > fitted);
        before = size;
        fitted = r.mse;
        heed_regression_free(&r);
    }
    heed_regression all = fit(&d, (heed_regression_options){.l1 = 1e3}), some = fit(&d, (heed_regression_options){.l1 = 0.3});
    int zeros = 0;
    double mean = 0;
    for (int i = 0; i < ROWS; i++)
        mean += d.y[i] / ROWS;
    for (int j = 0; j < COLUMNS; j++) {
        CHECK(all.coefficients[j] == 0);
        zeros += some.coefficients[j] == 0;
    }
    heed_compare_one("intercept", 0, all.intercept, mean, 1e-12);
    heed_compare_one("r2", 0, all.r2, 0, 1e-12);
    CHECK(zeros > 0 && zeros < COLUMNS);
    heed_regression_free(&all);
    heed_regression_free(&some);
}

/* y = 1 - x + 2 x^3 comes back, and x y terms in their order. */
static void polynomials(void) {
    double x[9], y[9], row[9];
    int powers[18];
    heed_error error = {0};
    heed_regression r;
    for (int i = 0; i < 9; i++) {
        x[i] = 0.25 * i - 1;
        y[i] = 1 - x[i] + 2 * x[i] * x[i] * x[i];
    }
    CHECK_OK(heed_regress(x, y, 9, 1, &(heed_regression_options){.degree = 3}, &r, &error), &error);
    static const double want[] = {-1, 0, 2};
    CHECK_INT(r.features, 3);
    for (int j = 0; j < 3; j++)
        heed_compare_one("coefficient", (size_t)j, r.coefficients[j], want[j], 1e-10);
    heed_compare_one("r2", 0, r.r2, 1, 1e-12);
    heed_regression_free(&r);
    CHECK_INT(heed_polynomial_count(2, 3), 9);
    CHECK_INT(heed_polynomial_count(512, 1), 512);
    CHECK_INT(heed_polynomial_count(512, 2), 0);
    heed_polynomial_features((const double[]){2, 3}, 2, 3, row, powers);
    static const double products[] = {2, 3, 4, 6, 9, 8, 12, 18, 27};
    for (int j = 0; j < 9; j++) {
        heed_compare_one("product", (size_t)j, row[j], products[j], 0);
        heed_compare_one("powers", (size_t)j, pow(2, powers[2 * j]) * pow(3, powers[2 * j + 1]), products[j], 1e-12);
    }
}

/* With a few steps gradient descent is on its way, and nearer with more. */
static void goes_step_by_step(void) {
    const data d = make(8);
    double before = INFINITY;
    for (int steps = 1; steps <= 64; steps *= 2) {
        heed_regression r = fit(&d, (heed_regression_options){.method = HEED_REGRESSION_GRADIENT, .steps = steps});
        CHECK(r.steps == steps && !r.converged && r.loss < before);
        before = r.loss;
        heed_regression_free(&r);
    }
}

static void inflation(void) {
    data d = make(9);
    for (int i = 0; i < ROWS; i++)
        d.x[i * COLUMNS + 1] = d.x[i * COLUMNS] + 0.01 * d.x[i * COLUMNS + 1];
    heed_regression r = fit(&d, (heed_regression_options){0});
    CHECK(r.inflation[0] > 100 && r.inflation[1] > 100 && r.inflation[2] > 1 && r.inflation[2] < 2);
    /* That of the first column by its definition. */
    double x[ROWS * (COLUMNS - 1)], y[ROWS];
    heed_regression by_others;
    heed_error error = {0};
    for (int i = 0; i < ROWS; i++) {
        y[i] = d.x[i * COLUMNS];
        memcpy(x + i * (COLUMNS - 1), d.x + i * COLUMNS + 1, (COLUMNS - 1) * sizeof *x);
    }
    CHECK_OK(heed_regress(x, y, ROWS, COLUMNS - 1, NULL, &by_others, &error), &error);
    heed_compare_one("inflation", 0, r.inflation[0] * (1 - by_others.r2), 1, 1e-6);
    heed_regression_free(&by_others);
    heed_regression_free(&r);
}

static void refuses(void) {
    static const double x[] = {1, 2, 3, 2, 4, 6}, y[] = {1, 2, 3}, bad[] = {1, NAN, 3};
    static const struct {
        const double *x, *y;
        int rows, columns;
        heed_regression_options options;
        const char *message;
    } cases[] = {
        {x, y, 0, 1, {0}, "0 rows and 1 columns"},
        {x, y, 3, 1, {.degree = 13}, "degree is 13; it must be from 1 to 12"},
        {x, y, 3, 1, {.l1 = -1}, "l1 and l2 are -1 and 0"},
        {x, y, 3, 1, {.l2 = NAN}, "must be at least 0"},
        {x, y, 3, 1, {.method = HEED_REGRESSION_NORMAL, .l1 = 1}, "there is no closed form"},
        {bad, y, 3, 1, {0}, "row 2: a number is not finite"},
        {x, bad, 3, 1, {0}, "row 2: a number is not finite"},
        {x, y, 3, 2, {.degree = 2}, "features depend on each other, or there are more of them than rows"},
        {x, y, 1, 1, {0}, "features depend on each other"},
        {x, y, 3, 1, {.method = HEED_REGRESSION_GRADIENT, .rate = 100}, "runs away with the rate 100; it must be below 3"},
        {x, y, 3, 1, {.steps = -1}, "steps and rate are -1 and 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        heed_regression r;
        heed_error error = {0};
        CHECK(heed_regress(cases[i].x, cases[i].y, cases[i].rows, cases[i].columns, &cases[i].options, &r, &error) !=
              HEED_OK);
        CHECK_CONTAINS(error.message, cases[i].message);
        CHECK(r.memory == NULL);
    }
    /* A penalty chooses one of many. */
    heed_regression r;
    heed_error error = {0};
    CHECK_OK(heed_regress(x, y, 3, 2, &(heed_regression_options){.l2 = 0.1, .degree = 2}, &r, &error), &error);
    heed_regression_free(&r);
    /* All y the same, and a column that never changes. */
    CHECK_OK(heed_regress((const double[]){1, 1, 1}, (const double[]){5, 5, 5}, 3, 1, &(heed_regression_options){.l2 = 1}, &r,
                          &error), &error);
    CHECK(r.intercept == 5 && r.coefficients[0] == 0 && r.r2 == 0 && r.mse == 0 && r.inflation[0] == 0);
    heed_regression_free(&r);
}

/* What a file may do wrong: a line after good ones, and more columns than there may be features. */
static void tables(void) {
    char wide[1300];
    heed_regression r;
    heed_error error = {0}, line = {0}, columns = {0};
    CHECK_OK(heed_regress_table("x,y\n0,1\n1,3\n2,4\n", 16, "t.csv", NULL, &r, &error), &error);
    heed_compare_one("slope", 0, r.coefficients[0], 1.5, 1e-12);
    heed_regression_free(&r);
    CHECK_STATUS(heed_regress_table("x,y\n0,1\n1,a\n", 12, "t.csv", NULL, &r, &line), HEED_ERROR_FORMAT, &line);
    CHECK_CONTAINS(line.message, "t.csv:3: column 2 is \"a\"");
    for (size_t i = 0; i < 1200; i++)
        wide[i] = i % 2 ? ',' : '1';
    CHECK_STATUS(heed_regress_table(wide, 1199, "t.csv", NULL, &r, &columns), HEED_ERROR_ARGUMENT, &columns);
    CHECK_CONTAINS(columns.message, "have more than 512 features");
}

int main(void) {
    tables();
    by_hand();
    ways_agree();
    is_a_minimum();
    penalties_shrink();
    polynomials();
    goes_step_by_step();
    inflation();
    refuses();
    return heed_test_finish("regression");
}
