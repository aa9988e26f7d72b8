#include "text/normalize.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"
#include "text/unicode_table.h"

enum { DECOMPOSED_MAX = 4, /* code points of one; the longest chains have three */
       APART = 128,           /* in seconds: the parts are not put together again */
       INVALID = 0x110000 };  /* + a byte: one that is not UTF-8 */

#define COUNT(table) (sizeof table / sizeof *table)

/* A run of codes in a table of them: the number of the run, how many codes were in those before. */
typedef struct run {
    const uint8_t *gap;
    int number, before;
    uint32_t first, length;
} run;

static bool next_run(run *at, const uint8_t *lengths, int count)
{
    if (++at->number == count)
        return false;
    uint32_t gap = 0;
    do
        gap = gap << 7 | (*at->gap & 127);
    while (*at->gap++ & 128);
    at->first += at->length + gap;
    at->before += (int)at->length;
    at->length = lengths[at->number];
    return true;
}

#define EACH_RUN(at, table) \
    run at = {.gap = table##_gaps, .number = -1}; next_run(&at, table##_lengths, (int)COUNT(table##_lengths));

/* The index in firsts and seconds of a code that is made of others; -1: it is not. */
static int find_parts(uint32_t code)
{
    for (EACH_RUN(at, made))
        if (code < at.first + at.length)
            return code < at.first ? -1 : at.before + (int)(code - at.first);
    return -1;
}

static uint32_t code_of(int index)
{
    for (EACH_RUN(at, made))
        if (index < at.before + (int)at.length)
            return at.first + (uint32_t)(index - at.before);
    return 0;
}

/* A plain search: marks that stand alone are rare. */
static uint32_t compose(uint32_t first, uint32_t second)
{
    for (int i = 0; i < (int)COUNT(firsts); i++)
        if (firsts[i] == first && seconds[i] < APART && mark_codes[seconds[i]] == second && second != 0)
            return code_of(i);
    return 0;
}

static int combining_class(uint32_t code)
{
    if (code < 0x300 || (code >= 0x370 && code < 0x483))
        return 0; /* nearly all Latin, Greek and Cyrillic */
    for (EACH_RUN(at, combining))
        if (code < at.first + at.length)
            return code < at.first ? 0 : combining_classes[at.number];
    return 0;
}

static int decompose(uint32_t code, uint32_t out[DECOMPOSED_MAX])
{
    int count = 1;
    out[0] = code;
    for (int i; count < DECOMPOSED_MAX && (i = find_parts(out[0])) >= 0;) {
        out[0] = firsts[i];
        if (seconds[i] % APART == 0)
            continue;
        memmove(out + 2, out + 1, (size_t)(count - 1) * sizeof *out);
        out[1] = mark_codes[seconds[i] % APART];
        count++;
    }
    return count;
}

/* Whether a code is one of a run of capitals. */
static bool is_capital(uint32_t code, const run *capitals)
{
    return code >= capitals->first && code < capitals->first + capitals->length &&
           (code - capitals->first) % capital_steps[capitals->number] == 0;
}

static uint32_t lower(uint32_t code)
{
    for (EACH_RUN(at, capital))
        if (code < at.first + at.length)
            return is_capital(code, &at) ? (uint16_t)(code + capital_distances[at.number]) : code;
    return code;
}

/* The first capital whose small letter this is. */
static uint32_t upper(uint32_t code)
{
    for (EACH_RUN(at, capital))
        if (code < 0x10000 && is_capital((uint16_t)(code - capital_distances[at.number]), &at))
            return (uint16_t)(code - capital_distances[at.number]);
    return code;
}

typedef struct sign {
    uint32_t code;
    uint32_t origin;
    int class;
} sign;

typedef struct writer {
    heed_letter_case letter_case;
    char *text;
    uint32_t *origin;
    size_t size;
    bool marks; /* some stand alone: other letters may take them in */
} writer;

static void write_code(writer *out, uint32_t code, uint32_t origin)
{
    char bytes[4];
    int n = 1;
    if (code >= INVALID)
        bytes[0] = (char)(code - INVALID);
    else
        n = heed_utf8_encode(code, bytes);
    for (int i = 0; i < n; i++) {
        out->text[out->size] = bytes[i];
        out->origin[out->size++] = origin;
    }
}

static void write_cased(writer *out, uint32_t code, uint32_t origin)
{
    if (out->letter_case == HEED_CASE_LOWER && code == 0x130) { /* the one capital that two code points stand for */
        write_code(out, 'i', origin);
        write_code(out, 0x307, origin);
        out->marks = true;
        return;
    }
    if (code < INVALID && out->letter_case != HEED_CASE_NONE)
        code = out->letter_case == HEED_CASE_LOWER ? lower(code) : upper(code);
    write_code(out, code, origin);
}

/* By class, those of one class in the order they came: counting, so that a text of nothing but marks costs no more. */
static void sort_marks(sign *marks, sign *spare, size_t n)
{
    size_t starts[257] = {0};
    bool sorted = true;
    for (size_t i = 1; i < n && sorted; i++)
        sorted = marks[i - 1].class <= marks[i].class;
    if (sorted)
        return;
    for (size_t i = 0; i < n; i++)
        starts[marks[i].class + 1]++;
    for (int c = 0; c < 256; c++)
        starts[c + 1] += starts[c];
    for (size_t i = 0; i < n; i++)
        spare[starts[marks[i].class]++] = marks[i];
    for (size_t i = 0; i < n; i++) { /* places stay in order, whatever the marks do */
        marks[i].code = spare[i].code;
        marks[i].class = spare[i].class;
    }
}

/* A letter and the marks behind it (signs[0] may be a mark when the text begins with one). */
static void write_run(writer *out, sign *signs, sign *spare, size_t n)
{
    const bool has_letter = n > 0 && signs[0].class == 0;
    sign *marks = signs + has_letter;
    const size_t count = n - has_letter;
    size_t kept = 0;
    int last_class = 0;
    sort_marks(marks, spare, count);
    for (size_t i = 0; i < count; i++) {
        const uint32_t together = has_letter && last_class < marks[i].class ? compose(signs[0].code, marks[i].code) : 0;
        if (together != 0) {
            signs[0].code = together;
            continue;
        }
        last_class = marks[i].class;
        marks[kept++] = marks[i];
    }
    if (has_letter)
        write_cased(out, signs[0].code, signs[0].origin);
    for (size_t i = 0; i < kept; i++)
        write_cased(out, marks[i].code, marks[i].origin);
    out->marks = out->marks || kept > 0;
}

static bool is_plain(heed_letter_case letter_case, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((text[i] & 0x80) != 0 || (letter_case == HEED_CASE_LOWER && text[i] >= 'A' && text[i] <= 'Z') ||
            (letter_case == HEED_CASE_UPPER && text[i] >= 'a' && text[i] <= 'z'))
            return false;
    return true;
}

/* Reads a code point; returns the bytes it took. */
static size_t read_code(const char *text, size_t n, uint32_t *code)
{
    const size_t taken = (size_t)heed_utf8_decode(text, n, code);
    if (*code == 0xFFFD && taken == 1)
        *code = INVALID + (unsigned char)text[0];
    return taken;
}

/* Whether a code point that no mark follows stays as it is. */
static bool stays(uint32_t code)
{
    const int i = find_parts(code);
    return i < 0 || seconds[i] < APART;
}

static void write_form(writer *out, const char *text, size_t n, sign *signs, sign *spare)
{
    size_t held = 0, taken = 0;
    uint32_t code = 0, next = 0;
    size_t next_taken = n > 0 ? read_code(text, n, &next) : 0;
    int class, next_class = combining_class(next);
    for (size_t at = 0; at < n; at += taken) {
        taken = next_taken, code = next, class = next_class;
        next_taken = at + taken < n ? read_code(text + at + taken, n - at - taken, &next) : 0;
        next_class = next_taken > 0 ? combining_class(next) : 0;
        if (class == 0 && next_class == 0 && stays(code)) {
            write_run(out, signs, spare, held);
            held = 0;
            write_cased(out, code, (uint32_t)at);
            continue;
        }
        uint32_t parts[DECOMPOSED_MAX];
        const int count = decompose(code, parts);
        for (int i = 0; i < count; i++) {
            const sign part = {parts[i], (uint32_t)at, combining_class(parts[i])};
            if (part.class == 0) {
                write_run(out, signs, spare, held);
                held = 0;
            }
            signs[held++] = part;
        }
    }
    write_run(out, signs, spare, held);
}

static int normalize(heed_normal_form form, heed_letter_case letter_case, const char *text, size_t n,
                     heed_arena *arena, heed_normal_text *out, bool *marks)
{
    /* A code point of two bytes may become one of three (U+023A in lower case) or two of three together. */
    const size_t most = 2 * n + 1;
    writer to = {.letter_case = letter_case, .text = heed_arena_alloc(arena, most),
                 .origin = heed_arena_alloc(arena, most * sizeof *to.origin)};
    if (to.text == NULL || to.origin == NULL)
        return 0;
    if (form == HEED_FORM_NFC) {
        const heed_arena_mark mark = heed_arena_save(arena);
        sign *signs = heed_arena_alloc(arena, most * sizeof *signs);
        sign *spare = heed_arena_alloc(arena, most * sizeof *spare);
        if (signs == NULL || spare == NULL)
            return 0;
        write_form(&to, text, n, signs, spare);
        heed_arena_restore(arena, mark);
    } else {
        for (size_t at = 0; at < n;) {
            uint32_t code;
            const size_t taken = read_code(text + at, n - at, &code);
            write_cased(&to, code, (uint32_t)at);
            at += taken;
        }
    }
    to.origin[to.size] = (uint32_t)n;
    *out = (heed_normal_text){to.text, to.size, to.origin};
    *marks = to.marks;
    return 1;
}

int heed_normalize(heed_normal_form form, heed_letter_case letter_case, const char *text, size_t n, heed_arena *arena,
                   heed_normal_text *out)
{
    *out = (heed_normal_text){text, n, NULL};
    if (is_plain(letter_case, text, n) || (form == HEED_FORM_NONE && letter_case == HEED_CASE_NONE))
        return 1;
    bool marks = false;
    if (!normalize(form, letter_case, text, n, arena, out, &marks))
        return 0;
    if (form == HEED_FORM_NONE || letter_case == HEED_CASE_NONE || !marks)
        return 1;
    heed_normal_text again;
    uint32_t *origin = NULL;
    if (!normalize(form, HEED_CASE_NONE, out->text, out->size, arena, &again, &marks) ||
        (origin = heed_arena_alloc(arena, (again.size + 1) * sizeof *origin)) == NULL)
        return 0;
    for (size_t i = 0; i <= again.size; i++)
        origin[i] = out->origin[again.origin[i]];
    *out = (heed_normal_text){again.text, again.size, origin};
    return 1;
}
