/* Ways to the minimum of b'Gb/2 - c'b + l1 |b| + l2/2 b'b, where G [p, p] is symmetric and has no negative
 * curvature. */
#ifndef HEED_REGRESS_SOLVE_H
#define HEED_REGRESS_SOLVE_H

#include <stdbool.h>

/* Factors a = L L' in place, the lower triangle becoming L (Cholesky). False when a pivot is nothing but rounding: rows
 * of a depend on each other. */
bool heed_cholesky(double *a, int p);
/* b becomes a^-1 b by the factor. */
void heed_cholesky_solve(const double *l, int p, double *b);

typedef struct heed_descent {
    const double *g, *c; /* [p, p], [p] */
    int p, steps;        /* at most */
    double l1, l2, rate, tolerance; /* tolerance: of the change of a prediction in one step */
    double *b;           /* [p] where to begin; the result */
    double *scratch;     /* [p] */
    int done;            /* steps */
    bool converged;
} heed_descent;

/* The largest curvature of G, by power iteration (von Mises 1929), not below it by more than a thousandth; `scratch`
 * [2p]. */
double heed_largest_curvature(const double *g, int p, double *scratch);
/* b <- soft(b - rate (G b - c + l2 b), rate l1), all at once. False when it runs away. */
bool heed_descend_gradient(heed_descent *descent);
/* b_j <- soft(c_j - sum_k!=j G_jk b_k, l1) / (G_jj + l2), one after the other. */
void heed_descend_coordinates(heed_descent *descent);

#endif
