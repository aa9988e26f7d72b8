#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A message cut by the size of the buffer must not end inside a UTF-8 sequence: it is shown on a page. */
static void cut_broken_tail(char *text)
{
    size_t n = strlen(text), start = n;
    while (start > 0 && n - start < 3 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (n - start + 1 < want)
        text[start - 1] = '\0';
}

heed_status heed_fail(heed_error *error, heed_status status, const char *format, ...)
{
    if (error == NULL || error->status != HEED_OK)
        return status;
    error->status = status;
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    if (written < 0)
        error->message[0] = '\0';
    else if ((size_t)written >= sizeof error->message)
        cut_broken_tail(error->message);
    /* One line, whatever text of a foreign file was quoted. */
    for (char *c = error->message; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = ' ';
    return status;
}
