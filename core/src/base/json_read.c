/* A recursive-descent parser. Nesting is bounded, every byte is checked, and the tree is linked nodes in an arena. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/number.h"
#include "base/utf8.h"

enum { DEEPEST = 64 };

typedef struct parser {
    heed_arena *arena;
    const char *text;
    size_t n, at;
    const char *what;
    heed_error *error;
} parser;

static void *fail(parser *p, const char *why)
{
    int line = 1;
    size_t line_start = 0;
    for (size_t i = 0; i < p->at && i < p->n; i++)
        if (p->text[i] == '\n') {
            line++;
            line_start = i + 1;
        }
    heed_fail(p->error, HEED_ERROR_FORMAT, "%s: line %d, byte %zu: %s", p->what, line, p->at - line_start + 1, why);
    return NULL;
}

static void *fail_memory(parser *p)
{
    heed_fail(p->error, HEED_ERROR_MEMORY, "%s: out of memory while reading JSON", p->what);
    return NULL;
}

static void skip_blanks(parser *p)
{
    while (p->at < p->n && (p->text[p->at] == ' ' || p->text[p->at] == '\t' || p->text[p->at] == '\n' ||
                            p->text[p->at] == '\r'))
        p->at++;
}

static int peek(const parser *p)
{
    return p->at < p->n ? (unsigned char)p->text[p->at] : -1;
}

static int take(parser *p, int c)
{
    if (peek(p) != c)
        return 0;
    p->at++;
    return 1;
}

static int hex4(parser *p, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++) {
        int c = peek(p);
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
                    c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0)
            return 0;
        *code = *code << 4 | (uint32_t)digit;
        p->at++;
    }
    return 1;
}

/* After the backslash: writes what it stands for to `out`, returns how many bytes, 0 on failure. */
static int escape(parser *p, char *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    int c = peek(p);
    if (c > 0 && strchr(from, c) != NULL) {
        *out = to[strchr(from, c) - from];
        p->at++;
        return 1;
    }
    uint32_t code, low;
    if (c != 'u')
        return fail(p, "unknown escape in a string"), 0;
    p->at++;
    if (!hex4(p, &code))
        return fail(p, "\\u needs four hexadecimal digits"), 0;
    if (code >= 0xD800 && code < 0xDC00) {
        if (!take(p, '\\') || !take(p, 'u') || !hex4(p, &low) || low < 0xDC00 || low > 0xDFFF)
            return fail(p, "half of a surrogate pair"), 0;
        code = 0x10000 + ((code - 0xD800) << 10 | (low - 0xDC00));
    } else if (code >= 0xDC00 && code <= 0xDFFF) {
        return fail(p, "half of a surrogate pair"), 0;
    }
    return heed_utf8_encode(code, out);
}

/* The string at the opening quote, unescaped. */
static char *parse_string(parser *p, size_t *length)
{
    if (!take(p, '"'))
        return fail(p, "a string was expected");
    size_t end = p->at;
    while (end < p->n && p->text[end] != '"')
        end += p->text[end] == '\\' && end + 1 < p->n ? 2 : 1;
    if (end >= p->n)
        return fail(p, "a string has no end");
    /* No escape is shorter than what it stands for, so the source length is enough. */
    char *out = heed_arena_alloc(p->arena, end - p->at + 1);
    if (out == NULL)
        return fail_memory(p);
    size_t n = 0;
    while (p->at < end) {
        unsigned char c = (unsigned char)p->text[p->at];
        if (c < 0x20)
            return fail(p, "a control character in a string; write it as an escape");
        p->at++;
        if (c != '\\') {
            out[n++] = (char)c;
            continue;
        }
        int wrote = escape(p, out + n);
        if (wrote == 0)
            return NULL;
        n += (size_t)wrote;
    }
    p->at = end + 1;
    out[n] = '\0';
    *length = n;
    return out;
}

static int digits(parser *p)
{
    int count = 0;
    while (peek(p) >= '0' && peek(p) <= '9') {
        p->at++;
        count++;
    }
    return count;
}

