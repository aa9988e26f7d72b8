/* From data to G and c, and from the solution back to the data's units. */
#include "regress/least_squares.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "regress/solve.h"

#define ROOM_MAX 1e8 /* numbers in all: sizes stay far from what an address can hold */
#define TOLERANCE 1e-12 /* of the standard deviation of y, in one step */

const char *const heed_regression_methods[] = {"auto", "normal", "gradient", "coordinates", NULL};

heed_status heed_least_squares_method(const heed_regression_options *options, const char *where,
                                      heed_regression_method *out, heed_error *error)
{
    *out = options->method;
    if (*out == HEED_REGRESSION_AUTO)
        *out = options->l1 > 0 ? HEED_REGRESSION_COORDINATES : HEED_REGRESSION_NORMAL;
    if (*out < HEED_REGRESSION_NORMAL || *out > HEED_REGRESSION_COORDINATES)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "there is no method %d", (int)*out);
    if (*out == HEED_REGRESSION_NORMAL && options->l1 > 0)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "%sl1 is %g; with it there is no closed form: use the method "
                         "\"coordinates\" or \"gradient\"", where, options->l1);
    return HEED_OK;
}

/* The next `count` doubles of a block. */
static double *take(double **at, size_t count)
{
    double *here = *at;
    *at += count;
    return here;
}

static heed_status allocate(heed_least_squares *fit, heed_error *error)
{
    const size_t n = (size_t)fit->n, p = (size_t)fit->p, targets = (size_t)fit->targets;
    double *at = heed_alloc(n * p + 2 * p * p + 4 * p + 2 * targets * (p + 1), sizeof *at);
    fit->memory = at;
    if (at == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a regression of %zu rows and %zu features", n, p);
    fit->features = take(&at, n * p);
    fit->g = take(&at, p * p);
    fit->factor = take(&at, p * p);
    fit->mean = take(&at, p);
    fit->scale = take(&at, p);
    fit->scratch = take(&at, 2 * p);
    fit->c = take(&at, targets * p);
    fit->b = take(&at, targets * p);
    fit->y_mean = take(&at, targets);
    fit->y_deviation = take(&at, targets);
    return HEED_OK;
}

/* Features less their means, which takes the intercept out of the sums. */
static void centre(heed_least_squares *fit, bool standardise)
{
    const int n = fit->n, p = fit->p;
    for (int j = 0; j < p; j++) {
        double sum = 0, largest = fabs(fit->mean[j]);
        for (int i = 0; i < n; i++) {
            double *value = &fit->features[(size_t)i * p + j];
            largest = fmax(largest, fabs(*value));
            *value -= fit->mean[j];
            sum += *value * *value;
        }
        const double deviation = sqrt(sum / n);
        const bool changes = deviation > 1e-13 * largest; /* else it is the intercept once more, and rounding */
        fit->scale[j] = standardise && changes ? deviation : 1;
        for (int i = 0; i < n; i++)
            fit->features[(size_t)i * p + j] *= changes ? 1 / fit->scale[j] : 0;
    }
}

/* G, c, and how far the targets spread. */
static void sum_products(heed_least_squares *fit, const double *y)
{
    const int n = fit->n, p = fit->p, targets = fit->targets;
    for (int i = 0; i < n; i++) {
        const double *row = fit->features + (size_t)i * p;
        for (int j = 0; j < p; j++)
            for (int k = 0; k <= j; k++)
                fit->g[j * p + k] += row[j] * row[k] / n;
        for (int t = 0; t < targets; t++) {
            const double off = y[(size_t)i * targets + t] - fit->y_mean[t];
            fit->y_deviation[t] += off * off;
            for (int j = 0; j < p; j++)
                fit->c[t * p + j] += row[j] * off / n;
        }
    }
    for (int j = 0; j < p; j++)
        for (int k = 0; k < j; k++)
            fit->g[k * p + j] = fit->g[j * p + k];
    for (int t = 0; t < targets; t++)
        fit->y_deviation[t] = sqrt(fit->y_deviation[t] / n);
}

heed_status heed_least_squares_begin(heed_least_squares *fit, const double *x, const double *y, int rows, int columns,
                                     int degree, int targets, bool standardise, heed_error *error)
{
    *fit = (heed_least_squares){.n = rows, .p = heed_polynomial_count(columns, degree), .targets = targets};
    if ((double)rows * fit->p > ROOM_MAX)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "%d rows of %d features are more than %g numbers", rows, fit->p,
                         ROOM_MAX);
    HEED_TRY(allocate(fit, error));
    for (int i = 0; i < rows; i++) {
        double *features = fit->features + (size_t)i * fit->p;
        heed_polynomial_features(x + (size_t)i * columns, columns, degree, features, NULL);
        for (int j = 0; j < fit->p; j++)
            fit->mean[j] += features[j] / rows;
        for (int t = 0; t < targets; t++)
            fit->y_mean[t] += y[(size_t)i * targets + t] / rows;
    }
    centre(fit, standardise);
    sum_products(fit, y);
    return HEED_OK;
}

