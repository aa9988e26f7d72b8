/* Spearman 1904, "The proof and measurement of association between two things". */
#include <math.h>
#include <stddef.h>

#include "heed/vectors.h"

/* The rank of x[i], from 1; equal values share the mean of their ranks. Quadratic in all, which for the thousands of
 * pairs that people have judged takes milliseconds. */
static double rank_of(const double *x, size_t count, size_t i)
{
    size_t less = 0, equal = 0;
    for (size_t k = 0; k < count; k++) {
        less += x[k] < x[i];
        equal += x[k] == x[i];
    }
    return (double)less + ((double)equal + 1) / 2;
}

double heed_spearman(const double *x, const double *y, size_t count)
{
    const double mean = ((double)count + 1) / 2;
    double xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < count; i++) {
        const double a = rank_of(x, count, i) - mean, b = rank_of(y, count, i) - mean;
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : NAN;
}
