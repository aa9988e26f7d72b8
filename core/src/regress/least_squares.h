/* Least squares with penalties, of one or more targets by the same features: G and c once, and from there a step at a
 * time. What is minimised is in heed/regression.h. */
#ifndef HEED_REGRESS_LEAST_SQUARES_H
#define HEED_REGRESS_LEAST_SQUARES_H

#include "heed/regression.h"

typedef struct heed_least_squares { /* zero-initialise; heed_least_squares_free at the end */
    int n, p, targets;
    double *features;         /* [n, p] less their means, and scaled when asked for */
    double *mean, *scale;     /* [p] */
    double *g, *c;            /* X'X/n [p, p], X'y/n [targets, p] */
    double *b;                /* [targets, p] of the features so scaled; 0 at first */
    double *factor, *scratch; /* [p, p], [2p] */
    double *y_mean, *y_deviation; /* [targets] */
    double rate;              /* of gradient descent, as used */
    int steps;                /* done; 0 in closed form */
    bool converged;           /* the last step changed nothing that matters; true in closed form */
    void *memory;
} heed_least_squares;

/* The method that is meant by options->method. Fails on one that there is not, and on l1 in closed form; `where` stands
 * before the names of fields in messages. */
heed_status heed_least_squares_method(const heed_regression_options *options, const char *where,
                                      heed_regression_method *out, heed_error *error);
/* Features of x [rows, columns] up to a degree, which must be so many as heed_polynomial_count says, and y [rows,
 * targets]. */
heed_status heed_least_squares_begin(heed_least_squares *fit, const double *x, const double *y, int rows, int columns,
                                     int degree, int targets, bool standardise, heed_error *error);
/* At most so many steps of a method that goes step by step; or the closed form. */
heed_status heed_least_squares_advance(heed_least_squares *fit, const heed_regression_options *options, int steps,
                                       heed_error *error);
/* The coefficients [p] of a target in the data's units; returns the intercept. */
double heed_least_squares_coefficients(const heed_least_squares *fit, int target, double *coefficients);
/* The mean squared error of a target, as it is now. */
double heed_least_squares_error(const heed_least_squares *fit, int target);
void heed_least_squares_free(heed_least_squares *fit);

#endif
