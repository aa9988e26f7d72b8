/* A growing text. Errors are sticky: after a failed allocation further appends do nothing and `failed` is set. */
#ifndef HEED_BASE_STRING_BUFFER_H
#define HEED_BASE_STRING_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

typedef struct heed_string_buffer { /* zero-initialise */
    char *text;   /* NUL-terminated once something was appended; NULL before */
    size_t length;
    size_t capacity;
    bool failed;
} heed_string_buffer;

void heed_string_append(heed_string_buffer *buffer, const char *text, size_t n);
void heed_string_format(heed_string_buffer *buffer, const char *format, ...) HEED_PRINTF(2, 3);
void heed_string_clear(heed_string_buffer *buffer);  /* keeps the memory */
void heed_string_free(heed_string_buffer *buffer);

#endif
