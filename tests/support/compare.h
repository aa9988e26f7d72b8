/* The one comparison of numbers that tests use. Values agree when |got - want| <= tolerance * max(1, |want|); a NaN
 * agrees only with a NaN, an infinity only with the same infinity. */
#ifndef HEED_COMPARE_H
#define HEED_COMPARE_H

#include <math.h>
#include <stddef.h>

#include "heed/real.h"
#include "test.h"

static inline bool heed_agrees(double got, double want, double tolerance) {
    if (isnan(got) || isnan(want))
        return isnan(got) && isnan(want);
    if (isinf(got) || isinf(want))
        return got == want;
    return fabs(got - want) <= tolerance * fmax(1.0, fabs(want));
}

/* One check, for one number. */
static inline bool heed_compare_one(const char *name, size_t index, double got, double want, double tolerance) {
    char text[512];
    snprintf(text, sizeof text, "%s[%zu]: got %.9g, want %.9g, tolerance %g", name, index, got, want, tolerance);
    return heed_test_report(heed_agrees(got, want, tolerance), "compare", 0, text);
}

/* One check for a whole array: the first index that disagrees is reported. An empty array agrees. */
static inline bool heed_compare(const char *name, size_t n, const heed_real *got, const heed_real *want,
                                double tolerance) {
    for (size_t i = 0; i < n; i++)
        if (!heed_agrees((double)got[i], (double)want[i], tolerance))
            return heed_compare_one(name, i, (double)got[i], (double)want[i], tolerance);
    return heed_test_report(true, "compare", 0, name);
}

/* The same against double-precision references. */
static inline bool heed_compare_double(const char *name, size_t n, const heed_real *got, const double *want,
                                       double tolerance) {
    for (size_t i = 0; i < n; i++)
        if (!heed_agrees((double)got[i], want[i], tolerance))
            return heed_compare_one(name, i, (double)got[i], want[i], tolerance);
    return heed_test_report(true, "compare", 0, name);
}

#endif
