/* The gradient checker: an analytic gradient against central differences, in double precision.
 *
 * A function of several variables is evaluated at x + k h u for k = -2, -1, 1, 2; the five-point formula
 * (8 (f(1) - f(-1)) - (f(2) - f(-2))) / (12 h) is right up to h^4, so with h = 1e-3 both its own error and the rounding
 * of f stay near 1e-12 and a relative tolerance of 1e-6 is no slack at all. u is every unit vector when a variable is
 * small, else some unit vectors and some random directions of signs. */
#ifndef HEED_TEST_GRADIENT_H
#define HEED_TEST_GRADIENT_H

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "compare.h"

#ifndef HEED_DOUBLE
#error "gradient checks need heed_core_double"
#endif

#define HEED_GRADIENT_TOLERANCE 1e-6 /* relative */

enum { HEED_GRADIENT_EVERY = 96, HEED_GRADIENT_SINGLES = 12, HEED_GRADIENT_DIRECTIONS = 6 };

typedef struct heed_variable {
    const char *name;
    heed_real *data;
    const heed_real *grad; /* analytic, to be checked */
    size_t count;
} heed_variable;

typedef double heed_function(void *context); /* the value at the variables' present data */

/* The largest relative error that any check of this program met; printed at its end. */
__attribute__((weak)) double heed_gradient_worst;

/* What a direction does to element i: +-1, from a hash, so that nothing need be stored. */
static inline double heed_direction_sign(size_t i, unsigned direction) {
    uint64_t z = (i + 1) * 0x9E3779B97F4A7C15u + direction * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (z >> 63) ? 1.0 : -1.0;
}

/* element < count: that unit vector; else the direction of signs number element - count. */
static inline void heed_move(const heed_variable *x, size_t element, double step) {
    if (element < x->count)
        x->data[element] += step;
    else
        for (size_t i = 0; i < x->count; i++)
            x->data[i] += step * heed_direction_sign(i, (unsigned)(element - x->count));
}

static inline double heed_numeric_derivative(heed_function *f, void *context, const heed_variable *x, size_t element,
                                             heed_real *backup) {
    const double h = element < x->count ? 1e-3 : 1e-3 / sqrt((double)x->count);
    double value[5];
    memcpy(backup, x->data, x->count * sizeof *backup);
    for (int k = -2; k <= 2; k++) {
        if (k == 0)
            continue;
        heed_move(x, element, k * h);
        value[k + 2] = f(context);
        memcpy(x->data, backup, x->count * sizeof *backup);
    }
    return (8 * (value[3] - value[1]) - (value[4] - value[0])) / (12 * h);
}

/* The error of one derivative, relative to itself and, where it is small beside its neighbours, to a thousandth of the
 * largest one of the variable. */
static inline double heed_derivative_error(double analytic, double numeric, double largest) {
    if (!isfinite(analytic) || !isfinite(numeric))
        return INFINITY;
    const double floor = 1e-4; /* rounding of f, divided by h: 1e-10 absolute at the tolerance */
    return fabs(analytic - numeric) / fmax(fmax(fabs(numeric), 1e-3 * largest), floor);
}

/* One check per variable. Returns the worst relative error. `factor` is 1, or what a self-test spoils gradients
 * with. */
static inline double heed_gradient_error(const char *name, heed_function *f, void *context,
                                         const heed_variable *variables, int count, double factor) {
    double worst = 0;
    for (int v = 0; v < count; v++) {
        const heed_variable *x = &variables[v];
        heed_real *backup = malloc((x->count ? x->count : 1) * sizeof *backup);
        double largest = 0, worst_here = 0, numeric_there = 0, analytic_there = 0;
        size_t worst_at = 0;
        for (size_t i = 0; i < x->count; i++)
            largest = fmax(largest, fabs(x->grad[i]));
        const bool every = x->count <= HEED_GRADIENT_EVERY;
        const size_t tries = every ? x->count : HEED_GRADIENT_SINGLES + HEED_GRADIENT_DIRECTIONS;
        heed_rng rng;
        heed_rng_seed(&rng, 20, (uint64_t)v);
        for (size_t i = 0; i < tries; i++) {
            size_t element = i;
            if (!every && i < HEED_GRADIENT_SINGLES)
                element = heed_rng_below(&rng, (uint32_t)x->count);
            else if (!every)
                element = x->count + i - HEED_GRADIENT_SINGLES;
            double analytic = 0;
            if (element < x->count)
                analytic = x->grad[element];
            else
                for (size_t k = 0; k < x->count; k++)
                    analytic += x->grad[k] * heed_direction_sign(k, (unsigned)(element - x->count));
            analytic *= factor;
            const double numeric = heed_numeric_derivative(f, context, x, element, backup);
            const double error = heed_derivative_error(analytic, numeric, largest);
            if (!(error <= worst_here)) {
                worst_here = error;
                worst_at = element;
                numeric_there = numeric;
                analytic_there = analytic;
            }
        }
        free(backup);
        if (factor == 1) {
            char text[512];
            snprintf(text, sizeof text, "%s: d/d %s [%zu of %zu]: backward gives %.12g, differences give %.12g (%.2g)",
                     name, x->name, worst_at, x->count, analytic_there, numeric_there, worst_here);
            heed_test_report(worst_here <= HEED_GRADIENT_TOLERANCE, "gradient", 0, text);
        }
        worst = fmax(worst, worst_here);
    }
    if (factor == 1)
        heed_gradient_worst = fmax(heed_gradient_worst, worst);
    return worst;
}

#endif
