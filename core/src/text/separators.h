/* Which code points part words. Few and listed, so that they are the same in a regular expression (bpe_file.c). */
#ifndef HEED_TEXT_SEPARATORS_H
#define HEED_TEXT_SEPARATORS_H

#include <stdbool.h>
#include <stdint.h>

/* As the inside of a class of a regular expression. */
#define HEED_BLANK_CLASS " \t\n\r\u00A0\u202F"
#define HEED_PUNCTUATION_CLASS "!-/:-@\\[-`{-~\u00A1\u00A7\u00AB\u00B6\u00B7\u00BB\u00BF\u2010-\u2027\u2030-\u205E"

static inline bool heed_is_blank(uint32_t code)
{
    return code == ' ' || code == '\t' || code == '\n' || code == '\r' || code == 0xA0 || code == 0x202F;
}

static inline bool heed_is_punctuation(uint32_t code)
{
    if (code < 0x80)
        return (code >= '!' && code <= '/') || (code >= ':' && code <= '@') || (code >= '[' && code <= '`') ||
               (code >= '{' && code <= '~');
    return code == 0xA1 || code == 0xA7 || code == 0xAB || code == 0xB6 || code == 0xB7 || code == 0xBB ||
           code == 0xBF || (code >= 0x2010 && code <= 0x2027) || (code >= 0x2030 && code <= 0x205E);
}

#endif
