#include "regress/solve.h"

#include <math.h>
#include <stddef.h>

bool heed_cholesky(double *a, int p)
{
    /* [book:cholesky] */
    for (int j = 0; j < p; j++) {
        const double whole = a[j * p + j];
        for (int i = j; i < p; i++) {
            double sum = a[i * p + j];
            for (int k = 0; k < j; k++)
                sum -= a[i * p + k] * a[j * p + k];
            a[i * p + j] = i == j ? sum : sum / a[j * p + j];
        }
        if (!(a[j * p + j] > 1e-12 * whole))
            return false;
        a[j * p + j] = sqrt(a[j * p + j]);
        for (int i = j + 1; i < p; i++)
            a[i * p + j] *= a[j * p + j]; /* it was divided by the square */
    }
    /* [/book] */
    return true;
}

void heed_cholesky_solve(const double *l, int p, double *b)
{
    for (int i = 0; i < p; i++) {
        for (int k = 0; k < i; k++)
            b[i] -= l[i * p + k] * b[k];
        b[i] /= l[i * p + i];
    }
    for (int i = p - 1; i >= 0; i--) {
        for (int k = i + 1; k < p; k++)
            b[i] -= l[k * p + i] * b[k];
        b[i] /= l[i * p + i];
    }
}

static double product(const double *g, int p, int row, const double *b)
{
    double sum = 0;
    for (int k = 0; k < p; k++)
        sum += g[row * p + k] * b[k];
    return sum;
}

double heed_largest_curvature(const double *g, int p, double *scratch)
{
    double *v = scratch, *next = scratch + p, largest = 0;
    for (int i = 0; i < p; i++)
        v[i] = 1 + 0.1 * i / p; /* no symmetry of G lies across it */
    for (int step = 0; step < 1000; step++) {
        double length = 0, before = largest;
        for (int i = 0; i < p; i++) {
            next[i] = product(g, p, i, v);
            length += next[i] * next[i];
        }
        length = sqrt(length);
        double norm = 0;
        for (int i = 0; i < p; i++)
            norm += v[i] * v[i];
        largest = length / sqrt(norm);
        for (int i = 0; length > 0 && i < p; i++)
            v[i] = next[i] / length;
        if (fabs(largest - before) <= 1e-9 * largest)
            break;
    }
    return largest * 1.001;
}

/* The shrinkage that |b| brings. */
static double soft(double b, double by)
{
    return b > by ? b - by : b < -by ? b + by : 0;
}

bool heed_descend_gradient(heed_descent *d)
{
    const int p = d->p;
    for (d->done = 0; d->done < d->steps && !d->converged; d->done++) {
        double change = 0;
        /* [book:gradient-descent] */
        for (int j = 0; j < p; j++) {
            const double slope = product(d->g, p, j, d->b) - d->c[j] + d->l2 * d->b[j];
            d->scratch[j] = soft(d->b[j] - d->rate * slope, d->rate * d->l1);
        }
        /* [/book] */
        for (int j = 0; j < p; j++) {
            change = fmax(change, fabs(d->scratch[j] - d->b[j]) * sqrt(d->g[j * p + j]));
            d->b[j] = d->scratch[j];
        }
        if (!(change < 1e100))
            return false;
        d->converged = change <= d->tolerance;
    }
    return true;
}

void heed_descend_coordinates(heed_descent *d)
{
    const int p = d->p;
    for (d->done = 0; d->done < d->steps && !d->converged; d->done++) {
        double change = 0;
        /* [book:coordinate-descent] */
        for (int j = 0; j < p; j++) {
            const double own = d->g[j * p + j], before = d->b[j];
            const double rest = d->c[j] - product(d->g, p, j, d->b) + own * before;
            d->b[j] = own + d->l2 > 0 ? soft(rest, d->l1) / (own + d->l2) : 0;
            change = fmax(change, fabs(d->b[j] - before) * sqrt(own));
        }
        /* [/book] */
        d->converged = change <= d->tolerance;
    }
}
