/* What a tokenizer does to a text before it cuts it: Unicode's normal form C (UAX #15) and one case for all letters. */
#ifndef HEED_TEXT_NORMALIZE_H
#define HEED_TEXT_NORMALIZE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

typedef enum heed_letter_case { HEED_CASE_NONE, HEED_CASE_UPPER, HEED_CASE_LOWER } heed_letter_case;
typedef enum heed_normal_form { HEED_FORM_NONE, HEED_FORM_NFC } heed_normal_form;

typedef struct heed_normal_text {
    const char *text;
    size_t size;
    const uint32_t *origin; /* [size + 1] where in the input the character began of which byte i is; NULL: at i */
} heed_normal_text;

/* The form, the case, and the form again where changing the case has undone it. Any bytes are allowed; those that
 * are not UTF-8 stay as they are. Known are the letters of the basic plane but for CJK compatibility ideographs,
 * Hangul syllables and letters composed of two that stand alone, as in Devanagari; case is one letter for one. Twice
 * is the same as once. What is neither changed nor copied is a view of `text`; the rest is in the arena. Returns 0
 * when memory is out. Takes time in proportion to n. */
int heed_normalize(heed_normal_form form, heed_letter_case letter_case, const char *text, size_t n, heed_arena *arena,
                   heed_normal_text *out);

#endif