static int parse_number(parser *p, double *out)
{
    size_t start = p->at;
    take(p, '-');
    int leading_zero = peek(p) == '0';
    int whole = digits(p);
    if (whole == 0 || (leading_zero && whole > 1))
        return fail(p, "not a number"), 0;
    if (take(p, '.') && digits(p) == 0)
        return fail(p, "a digit must follow the point"), 0;
    if (peek(p) == 'e' || peek(p) == 'E') {
        p->at++;
        if (!take(p, '+'))
            take(p, '-');
        if (digits(p) == 0)
            return fail(p, "a digit must follow the exponent"), 0;
    }
    if (!heed_number_parse(p->text + start, p->at - start, p->arena, out))
        return fail_memory(p), 0;
    if (!isfinite(*out))
        return fail(p, "the number is too large"), 0;
    return 1;
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* By sorting, so that an object of a million members costs no more than reading it. */
static int check_keys(parser *p, const heed_json *object)
{
    if (object->count < 2)
        return 1;
    heed_arena_mark mark = heed_arena_save(p->arena);
    const char **keys = heed_arena_alloc(p->arena, (size_t)object->count * sizeof *keys);
    if (keys == NULL)
        return fail_memory(p), 0;
    int n = 0;
    for (const heed_json *member = object->first; member != NULL; member = member->next)
        keys[n++] = member->key;
    qsort(keys, (size_t)n, sizeof *keys, compare_keys);
    const char *twice = NULL;
    for (int i = 1; i < n && twice == NULL; i++)
        if (strcmp(keys[i - 1], keys[i]) == 0)
            twice = keys[i];
    heed_arena_restore(p->arena, mark);
    if (twice == NULL)
        return 1;
    heed_fail(p->error, HEED_ERROR_FORMAT, "%s: the key \"%.100s\" occurs twice in one object", p->what, twice);
    return 0;
}

static heed_json *parse_value(parser *p, int depth);

static heed_json *parse_container(parser *p, heed_json *value, int depth)
{
    int is_object = value->type == HEED_JSON_OBJECT;
    char close = is_object ? '}' : ']';
    heed_json *last = NULL;
    if (depth == DEEPEST)
        return fail(p, "nested deeper than 64");
    p->at++;
    skip_blanks(p);
    if (take(p, close))
        return value;
    for (;;) {
        const char *key = NULL;
        size_t key_length;
        skip_blanks(p);
        if (is_object) {
            key = parse_string(p, &key_length);
            if (key == NULL)
                return NULL;
            if (strlen(key) != key_length)
                return fail(p, "a key holds a NUL");
            skip_blanks(p);
            if (!take(p, ':'))
                return fail(p, "a colon was expected");
        }
        heed_json *child = parse_value(p, depth + 1);
        if (child == NULL)
            return NULL;
        child->key = key;
        if (last == NULL)
            value->first = child;
        else
            last->next = child;
        last = child;
        if (value->count == INT32_MAX)
            return fail(p, "too many elements");
        value->count++;
        skip_blanks(p);
        if (take(p, close))
            return !is_object || check_keys(p, value) ? value : NULL;
        if (!take(p, ','))
            return fail(p, is_object ? "a comma or } was expected" : "a comma or ] was expected");
    }
}

static int take_word(parser *p, const char *word)
{
    size_t n = strlen(word);
    if (p->n - p->at < n || memcmp(p->text + p->at, word, n) != 0)
        return 0;
    p->at += n;
    return 1;
}

static heed_json *parse_value(parser *p, int depth)
{
    heed_json *value = heed_arena_alloc_zero(p->arena, sizeof *value);
    if (value == NULL)
        return fail_memory(p);
    skip_blanks(p);
    int c = peek(p);
    if (c < 0)
        return fail(p, "the text ends where a value was expected");
    if (c == '{' || c == '[') {
        value->type = c == '{' ? HEED_JSON_OBJECT : HEED_JSON_ARRAY;
        return parse_container(p, value, depth);
    }
    if (c == '"') {
        value->type = HEED_JSON_STRING;
        value->string = parse_string(p, &value->string_length);
        return value->string == NULL ? NULL : value;
    }
    if (c == '-' || (c >= '0' && c <= '9')) {
        value->type = HEED_JSON_NUMBER;
        return parse_number(p, &value->number) ? value : NULL;
    }
    if (take_word(p, "null"))
        return value;
    value->type = HEED_JSON_BOOL;
    if (take_word(p, "true")) {
        value->boolean = true;
        return value;
    }
    if (take_word(p, "false"))
        return value;
    return fail(p, "a value was expected");
}

const heed_json *heed_json_parse(heed_arena *arena, const char *text, size_t n, const char *what, heed_error *error)
{
    parser p = {arena, text, n, 0, what, error};
    while (p.at < n) {
        uint32_t code = 0;
        int length = heed_utf8_decode(text + p.at, n - p.at, &code);
        if (code == 0xFFFD && length == 1)
            return fail(&p, "bytes that are not UTF-8");
        p.at += (size_t)length;
    }
    p.at = 0;
    heed_json *value = parse_value(&p, 0);
    if (value == NULL)
        return NULL;
    skip_blanks(&p);
    return p.at == n ? value : fail(&p, "something follows the value");
}
