/* Tokens separated by blanks, taken as they are: "AH B EY". */
#include "base/error.h"
#include "text/tokenizer.h"

static heed_status configure(const heed_json *options, const char *where, int *mode, heed_error *error)
{
    (void)options, (void)where, (void)error;
    *mode = 0;
    return HEED_OK;
}

static void write_options(int mode, heed_json_writer *writer)
{
    (void)mode, (void)writer;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t next(int mode, const char *text, size_t n, heed_piece *piece)
{
    (void)mode;
    size_t taken = 1;
    int blank = is_blank(text[0]);
    while (taken < n && is_blank(text[taken]) == blank)
        taken++;
    piece->text = text;
    piece->length = blank ? 0 : taken;
    return taken;
}

static const char *const options[] = {NULL};

const heed_tokenizer_kind heed_tokenizer_symbol = {"symbol", options, configure, write_options, next, " "};