static heed_status solve_normal(heed_least_squares *fit, double l2, heed_error *error)
{
    const int p = fit->p;
    /* [book:normal-equation] */
    memcpy(fit->factor, fit->g, (size_t)p * p * sizeof *fit->factor);
    memcpy(fit->b, fit->c, (size_t)fit->targets * p * sizeof *fit->b);
    for (int j = 0; j < p; j++)
        fit->factor[j * p + j] += l2;
    const bool solvable = heed_cholesky(fit->factor, p);
    for (int t = 0; solvable && t < fit->targets; t++)
        heed_cholesky_solve(fit->factor, p, fit->b + t * p);
    /* [/book] */
    fit->converged = true;
    return solvable ? HEED_OK
                    : heed_fail(error, HEED_ERROR_NUMERIC, "features depend on each other, or there are more of them than "
                                "rows: many fits are equally good; a penalty l2 chooses one");
}

heed_status heed_least_squares_advance(heed_least_squares *fit, const heed_regression_options *options, int steps,
                                       heed_error *error)
{
    heed_regression_method method;
    HEED_TRY(heed_least_squares_method(options, "", &method, error));
    if (method == HEED_REGRESSION_NORMAL)
        return solve_normal(fit, options->l2, error);
    const bool gradient = method == HEED_REGRESSION_GRADIENT;
    if (gradient && fit->rate == 0) {
        const double curvature = heed_largest_curvature(fit->g, fit->p, fit->scratch) + options->l2;
        fit->rate = options->rate > 0 ? options->rate : curvature > 0 ? 1 / curvature : 1;
    }
    int most = 0;
    fit->converged = true;
    for (int t = 0; t < fit->targets; t++) {
        heed_descent descent = {.g = fit->g, .c = fit->c + t * fit->p, .p = fit->p, .steps = steps, .l1 = options->l1,
                                .l2 = options->l2, .rate = fit->rate, .tolerance = TOLERANCE * fit->y_deviation[t],
                                .b = fit->b + t * fit->p, .scratch = fit->scratch};
        if (!gradient)
            heed_descend_coordinates(&descent);
        else if (!heed_descend_gradient(&descent))
            return heed_fail(error, HEED_ERROR_NUMERIC, "gradient descent runs away with the rate %g; it must be below %.3g",
                             fit->rate, 2 / (heed_largest_curvature(fit->g, fit->p, fit->scratch) + options->l2));
        most = descent.done > most ? descent.done : most;
        fit->converged = fit->converged && descent.converged;
    }
    fit->steps += most;
    return HEED_OK;
}

double heed_least_squares_coefficients(const heed_least_squares *fit, int target, double *coefficients)
{
    double intercept = fit->y_mean[target];
    for (int j = 0; j < fit->p; j++) {
        coefficients[j] = fit->b[target * fit->p + j] / fit->scale[j];
        intercept -= coefficients[j] * fit->mean[j];
    }
    return intercept;
}

/* Var y - 2 c'b + b'Gb. */
double heed_least_squares_error(const heed_least_squares *fit, int target)
{
    const double *b = fit->b + target * fit->p, *c = fit->c + target * fit->p;
    double sum = fit->y_deviation[target] * fit->y_deviation[target];
    for (int j = 0; j < fit->p; j++) {
        double product = -2 * c[j];
        for (int k = 0; k < fit->p; k++)
            product += fit->g[j * fit->p + k] * b[k];
        sum += b[j] * product;
    }
    return fmax(sum, 0);
}

void heed_least_squares_free(heed_least_squares *fit)
{
    heed_free(fit->memory);
    *fit = (heed_least_squares){0};
}
