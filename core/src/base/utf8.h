/* UTF-8, strictly: overlong forms, surrogates and values above U+10FFFF are invalid (RFC 3629). */
#ifndef HEED_BASE_UTF8_H
#define HEED_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Decodes one code point of text[0..n). Returns how many bytes it took (1-4) and sets *code; on an invalid sequence
 * returns 1 and sets *code = 0xFFFD; returns 0 when n is 0. */
int heed_utf8_decode(const char *text, size_t n, uint32_t *code);
/* Writes 1-4 bytes, returns their number. */
int heed_utf8_encode(uint32_t code, char out[4]);
int heed_utf8_valid(const char *text, size_t n);

#endif
