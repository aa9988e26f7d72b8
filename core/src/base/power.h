/* Powers without the C library's pow, whose tables are 4 KB of every module that a page downloads. */
#ifndef HEED_BASE_POWER_H
#define HEED_BASE_POWER_H

#include <math.h>

/* x^y for x >= 0 (0^0 is not asked for); relative error below 1e-13 as long as |y log x| is below 100. */
static inline double heed_power(double x, double y) { return exp(y * log(x)); }

#endif
