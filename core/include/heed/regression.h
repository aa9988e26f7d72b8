/* Linear regression with and without penalties, in closed form and by descent: small data, all at once.
 *
 * y = intercept + sum_j coefficients[j] f_j, where the features f are the columns of x, or with a degree above 1 all
 * their products up to that degree. What is minimised is, over n rows,
 *
 *   1/(2n) sum_i (y_i - prediction_i)^2 + l1 sum_j |b_j| + l2/2 sum_j b_j^2
 *
 * l2 alone is ridge regression (Hoerl and Kennard 1970), l1 alone the lasso (Tibshirani 1996), both the elastic net
 * (Zou and Hastie 2005). The intercept has no penalty. With `standardise`, b are the coefficients of features of mean 0
 * and variance 1, so that penalties do not depend on units; the result is in the data's units in either case. */
#ifndef HEED_REGRESSION_H
#define HEED_REGRESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "heed/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum heed_regression_method {
    HEED_REGRESSION_AUTO,       /* closed form where l1 is 0, else coordinates */
    HEED_REGRESSION_NORMAL,     /* the normal equation (X'X/n + l2 I) b = X'y/n, by Cholesky; l1 must be 0 */
    HEED_REGRESSION_GRADIENT,   /* gradient descent from b = 0, with soft thresholds for l1 (Daubechies 2004) */
    HEED_REGRESSION_COORDINATES /* one coefficient at a time (Friedman, Hastie and Tibshirani 2010) */
} heed_regression_method;
/* "auto", "normal", "gradient", "coordinates", NULL. */
extern const char *const heed_regression_methods[];

typedef struct heed_regression_options { /* zero-initialise */
    heed_regression_method method;
    int degree;       /* 1 .. HEED_DEGREE_MAX; 0: 1 */
    double l1, l2;    /* at least 0 */
    bool standardise;
    int steps;        /* of a method that goes step by step, at most; 0: HEED_REGRESSION_STEPS. With few one sees it on
                         its way */
    double rate;      /* of gradient descent; 0: 1 / the largest curvature, the fastest that is safe */
} heed_regression_options;
enum { HEED_DEGREE_MAX = 12, HEED_REGRESSION_FEATURES_MAX = 512, HEED_REGRESSION_STEPS = 10000 };

typedef struct heed_regression {
    int rows, columns, degree, features;
    double intercept;
    double *coefficients; /* [features] */
    double *predictions;  /* [rows] of the rows given */
    double *residuals;    /* [rows] y - prediction */
    double mse, rmse, mae, r2; /* r2 is 0 when all y are equal */
    double loss;          /* what is minimised */
    double *inflation;    /* [features] variance inflation factors, 1 / (1 - R2 of that feature by the others), which tell of
                             multicollinearity; 0 where it is infinite */
    int steps;            /* done; 0 in closed form */
    bool converged;       /* the last step changed nothing that matters; true in closed form */
    double rate;          /* of gradient descent, as used */
    void *memory;
} heed_regression;

/* Fits y [rows] to x [rows, columns]. Fails on sizes below 1, numbers that are not finite, too many features, penalties
 * below 0, l1 with the normal equation, features that depend on each other where no closed form exists, and a rate with
 * which descent runs away. Free with heed_regression_free. */
heed_status heed_regress(const double *x, const double *y, int rows, int columns,
                         const heed_regression_options *options, heed_regression *out, heed_error *error);
/* The same of a table: numbers parted by tabs, commas or semicolons, whose last column is y; a first line without
 * any number names the columns. `what` names it in messages, which are "what:line: ..". */
heed_status heed_regress_table(const char *text, size_t size, const char *what, const heed_regression_options *options,
                               heed_regression *out, heed_error *error);
void heed_regression_free(heed_regression *regression); /* zeroes it */
/* Predictions [rows] of x [rows, columns]. */
void heed_regression_predict(const heed_regression *regression, const double *x, int rows, double *out);

/* All of it as JSON, with the numbers predicted of `rows` further rows x: {"intercept", "mse", "rmse", "mae", "r2",
 * "loss", "rate", "steps", "converged", "powers": [[of each column], of each feature], "coefficients", "inflation",
 * "predictions", "residuals", "at": [rows]}. Free with heed_text_free. */
heed_status heed_regression_json(const heed_regression *regression, const double *x, int rows, char **json,
                                 heed_error *error);

/* How many features `columns` numbers have up to a degree, 0 when more than HEED_REGRESSION_FEATURES_MAX; and the
 * features of one row into out: x1, x2, x1^2, x1 x2, x2^2, .., by degree and then in the order of the columns. `powers`
 * [features, columns], when not NULL, receives what each is a product of. */
int heed_polynomial_count(int columns, int degree);
void heed_polynomial_features(const double *x, int columns, int degree, double *out, int *powers);

#ifdef __cplusplus
}
#endif
#endif
