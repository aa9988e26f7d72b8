/* From data to G and c, and from the solution back to the data's units. */
#include "heed/regression.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "regress/solve.h"

#define ROOM_MAX 1e8      /* numbers in all: sizes stay far from what an address can hold */
#define TOLERANCE 1e-12 /* of the standard deviation of y, in one step */

const char *const heed_regression_methods[] = {"auto", "normal", "gradient", "coordinates", NULL};

/* All that a fit works with; one block. */
typedef struct fit {
    int n, p;
    double *features;      /* [n, p] centred, and scaled when asked for */
    double *mean, *scale;  /* [p] */
    double *g, *c;         /* X'X/n [p, p], X'y/n [p] */
    double *factor, *b, *scratch; /* [p, p], [p], [2p] */
    double y_mean, y_deviation;
} fit;

static heed_status check(const double *x, const double *y, int rows, int columns, const heed_regression_options *options,
                         heed_regression *out, heed_error *error)
{
    const int degree = options->degree == 0 ? 1 : options->degree;
    if (rows < 1 || columns < 1)
        return heed_fail(error, HEED_ERROR_SHAPE, "regression of %d rows and %d columns; both must be at least 1", rows,
                         columns);
    if (degree < 1 || degree > HEED_DEGREE_MAX)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "degree is %d; it must be from 1 to %d", degree, HEED_DEGREE_MAX);
    if (!(options->l1 >= 0 && options->l1 <= 1e100 && options->l2 >= 0 && options->l2 <= 1e100))
        return heed_fail(error, HEED_ERROR_ARGUMENT, "the penalties l1 and l2 are %g and %g; they must be at least 0",
                         options->l1, options->l2);
    if (options->method < HEED_REGRESSION_AUTO || options->method > HEED_REGRESSION_COORDINATES)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "there is no method %d", (int)options->method);
    if (options->method == HEED_REGRESSION_NORMAL && options->l1 > 0)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "l1 is %g; with it there is no closed form: use the method "
                         "\"coordinates\" or \"gradient\"", options->l1);
    if (options->steps < 0 || !(options->rate >= 0 && options->rate <= 1e100))
        return heed_fail(error, HEED_ERROR_ARGUMENT, "steps and rate are %d and %g; they must be at least 0",
                         options->steps, options->rate);
    for (size_t i = 0; i < (size_t)rows * (size_t)columns; i++)
        if (!isfinite(x[i]) || (i < (size_t)rows && !isfinite(y[i])))
            return heed_fail(error, HEED_ERROR_NUMERIC, "row %zu: a number is not finite",
                             (isfinite(x[i]) ? i : i / (size_t)columns) + 1);
    const int features = heed_polynomial_count(columns, degree);
    if ((double)rows * features > ROOM_MAX)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "%d rows of %d features are more than %g numbers", rows, features,
                         ROOM_MAX);
    if (features == 0)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "%d columns have more than %d features up to degree %d", columns,
                         HEED_REGRESSION_FEATURES_MAX, degree);
    *out = (heed_regression){.rows = rows, .columns = columns, .degree = degree, .features = features};
    return HEED_OK;
}

/* The next `count` doubles of a block. */
static double *take(double **at, size_t count)
{
    double *here = *at;
    *at += count;
    return here;
}

