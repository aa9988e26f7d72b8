/* Words parted by blanks, punctuation marks as tokens of their own; a word that is not known is <unk>. */
#include <string.h>

#include "base/utf8.h"
#include "text/separators.h"
#include "text/tokenizer.h"

/* An apostrophe or a hyphen between two letters is part of the word: don't, из-за. */
static bool binds(uint32_t code, const char *text, size_t n)
{
    uint32_t after;
    if ((code != '\'' && code != '-' && code != 0x2019 && code != 0x2010) || n == 0)
        return false;
    heed_utf8_decode(text, n, &after);
    return !heed_is_blank(after) && !heed_is_punctuation(after);
}

static size_t next(const heed_text_options *options, const char *text, size_t n, bool *is_token)
{
    uint32_t code;
    size_t at = (size_t)heed_utf8_decode(text, n, &code);
    *is_token = !heed_is_blank(code);
    if (!*is_token || (options->split_punctuation && heed_is_punctuation(code)))
        return at;
    for (size_t taken; at < n; at += taken) {
        taken = (size_t)heed_utf8_decode(text + at, n - at, &code);
        if (heed_is_blank(code))
            break;
        if (options->split_punctuation && heed_is_punctuation(code) && !binds(code, text + at + taken, n - at - taken))
            break;
    }
    return at;
}

static bool in_list(const char *token, const char *list)
{
    const size_t n = strlen(token);
    for (const char *at = list; *at; at += *at == ' ' ? 1 : strcspn(at, " "))
        if (*at != ' ' && strcspn(at, " ") == n && memcmp(at, token, n) == 0)
            return true;
    return false;
}

/* Marks stand where they do in print: "(yes, no)". */
static bool joined(const char *left, const char *right)
{
    return in_list(right, " . , ! ? ; : ) ] } » … ” % ") || in_list(left, " ( [ { « “ „ ");
}

static const char *const options[] = {"case", "normalize", "punctuation", "size", "min_count", NULL};

const heed_tokenizer_kind heed_tokenizer_word = {
    .name = "word",
    .options = options,
    .defaults = {.form = HEED_FORM_NFC, .split_punctuation = true},
    .next = next,
    .unknown = true,
    .joiner = " ",
    .joined = joined,
};
