/* Numbers as text whatever locale the host program has set: strtod and printf follow LC_NUMERIC, in which the decimal
 * point may be a comma; here it is always a point. */
#ifndef HEED_BASE_NUMBER_H
#define HEED_BASE_NUMBER_H

#include <stddef.h>

#include "base/arena.h"

/* The double nearest to text[0..n), which has the form of a JSON number; infinite when it is too large. Gives back what
 * it takes of the arena. Returns 0 when memory is out. */
int heed_number_parse(const char *text, size_t n, heed_arena *arena, double *out);

/* "%.*g" of a finite value into out[HEED_NUMBER_SIZE]; digits up to 17. */
enum { HEED_NUMBER_SIZE = 64 };
void heed_number_format(double value, int digits, char out[HEED_NUMBER_SIZE]);

#endif
