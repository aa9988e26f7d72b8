/* Products of columns up to a degree. */
#include <string.h>

#include "heed/regression.h"

/* (columns + degree choose degree) - 1, as long as it is small. */
int heed_polynomial_count(int columns, int degree)
{
    long long count = 1;
    if (columns < 1 || degree < 1 || columns > HEED_REGRESSION_FEATURES_MAX || degree > HEED_DEGREE_MAX)
        return 0;
    for (int k = 1; k <= degree; k++) {
        count = count * (columns + k) / k;
        if (count - 1 > HEED_REGRESSION_FEATURES_MAX)
            return 0;
    }
    return (int)count - 1;
}

/* The features of degree d are each of degree d - 1, times a column that does not come before its last one. */
void heed_polynomial_features(const double *x, int columns, int degree, double *out, int *powers)
{
    int last[HEED_REGRESSION_FEATURES_MAX]; /* the last column of each feature's product */
    int count = 0, begin = 0;
    for (; count < columns; count++) {
        out[count] = x[count];
        last[count] = count;
        if (powers != NULL) {
            memset(powers + (size_t)count * columns, 0, (size_t)columns * sizeof *powers);
            powers[count * columns + count] = 1;
        }
    }
    for (int d = 2; d <= degree; d++) {
        const int end = count;
        for (int i = begin; i < end; i++)
            for (int c = last[i]; c < columns; c++, count++) {
                out[count] = out[i] * x[c];
                last[count] = c;
                if (powers != NULL) {
                    memcpy(powers + (size_t)count * columns, powers + (size_t)i * columns,
                           (size_t)columns * sizeof *powers);
                    powers[count * columns + c]++;
                }
            }
        begin = end;
    }
}
