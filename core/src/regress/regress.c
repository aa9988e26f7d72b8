/* One regression, checked, fitted and judged. */
#include "heed/regression.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "regress/least_squares.h"
#include "regress/solve.h"

static heed_status check(const double *x, const double *y, int rows, int columns, const heed_regression_options *options,
                         heed_regression *out, heed_error *error)
{
    const int degree = options->degree == 0 ? 1 : options->degree;
    heed_regression_method method;
    if (rows < 1 || columns < 1)
        return heed_fail(error, HEED_ERROR_SHAPE, "regression of %d rows and %d columns; both must be at least 1", rows,
                         columns);
    if (degree < 1 || degree > HEED_DEGREE_MAX)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "degree is %d; it must be from 1 to %d", degree, HEED_DEGREE_MAX);
    if (!(options->l1 >= 0 && options->l1 <= 1e100 && options->l2 >= 0 && options->l2 <= 1e100))
        return heed_fail(error, HEED_ERROR_ARGUMENT, "the penalties l1 and l2 are %g and %g; they must be at least 0",
                         options->l1, options->l2);
    HEED_TRY(heed_least_squares_method(options, "", &method, error));
    if (options->steps < 0 || !(options->rate >= 0 && options->rate <= 1e100))
        return heed_fail(error, HEED_ERROR_ARGUMENT, "steps and rate are %d and %g; they must be at least 0",
                         options->steps, options->rate);
    for (size_t i = 0; i < (size_t)rows * (size_t)columns; i++)
        if (!isfinite(x[i]) || (i < (size_t)rows && !isfinite(y[i])))
            return heed_fail(error, HEED_ERROR_NUMERIC, "row %zu: a number is not finite",
                             (isfinite(x[i]) ? i : i / (size_t)columns) + 1);
    const int features = heed_polynomial_count(columns, degree);
    if (features == 0)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "%d columns have more than %d features up to degree %d", columns,
                         HEED_REGRESSION_FEATURES_MAX, degree);
    *out = (heed_regression){.rows = rows, .columns = columns, .degree = degree, .features = features};
    return HEED_OK;
}

static heed_status allocate(heed_regression *out, heed_error *error)
{
    const size_t n = (size_t)out->rows, p = (size_t)out->features;
    double *at = heed_alloc(2 * p + 2 * n, sizeof *at);
    out->memory = at;
    if (at == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a regression of %zu rows", n);
    out->coefficients = at;
    out->inflation = at + p;
    out->predictions = at + 2 * p;
    out->residuals = out->predictions + n;
    return HEED_OK;
}

/* The diagonal of the inverse of the features' correlations. */
static void find_inflation(const heed_least_squares *f, heed_regression *out)
{
    const int p = f->p;
    for (int j = 0; j < p; j++)
        for (int k = 0; k < p; k++) {
            const double both = sqrt(f->g[j * p + j] * f->g[k * p + k]);
            f->factor[j * p + k] = both > 0 ? f->g[j * p + k] / both : 0;
        }
    const bool finite = heed_cholesky(f->factor, p);
    for (int j = 0; finite && j < p; j++) {
        memset(f->scratch, 0, (size_t)p * sizeof *f->scratch);
        f->scratch[j] = 1;
        heed_cholesky_solve(f->factor, p, f->scratch);
        out->inflation[j] = f->scratch[j];
    }
}

static void judge(const heed_least_squares *f, const double *y, const heed_regression_options *options,
                  heed_regression *out)
{
    const int n = f->n, p = f->p;
    double squared = 0, absolute = 0;
    for (int i = 0; i < n; i++) {
        double sum = f->y_mean[0];
        for (int j = 0; j < p; j++)
            sum += f->features[(size_t)i * p + j] * f->b[j];
        out->predictions[i] = sum;
        out->residuals[i] = y[i] - sum;
        squared += out->residuals[i] * out->residuals[i];
        absolute += fabs(out->residuals[i]);
    }
    out->steps = f->steps;
    out->converged = f->converged;
    out->rate = f->rate;
    out->mse = squared / n;
    out->rmse = sqrt(out->mse);
    out->mae = absolute / n;
    out->r2 = f->y_deviation[0] > 0 ? 1 - out->mse / (f->y_deviation[0] * f->y_deviation[0]) : 0;
    out->loss = out->mse / 2;
    for (int j = 0; j < p; j++)
        out->loss += options->l1 * fabs(f->b[j]) + options->l2 / 2 * f->b[j] * f->b[j];
    out->intercept = heed_least_squares_coefficients(f, 0, out->coefficients);
}

heed_status heed_regress(const double *x, const double *y, int rows, int columns, const heed_regression_options *options,
                         heed_regression *out, heed_error *error)
{
    static const heed_regression_options none;
    heed_least_squares fit = {0};
    *out = (heed_regression){0};
    options = options != NULL ? options : &none;
    HEED_TRY(check(x, y, rows, columns, options, out, error));
    heed_status status = allocate(out, error);
    if (status == HEED_OK)
        status = heed_least_squares_begin(&fit, x, y, rows, columns, out->degree, 1, options->standardise, error);
    if (status == HEED_OK)
        status = heed_least_squares_advance(&fit, options, options->steps > 0 ? options->steps : HEED_REGRESSION_STEPS,
                                            error);
    if (status == HEED_OK) {
        judge(&fit, y, options, out);
        find_inflation(&fit, out);
    } else {
        heed_regression_free(out);
    }
    heed_least_squares_free(&fit);
    return status;
}

void heed_regression_free(heed_regression *regression)
{
    heed_free(regression->memory);
    *regression = (heed_regression){0};
}

void heed_regression_predict(const heed_regression *regression, const double *x, int rows, double *out)
{
    double features[HEED_REGRESSION_FEATURES_MAX];
    for (int i = 0; i < rows; i++) {
        heed_polynomial_features(x + (size_t)i * regression->columns, regression->columns, regression->degree, features, NULL);
        out[i] = regression->intercept;
        for (int j = 0; j < regression->features; j++)
            out[i] += features[j] * regression->coefficients[j];
    }
}
