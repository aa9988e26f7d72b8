/* snprintf for what the engine writes, in a fraction of the C library's size, which every page would download: %d %u %x
 * %X with l, ll and z, filled with zeros to a width (%02d), %s with a precision, %g with one, %%. Decimal fractions
 * come from JavaScript, which rounds them exactly as well and has what that takes. A test compares each with the C
 * library and looks for others in the sources. */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { DECIMAL_SIZE = 32 };

/* value to `digits` significant digits in out[0..size), as JavaScript writes it (1e-7, NaN); the number of bytes. */
int heed_host_decimal(double value, int digits, char *out, size_t size);

typedef struct {
    char *out;
    size_t size, length; /* the room, and what the whole text takes */
} sink;

static void put(sink *to, const char *text, size_t n)
{
    if (to->length < to->size)
        __builtin_memcpy(to->out + to->length, text, n < to->size - to->length ? n : to->size - to->length);
    to->length += n;
}

static void put_whole(sink *to, unsigned long long value, unsigned base, char ten, size_t width)
{
    char digits[24];
    size_t at = sizeof digits;
    for (; value || at == sizeof digits || sizeof digits - at < width; value /= base) {
        const unsigned digit = (unsigned)(value % base);
        digits[--at] = (char)(digit < 10 ? '0' + (char)digit : ten + (char)(digit - 10));
    }
    put(to, digits + at, sizeof digits - at);
}

int vsnprintf(char *out, size_t size, const char *format, va_list arguments)
{
    sink to = {out, size ? size - 1 : 0, 0};
    for (const char *at = format; *at; at++) {
        const size_t plain = strcspn(at, "%");
        put(&to, at, plain);
        at += plain;
        if (!*at++)
            break;
        size_t width = 0;
        int precision = -1, longs = 0;
        for (; *at >= '0' && *at <= '9'; at++)
            width = width * 10 + (size_t)(*at - '0');
        if (*at == '.' && *++at == '*') {
            precision = va_arg(arguments, int);
            at++;
        } else if (at[-1] == '.') {
            for (precision = 0; *at >= '0' && *at <= '9'; at++)
                precision = precision * 10 + (*at - '0');
        }
        for (; *at == 'l' || *at == 'z'; at++)
            longs += *at == 'l' ? 1 : (int)(sizeof(size_t) / sizeof(long));
        if (*at == 's') {
            const char *text = va_arg(arguments, const char *);
            put(&to, text, precision < 0 ? strlen(text) : strnlen(text, (size_t)precision));
        } else if (*at == 'g') {
            char text[DECIMAL_SIZE];
            const double value = va_arg(arguments, double);
            const int digits = precision < 0 ? 6 : precision ? precision : 1;
            put(&to, text, (size_t)heed_host_decimal(value, digits, text, sizeof text));
        } else if (*at == '%') {
            put(&to, at, 1);
        } else {
            const bool is_signed = *at == 'd';
            long long value = longs > 1    ? va_arg(arguments, long long)
                              : longs == 1 ? va_arg(arguments, long)
                                           : va_arg(arguments, int);
            if (is_signed && value < 0) {
                put(&to, "-", 1);
                width -= width > 0;
            }
            const unsigned long long bits = is_signed && value < 0 ? 0 - (unsigned long long)value
                                            : longs > 1 || is_signed ? (unsigned long long)value
                                            : longs == 1 ? (unsigned long)value
                                                         : (unsigned)value;
            put_whole(&to, bits, *at == 'x' || *at == 'X' ? 16 : 10, *at == 'X' ? 'A' : 'a', width);
        }
    }
    if (size)
        out[to.length < to.size ? to.length : to.size] = '\0';
    return (int)to.length;
}

int snprintf(char *out, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int n = vsnprintf(out, size, format, arguments);
    va_end(arguments);
    return n;
}
