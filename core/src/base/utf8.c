#include "base/utf8.h"

/* Bytes of the sequence that begins with `lead`, and the smallest code point it may hold; 0 when nothing begins so. */
static int sequence_length(unsigned char lead, uint32_t *least)
{
    if (lead < 0x80) { *least = 0; return 1; }
    if (lead >= 0xC2 && lead < 0xE0) { *least = 0x80; return 2; }
    if (lead >= 0xE0 && lead < 0xF0) { *least = 0x800; return 3; }
    if (lead >= 0xF0 && lead < 0xF5) { *least = 0x10000; return 4; }
    return 0;
}

/* As heed_utf8_decode, but 0 on an invalid sequence. */
static int decode_valid(const char *text, size_t n, uint32_t *code)
{
    const unsigned char *bytes = (const unsigned char *)text;
    uint32_t least = 0;
    int length = sequence_length(bytes[0], &least);
    if (length == 0 || (size_t)length > n)
        return 0;
    uint32_t value = length == 1 ? bytes[0] : bytes[0] & (0x7Fu >> length);
    for (int i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (bytes[i] & 0x3F);
    }
    if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *code = value;
    return length;
}

int heed_utf8_decode(const char *text, size_t n, uint32_t *code)
{
    if (n == 0)
        return 0;
    int length = decode_valid(text, n, code);
    if (length == 0) {
        *code = 0xFFFD;
        return 1;
    }
    return length;
}

int heed_utf8_encode(uint32_t code, char out[4])
{
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = 0xFFFD;
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    int length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (int i = length - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)((0xF00u >> length & 0xFF) | code);
    return length;
}

int heed_utf8_valid(const char *text, size_t n)
{
    uint32_t code;
    while (n > 0) {
        int length = decode_valid(text, n, &code);
        if (length == 0)
            return 0;
        text += length;
        n -= (size_t)length;
    }
    return 1;
}
