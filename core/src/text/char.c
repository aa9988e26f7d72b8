/* One code point a token. */
#include "base/utf8.h"
#include "text/tokenizer.h"

static size_t next(const heed_text_options *options, const char *text, size_t n, bool *is_token)
{
    uint32_t code;
    (void)options;
    *is_token = true; /* an invalid byte too: no vocabulary holds it, so it is reported as skipped */
    return (size_t)heed_utf8_decode(text, n, &code);
}

static const char *const options[] = {"case", "normalize", NULL};

const heed_tokenizer_kind heed_tokenizer_char = {.name = "char", .options = options, .next = next, .joiner = ""};
