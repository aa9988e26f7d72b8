#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/number.h"
#include "base/utf8.h"

/* Bytes that are not UTF-8 become U+FFFD: what is written is JSON whatever the text is. */
static void write_text(heed_string_buffer *out, const char *text, size_t n)
{
    heed_string_append(out, "\"", 1);
    size_t start = 0;
    for (size_t i = 0, length; i < n; i += length) {
        uint32_t code;
        length = (size_t)heed_utf8_decode(text + i, n - i, &code);
        const bool invalid = code == 0xFFFD && length == 1;
        if (code >= 0x20 && code != '"' && code != '\\' && !invalid)
            continue;
        heed_string_append(out, text + start, i - start);
        start = i + length;
        switch (code) {
        case 0xFFFD: heed_string_append(out, "\xEF\xBF\xBD", 3); break;
        case '"': heed_string_append(out, "\\\"", 2); break;
        case '\\': heed_string_append(out, "\\\\", 2); break;
        case '\n': heed_string_append(out, "\\n", 2); break;
        case '\t': heed_string_append(out, "\\t", 2); break;
        case '\r': heed_string_append(out, "\\r", 2); break;
        default: heed_string_format(out, "\\u%04x", (unsigned)code);
        }
    }
    heed_string_append(out, text + start, n - start);
    heed_string_append(out, "\"", 1);
}

/* The comma before, and the key of, the next value. */
static void lead_in(heed_json_writer *writer, const char *key)
{
    if (writer->need_comma)
        heed_string_append(writer->out, ",", 1);
    writer->need_comma = true;
    if (key != NULL) {
        write_text(writer->out, key, strlen(key));
        heed_string_append(writer->out, ":", 1);
    }
}

void heed_json_write_object(heed_json_writer *writer, const char *key)
{
    lead_in(writer, key);
    heed_string_append(writer->out, "{", 1);
    writer->need_comma = false;
}

void heed_json_write_array(heed_json_writer *writer, const char *key)
{
    lead_in(writer, key);
    heed_string_append(writer->out, "[", 1);
    writer->need_comma = false;
}

void heed_json_write_end_object(heed_json_writer *writer)
{
    heed_string_append(writer->out, "}", 1);
    writer->need_comma = true;
}

void heed_json_write_end_array(heed_json_writer *writer)
{
    heed_string_append(writer->out, "]", 1);
    writer->need_comma = true;
}

void heed_json_write_string(heed_json_writer *writer, const char *key, const char *text)
{
    heed_json_write_string_n(writer, key, text, strlen(text));
}

void heed_json_write_string_n(heed_json_writer *writer, const char *key, const char *text, size_t n)
{
    lead_in(writer, key);
    write_text(writer->out, text, n);
}

void heed_json_write_int(heed_json_writer *writer, const char *key, int64_t value)
{
    lead_in(writer, key);
    heed_string_format(writer->out, "%lld", (long long)value);
}

void heed_json_write_real(heed_json_writer *writer, const char *key, double value, int digits)
{
    lead_in(writer, key);
    char text[HEED_NUMBER_SIZE] = "null";
    if (isfinite(value))
        heed_number_format(value, digits, text);
    heed_string_append(writer->out, text, strlen(text));
}

void heed_json_write_bool(heed_json_writer *writer, const char *key, bool value)
{
    lead_in(writer, key);
    heed_string_append(writer->out, value ? "true" : "false", value ? 4 : 5);
}

void heed_json_write_null(heed_json_writer *writer, const char *key)
{
    lead_in(writer, key);
    heed_string_append(writer->out, "null", 4);
}

/* The fewest digits that give the double back, so that 0.1 stays 0.1. */
static int digits_needed(double value)
{
    char text[HEED_NUMBER_SIZE];
    heed_arena unused = {0}; /* the text is short */
    double back = 0;
    for (int digits = 15; digits < 17; digits++) {
        heed_number_format(value, digits, text);
        if (heed_number_parse(text, strlen(text), &unused, &back) && back == value)
            return digits;
    }
    return 17;
}

void heed_json_write_value(heed_json_writer *writer, const char *key, const heed_json *value)
{
    switch (value->type) {
    case HEED_JSON_NULL: heed_json_write_null(writer, key); break;
    case HEED_JSON_BOOL: heed_json_write_bool(writer, key, value->boolean); break;
    case HEED_JSON_NUMBER: heed_json_write_real(writer, key, value->number, digits_needed(value->number)); break;
    case HEED_JSON_STRING: heed_json_write_string_n(writer, key, value->string, value->string_length); break;
    case HEED_JSON_ARRAY:
        heed_json_write_array(writer, key);
        for (const heed_json *child = value->first; child != NULL; child = child->next)
            heed_json_write_value(writer, NULL, child);
        heed_json_write_end_array(writer);
        break;
    case HEED_JSON_OBJECT:
        heed_json_write_object(writer, key);
        for (const heed_json *child = value->first; child != NULL; child = child->next)
            heed_json_write_value(writer, child->key, child);
        heed_json_write_end_object(writer);
        break;
    }
}
