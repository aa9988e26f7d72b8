/* One code point a token, with "case": "upper" or "lower" folding first. */
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"
#include "text/tokenizer.h"

enum { CASE_NONE, CASE_UPPER, CASE_LOWER };
static const char *const case_names[] = {"none", "upper", "lower"};

/* Simple one-to-one folding of ASCII, Latin-1 and basic Cyrillic: lower = upper + distance in each range. */
static const struct {
    uint32_t first, last; /* upper case */
    uint32_t distance;
} case_ranges[] = {
    {'A', 'Z', 0x20},
    {0xC0, 0xD6, 0x20}, /* the multiplication sign 0xD7 has no case */
    {0xD8, 0xDE, 0x20},
    {0x400, 0x40F, 0x50},
    {0x410, 0x42F, 0x20},
};

static uint32_t fold(uint32_t code, int mode)
{
    for (size_t i = 0; i < sizeof case_ranges / sizeof *case_ranges; i++) {
        uint32_t first = case_ranges[i].first, last = case_ranges[i].last, distance = case_ranges[i].distance;
        if (mode == CASE_LOWER && code >= first && code <= last)
            return code + distance;
        if (mode == CASE_UPPER && code >= first + distance && code <= last + distance)
            return code - distance;
    }
    return code;
}

static heed_status configure(const heed_json *options, const char *where, int *mode, heed_error *error)
{
    const char *name = case_names[CASE_NONE];
    HEED_TRY(heed_json_string(options, where, "case", &name, error));
    for (int i = 0; i < 3; i++)
        if (strcmp(name, case_names[i]) == 0) {
            *mode = i;
            return HEED_OK;
        }
    return heed_fail(error, HEED_ERROR_FORMAT, "%s.case is \"%.60s\"; it must be none, upper or lower", where, name);
}

static void write_options(int mode, heed_json_writer *writer)
{
    heed_json_write_string(writer, "case", case_names[mode]);
}

static size_t next(int mode, const char *text, size_t n, heed_piece *piece)
{
    uint32_t code = 0;
    size_t taken = (size_t)heed_utf8_decode(text, n, &code);
    if (mode == CASE_NONE || (code == 0xFFFD && taken == 1)) {
        /* An invalid byte stays the byte it is: no vocabulary holds it, so it is reported as skipped. */
        piece->text = text;
        piece->length = taken;
        return taken;
    }
    piece->length = (size_t)heed_utf8_encode(fold(code, mode), piece->folded);
    piece->text = piece->folded;
    return taken;
}

static const char *const options[] = {"case", NULL};

const heed_tokenizer_kind heed_tokenizer_char = {"char", options, configure, write_options, next, ""};
