/* Tokens separated by blanks, taken as they are: "AH B EY". */
#include "text/tokenizer.h"

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t next(const heed_text_options *options, const char *text, size_t n, bool *is_token)
{
    (void)options;
    size_t taken = 1;
    const int blank = is_blank(text[0]);
    while (taken < n && is_blank(text[taken]) == blank)
        taken++;
    *is_token = !blank;
    return taken;
}

static const char *const options[] = {NULL};

const heed_tokenizer_kind heed_tokenizer_symbol = {.name = "symbol", .options = options, .next = next, .joiner = " "};
