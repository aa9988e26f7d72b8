/* A walker over the JSON that the library gives out: enough to take values out of it, not a parser of foreign text. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const char *skip_blank(const char *text)
{
    while (*text == ' ' || *text == '\n' || *text == '\t' || *text == '\r')
        text++;
    return text;
}

const char *cli_json_end(const char *value)
{
    value = skip_blank(value);
    int depth = 0;
    bool quoted = false;
    for (; *value != '\0'; value++) {
        char c = *value;
        if (quoted) {
            if (c == '\\' && value[1] != '\0')
                value++;
            else if (c == '"') {
                quoted = false;
                if (depth == 0)
                    return value + 1;
            }
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            if (depth <= 1)
                return depth == 1 ? value + 1 : value;
            depth--;
        } else if (c == ',' && depth == 0) {
            return value;
        }
    }
    return value;
}

const char *cli_json_first(const char *array)
{
    array = skip_blank(array);
    if (*array != '[' && *array != '{')
        return NULL;
    array = skip_blank(array + 1);
    return *array == ']' || *array == '}' || *array == '\0' ? NULL : array;
}

const char *cli_json_next(const char *element)
{
    const char *end = skip_blank(cli_json_end(element));
    return *end == ',' ? skip_blank(end + 1) : NULL;
}

const char *cli_json_member(const char *object, const char *key)
{
    size_t n = strlen(key);
    for (const char *name = cli_json_first(object); name != NULL;) {
        const char *end = cli_json_end(name);
        const char *value = skip_blank(end);
        if (*value != ':')
            return NULL;
        value = skip_blank(value + 1);
        if ((size_t)(end - name) == n + 2 && memcmp(name + 1, key, n) == 0)
            return value;
        name = cli_json_next(value);
    }
    return NULL;
}

static void print_code(FILE *stream, unsigned code)
{
    if (code < 0x80)
        fprintf(stream, "%c", (int)code);
    else if (code < 0x800)
        fprintf(stream, "%c%c", (int)(0xC0 | code >> 6), (int)(0x80 | (code & 0x3F)));
    else
        fprintf(stream, "%c%c%c", (int)(0xE0 | code >> 12), (int)(0x80 | (code >> 6 & 0x3F)),
                (int)(0x80 | (code & 0x3F)));
}

void cli_json_print_text(FILE *stream, const char *value)
{
    const char *end = cli_json_end(value);
    if (*value != '"') {
        fprintf(stream, "%.*s", (int)(end - value), value);
        return;
    }
    for (value++; value < end - 1; value++) {
        if (*value != '\\') {
            fputc(*value, stream);
            continue;
        }
        static const char escapes[] = "n\nt\tr\rb\bf\f";
        const char *found = strchr(escapes, *++value);
        if (*value == 'u') {
            char digits[5] = {value[1], value[2], value[3], value[4], '\0'};
            print_code(stream, (unsigned)strtoul(digits, NULL, 16));
            value += 4;
        } else {
            fputc(found != NULL && (found - escapes) % 2 == 0 ? found[1] : *value, stream);
        }
    }
}
