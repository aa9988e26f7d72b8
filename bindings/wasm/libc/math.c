/* exp, log, log1p, sin and cos in double without the C library's tables, which are 9 KB that nothing compresses. Errors
 * of at most 2 units in the last place; angles up to a million. What is computed often is in the kernels, in
 * vectors. */
#include <math.h>
#include <stdint.h>
#include <string.h>

static const double inverse_factorials[] = {1, 1, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040,
    1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800, 1.0 / 87178291200,
    1.0 / 1307674368000, 1.0 / 20922789888000, 1.0 / 355687428096000};

/* The sum of z^i / (last - i step)! in every step-th term of Taylor's series, the last one first. */
static double series(double z, int last, int step)
{
    double sum = 0;
    for (int k = last; k >= 0; k -= step)
        sum = sum * z + inverse_factorials[k];
    return sum;
}

static double power_of_2(int n) /* -1022 .. 1023 */
{
    const uint64_t bits = (uint64_t)(1023 + n) << 52;
    double value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

/* log 2 and pi / 2 in parts; a product of the first ones with a whole number is exact. */
static const double log2_high = 0x1.62e42feep-1, log2_low = 0x1.a39ef35793c76p-33;
static const double turn_high = 0x1.921fb544p+0, turn_middle = 0x1.0b4611a6p-34, turn_low = 0x1.3198a2e037073p-69;

/* 2^n exp(r), |r| <= log(2) / 2; 2^n in two factors, for results without their own exponent. */
double exp(double x)
{
    if (isnan(x))
        return x;
    const double kept = fmin(fmax(x, -1400), 1400), whole = rint(kept * 0x1.71547652b82fep+0);
    const int n = (int)whole;
    return series(kept - whole * log2_high - whole * log2_low, 13, 1) * power_of_2(n / 2) * power_of_2(n - n / 2);
}

/* x = 2^n m with m in sqrt(1/2) .. sqrt(2); log m = 2 artanh(s), s = (m - 1) / (m + 1). */
double log(double x)
{
    if (!(x > 0) || isinf(x))
        return x > 0 ? x : x == 0 ? -HUGE_VAL : NAN;
    int n = 0;
    if (x < 0x1p-1022) { /* without an exponent of its own */
        x *= 0x1p54;
        n = -54;
    }
    uint64_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    const uint64_t above = bits - 0x3fe6a09e667f3bcd; /* sqrt(1/2) */
    n += (int)((int64_t)above >> 52);
    bits -= (above >> 52) << 52;
    double m, sum = 0;
    __builtin_memcpy(&m, &bits, sizeof m);
    const double s = (m - 1) / (m + 1), z = s * s;
    for (int k = 23; k > 1; k -= 2)
        sum = sum * z + 1.0 / k;
    return n * log2_high + (2 * s + (2 * s * z * sum + n * log2_low));
}

/* What 1 + x loses of x, the quotient gives back (Kahan). */
double log1p(double x)
{
    const double sum = 1 + x;
    return sum == 1 || sum == HUGE_VAL ? x : log(sum) * (x / (sum - 1));
}

/* sin(x + quarter pi / 2): x = n pi / 2 + r, |r| <= pi / 4. */
static double wave(double x, unsigned quarter)
{
    if (!(fabs(x) < 0x1p30))
        return NAN;
    const double whole = rint(x * 0x1.45f306dc9c883p-1);
    const double r = x - whole * turn_high - whole * turn_middle - whole * turn_low;
    const unsigned at = (unsigned)(int)whole + quarter;
    const double value = at & 1 ? series(-r * r, 16, 2) : r * series(-r * r, 17, 2);
    return at & 2 ? -value : value;
}

double sin(double x) { return wave(x, 0); }
double cos(double x) { return wave(x, 1); }
