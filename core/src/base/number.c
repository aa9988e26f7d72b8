#include "base/number.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* text with the first `from` replaced by `to`, in out. */
static void replace_point(const char *text, size_t n, const char *from, const char *to, char *out)
{
    const size_t from_size = strlen(from), to_size = strlen(to);
    size_t at = 0;
    while (at < n && (n - at < from_size || memcmp(text + at, from, from_size) != 0))
        at++;
    memmove(out, text, at);
    if (at < n) {
        memmove(out + at + to_size, text + at + from_size, n - at - from_size);
        memcpy(out + at, to, to_size);
        n = n - from_size + to_size;
    }
    out[n] = '\0';
}

#ifdef __EMSCRIPTEN__
/* JavaScript reads decimals exactly too, and has what it takes: the C library's own reader would be downloaded. */
double heed_host_number(const char *text, size_t n);

int heed_number_parse(const char *text, size_t n, heed_arena *arena, double *out)
{
    (void)arena;
    *out = heed_host_number(text, n);
    return 1;
}
#else
int heed_number_parse(const char *text, size_t n, heed_arena *arena, double *out)
{
    const char *point = localeconv()->decimal_point;
    char short_copy[64];
    const size_t size = n + strlen(point) + 1;
    const heed_arena_mark mark = heed_arena_save(arena);
    char *copy = size <= sizeof short_copy ? short_copy : heed_arena_alloc(arena, size);
    if (copy == NULL)
        return 0;
    replace_point(text, n, ".", point, copy);
    *out = strtod(copy, NULL);
    heed_arena_restore(arena, mark);
    return 1;
}
#endif

size_t heed_number_size(const char *text, size_t n)
{
    size_t at = n > 0 && (text[0] == '-' || text[0] == '+'), digits = 0;
    for (; at < n && heed_is_digit(text[at]); at++)
        digits++;
    if (at < n && text[at] == '.')
        for (at++; at < n && heed_is_digit(text[at]); at++)
            digits++;
    if (digits == 0)
        return 0;
    if (at < n && (text[at] == 'e' || text[at] == 'E')) {
        at++;
        if (at < n && (text[at] == '-' || text[at] == '+'))
            at++;
        if (at == n || !heed_is_digit(text[at]))
            return 0;
        while (at < n && heed_is_digit(text[at]))
            at++;
    }
    return at;
}

void heed_number_format(double value, int digits, char out[HEED_NUMBER_SIZE])
{
    const char *point = localeconv()->decimal_point;
    const int n = snprintf(out, HEED_NUMBER_SIZE, "%.*g", digits, value);
    replace_point(out, (size_t)n, point, ".", out);
}
