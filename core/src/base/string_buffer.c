#include "base/string_buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

/* Room for n more bytes and the NUL. */
static int reserve(heed_string_buffer *buffer, size_t n)
{
    size_t needed;
    if (buffer->failed)
        return 0;
    if (!heed_add_size(buffer->length, n, &needed) || !heed_add_size(needed, 1, &needed)) {
        buffer->failed = true;
        return 0;
    }
    if (needed <= buffer->capacity)
        return 1;
    size_t capacity = buffer->capacity < 64 ? 64 : buffer->capacity;
    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    char *text = heed_realloc(buffer->text, buffer->text == NULL ? 0 : buffer->length + 1, capacity, 1);
    if (text == NULL) {
        buffer->failed = true;
        return 0;
    }
    buffer->text = text;
    buffer->capacity = capacity;
    return 1;
}

void heed_string_append(heed_string_buffer *buffer, const char *text, size_t n)
{
    if (!reserve(buffer, n))
        return;
    if (n > 0)
        memcpy(buffer->text + buffer->length, text, n);
    buffer->length += n;
    buffer->text[buffer->length] = '\0';
}

void heed_string_format(heed_string_buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (n < 0) {
        buffer->failed = true;
        return;
    }
    if (!reserve(buffer, (size_t)n))
        return;
    va_start(arguments, format);
    vsnprintf(buffer->text + buffer->length, (size_t)n + 1, format, arguments);
    va_end(arguments);
    buffer->length += (size_t)n;
}

void heed_string_clear(heed_string_buffer *buffer)
{
    buffer->length = 0;
    buffer->failed = false;
    if (buffer->text != NULL)
        buffer->text[0] = '\0';
}

void heed_string_free(heed_string_buffer *buffer)
{
    heed_free(buffer->text);
    heed_string_buffer empty = {0};
    *buffer = empty;
}
