/* Numbers as text whatever locale the host program has set: strtod and printf follow LC_NUMERIC, in which the decimal
 * point may be a comma; here it is always a point. */
#ifndef HEED_BASE_NUMBER_H
#define HEED_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

static inline bool heed_is_digit(char c) { return c >= '0' && c <= '9'; }

/* The double nearest to text[0..n), which has the form of a JSON number; infinite when it is too large. Gives back what
 * it takes of the arena. Returns 0 when memory is out. */
int heed_number_parse(const char *text, size_t n, heed_arena *arena, double *out);

/* The bytes of the decimal number that text[0..n) begins with, "-1.5e3" or ".5"; 0: it begins with none. What follows
 * may be anything. */
size_t heed_number_size(const char *text, size_t n);

/* "%.*g" of a finite value into out[HEED_NUMBER_SIZE]; digits up to 17. */
enum { HEED_NUMBER_SIZE = 64 };
void heed_number_format(double value, int digits, char out[HEED_NUMBER_SIZE]);

#endif