static heed_status allocate(heed_regression *out, fit *f, heed_error *error)
{
    const size_t n = (size_t)out->rows, p = (size_t)out->features;
    out->memory = heed_alloc(2 * p + 2 * n + n * p + 2 * p * p + 6 * p, sizeof(double));
    if (out->memory == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a regression of %zu rows and %zu features", n, p);
    double *at = out->memory;
    out->coefficients = take(&at, p);
    out->inflation = take(&at, p);
    out->predictions = take(&at, n);
    out->residuals = take(&at, n);
    *f = (fit){.n = out->rows, .p = out->features, .features = take(&at, n * p), .mean = take(&at, p),
               .scale = take(&at, p), .g = take(&at, p * p), .factor = take(&at, p * p), .c = take(&at, p),
               .b = take(&at, p), .scratch = take(&at, 2 * p)};
    return HEED_OK;
}

/* Features less their means, which takes the intercept out of the sums; then G and c. */
static void prepare(const double *x, const double *y, bool standardise, const heed_regression *out, fit *f)
{
    const int n = f->n, p = f->p;
    for (int i = 0; i < n; i++) {
        heed_polynomial_features(x + (size_t)i * out->columns, out->columns, out->degree, f->features + (size_t)i * p, NULL);
        f->y_mean += y[i] / n;
        for (int j = 0; j < p; j++)
            f->mean[j] += f->features[(size_t)i * p + j] / n;
    }
    for (int j = 0; j < p; j++) {
        double sum = 0, largest = fabs(f->mean[j]);
        for (int i = 0; i < n; i++) {
            double *value = &f->features[(size_t)i * p + j];
            largest = fmax(largest, fabs(*value));
            *value -= f->mean[j];
            sum += *value * *value;
        }
        const double deviation = sqrt(sum / n);
        const bool changes = deviation > 1e-13 * largest; /* else it is the intercept once more, and rounding */
        f->scale[j] = standardise && changes ? deviation : 1;
        for (int i = 0; i < n; i++)
            f->features[(size_t)i * p + j] *= changes ? 1 / f->scale[j] : 0;
    }
    for (int i = 0; i < n; i++) {
        const double *row = f->features + (size_t)i * p, off = y[i] - f->y_mean;
        f->y_deviation += off * off;
        for (int j = 0; j < p; j++) {
            f->c[j] += row[j] * off / n;
            for (int k = 0; k <= j; k++)
                f->g[j * p + k] += row[j] * row[k] / n;
        }
    }
    for (int j = 0; j < p; j++)
        for (int k = 0; k < j; k++)
            f->g[k * p + j] = f->g[j * p + k];
    f->y_deviation = sqrt(f->y_deviation / n);
}

static heed_status solve_normal(fit *f, double l2, heed_error *error)
{
    const int p = f->p;
    /* [book:normal-equation] */
    memcpy(f->factor, f->g, (size_t)p * p * sizeof *f->factor);
    memcpy(f->b, f->c, (size_t)p * sizeof *f->b);
    for (int j = 0; j < p; j++)
        f->factor[j * p + j] += l2;
    const bool solvable = heed_cholesky(f->factor, p);
    if (solvable)
        heed_cholesky_solve(f->factor, p, f->b);
    /* [/book] */
    return solvable ? HEED_OK
                    : heed_fail(error, HEED_ERROR_NUMERIC, "features depend on each other, or there are more of them than "
                                "rows: many fits are equally good; a penalty l2 chooses one");
}

static heed_status solve(fit *f, const heed_regression_options *options, heed_regression *out, heed_error *error)
{
    heed_regression_method method = options->method;
    if (method == HEED_REGRESSION_AUTO)
        method = options->l1 > 0 ? HEED_REGRESSION_COORDINATES : HEED_REGRESSION_NORMAL;
    out->converged = true;
    if (method == HEED_REGRESSION_NORMAL)
        return solve_normal(f, options->l2, error);
    heed_descent descent = {.g = f->g, .c = f->c, .p = f->p, .steps = options->steps > 0 ? options->steps : 10000,
                            .l1 = options->l1, .l2 = options->l2, .tolerance = TOLERANCE * f->y_deviation, .b = f->b,
                            .scratch = f->scratch};
    bool fine = true;
    if (method == HEED_REGRESSION_GRADIENT) {
        const double curvature = heed_largest_curvature(f->g, f->p, f->scratch) + options->l2;
        descent.rate = out->rate = options->rate > 0 ? options->rate : curvature > 0 ? 1 / curvature : 1;
        fine = heed_descend_gradient(&descent);
        if (!fine)
            heed_fail(error, HEED_ERROR_NUMERIC, "gradient descent runs away with the rate %g; it must be below %.3g",
                      out->rate, 2 / curvature);
    } else {
        heed_descend_coordinates(&descent);
    }
    out->steps = descent.done;
    out->converged = descent.converged;
    return fine ? HEED_OK : HEED_ERROR_NUMERIC;
}

/* The diagonal of the inverse of the features' correlations. */
static void find_inflation(const fit *f, heed_regression *out)
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

static void judge(const fit *f, const double *y, const heed_regression_options *options, heed_regression *out)
{
    const int n = f->n, p = f->p;
    double squared = 0, absolute = 0;
    for (int i = 0; i < n; i++) {
        double sum = f->y_mean;
        for (int j = 0; j < p; j++)
            sum += f->features[(size_t)i * p + j] * f->b[j];
        out->predictions[i] = sum;
        out->residuals[i] = y[i] - sum;
        squared += out->residuals[i] * out->residuals[i];
        absolute += fabs(out->residuals[i]);
    }
    out->mse = squared / n;
    out->rmse = sqrt(out->mse);
    out->mae = absolute / n;
    out->r2 = f->y_deviation > 0 ? 1 - out->mse / (f->y_deviation * f->y_deviation) : 0;
    out->loss = out->mse / 2;
    out->intercept = f->y_mean;
    for (int j = 0; j < p; j++) {
        out->loss += options->l1 * fabs(f->b[j]) + options->l2 / 2 * f->b[j] * f->b[j];
        out->coefficients[j] = f->b[j] / f->scale[j];
        out->intercept -= out->coefficients[j] * f->mean[j];
    }
}

heed_status heed_regress(const double *x, const double *y, int rows, int columns, const heed_regression_options *options,
                         heed_regression *out, heed_error *error)
{
    static const heed_regression_options none;
    fit f = {0};
    *out = (heed_regression){0};
    options = options != NULL ? options : &none;
    HEED_TRY(check(x, y, rows, columns, options, out, error));
    heed_status status = allocate(out, &f, error);
    if (status == HEED_OK) {
        prepare(x, y, options->standardise, out, &f);
        status = solve(&f, options, out, error);
    }
    if (status != HEED_OK) {
        heed_regression_free(out);
        return status;
    }
    judge(&f, y, options, out);
    find_inflation(&f, out);
    return HEED_OK;
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
