/* JSON (RFC 8259): a reader into an arena, typed getters whose errors name the field, and a writer. */
#ifndef HEED_BASE_JSON_H
#define HEED_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/string_buffer.h"
#include "heed/status.h"

typedef enum heed_json_type {
    HEED_JSON_NULL, HEED_JSON_BOOL, HEED_JSON_NUMBER, HEED_JSON_STRING, HEED_JSON_ARRAY, HEED_JSON_OBJECT
} heed_json_type;

typedef struct heed_json heed_json;
struct heed_json {
    heed_json_type type;
    bool boolean;
    double number;
    const char *string;     /* UTF-8, NUL-terminated; of length string_length */
    size_t string_length;
    const char *key;        /* of a member of an object */
    const heed_json *first; /* first element or member */
    const heed_json *next;  /* next sibling */
    int32_t count;          /* elements or members */
};

/* The value in text[0..n), allocated in `arena`; NULL and `error` set when it is not JSON, nests deeper than 64, holds
 * bytes that are not UTF-8, or has a key twice. `what` names the text in messages ("config.json: line 3: ..."). */
const heed_json *heed_json_parse(heed_arena *arena, const char *text, size_t n, const char *what, heed_error *error);

/* Member of an object; NULL when there is none (or `object` is NULL or no object). */
const heed_json *heed_json_get(const heed_json *object, const char *key);

/* Typed members. `*out` keeps the value it had when the member is absent, so set the default first; a member of the
 * wrong type or outside [min, max] fails and names `where`.key, the value and what is allowed. */
heed_status heed_json_int(const heed_json *object, const char *where, const char *key, int64_t min, int64_t max,
                          int64_t *out, heed_error *error);
heed_status heed_json_real(const heed_json *object, const char *where, const char *key, double min, double max,
                           double *out, heed_error *error);
heed_status heed_json_bool(const heed_json *object, const char *where, const char *key, bool *out, heed_error *error);
heed_status heed_json_string(const heed_json *object, const char *where, const char *key, const char **out,
                             heed_error *error);
/* Members that must be there, the last an object. */
heed_status heed_json_need(const heed_json *object, const char *where, const char *key, heed_error *error);
heed_status heed_json_object(const heed_json *object, const char *where, const char *key, const heed_json **out,
                             heed_error *error);
/* Fails when `object` has a member whose key is not in `allowed` (NULL-terminated list): a misspelt field is an
 * error. */
heed_status heed_json_only(const heed_json *object, const char *where, const char *const *allowed, heed_error *error);

/* Writing: begin/end pairs and values; commas and escapes are taken care of. `key` is NULL inside arrays and at the
 * top. A non-finite number is written as null. */
typedef struct heed_json_writer {
    heed_string_buffer *out;
    bool need_comma;
} heed_json_writer;

void heed_json_write_object(heed_json_writer *writer, const char *key);
void heed_json_write_array(heed_json_writer *writer, const char *key);
void heed_json_write_end_object(heed_json_writer *writer);
void heed_json_write_end_array(heed_json_writer *writer);
void heed_json_write_string(heed_json_writer *writer, const char *key, const char *text);
void heed_json_write_string_n(heed_json_writer *writer, const char *key, const char *text, size_t n);
void heed_json_write_int(heed_json_writer *writer, const char *key, int64_t value);
/* `digits` significant digits; 9 gives back every float, 17 every double. */
void heed_json_write_real(heed_json_writer *writer, const char *key, double value, int digits);
void heed_json_write_bool(heed_json_writer *writer, const char *key, bool value);
void heed_json_write_null(heed_json_writer *writer, const char *key);
/* A parsed value as it is. */
void heed_json_write_value(heed_json_writer *writer, const char *key, const heed_json *value);

#endif
