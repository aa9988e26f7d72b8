#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"

static const char *const type_names[] = {"null", "true or false", "a number", "a string", "an array", "an object"};

const heed_json *heed_json_get(const heed_json *object, const char *key)
{
    if (object == NULL || object->type != HEED_JSON_OBJECT)
        return NULL;
    for (const heed_json *member = object->first; member != NULL; member = member->next)
        if (strcmp(member->key, key) == 0)
            return member;
    return NULL;
}

static heed_status check_type(const heed_json *member, const char *where, heed_json_type wanted, heed_error *error)
{
    if (member->type == wanted)
        return HEED_OK;
    char value[64];
    snprintf(value, sizeof value, "%s", type_names[member->type]);
    if (member->type == HEED_JSON_NUMBER)
        snprintf(value, sizeof value, "%g", member->number);
    if (member->type == HEED_JSON_STRING)
        snprintf(value, sizeof value, "\"%.50s\"", member->string);
    if (member->type == HEED_JSON_BOOL)
        snprintf(value, sizeof value, "%s", member->boolean ? "true" : "false");
    return heed_fail(error, HEED_ERROR_FORMAT, "%s.%s is %s; it must be %s", where, member->key, value,
                     type_names[wanted]);
}

heed_status heed_json_int(const heed_json *object, const char *where, const char *key, int64_t min, int64_t max,
                          int64_t *out, heed_error *error)
{
    const heed_json *member = heed_json_get(object, key);
    if (member == NULL)
        return HEED_OK;
    HEED_TRY(check_type(member, where, HEED_JSON_NUMBER, error));
    double value = member->number;
    /* Above 2^53 a double no longer holds every integer. */
    int whole = value == floor(value) && fabs(value) <= 9007199254740992.0;
    if (!whole || (int64_t)value < min || (int64_t)value > max)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.%s is %.17g; it must be a whole number from %lld to %lld", where,
                         key, value, (long long)min, (long long)max);
    *out = (int64_t)value;
    return HEED_OK;
}

heed_status heed_json_real(const heed_json *object, const char *where, const char *key, double min, double max,
                           double *out, heed_error *error)
{
    const heed_json *member = heed_json_get(object, key);
    if (member == NULL)
        return HEED_OK;
    HEED_TRY(check_type(member, where, HEED_JSON_NUMBER, error));
    if (!(member->number >= min && member->number <= max))
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.%s is %g; it must be from %g to %g", where, key, member->number,
                         min, max);
    *out = member->number;
    return HEED_OK;
}

heed_status heed_json_bool(const heed_json *object, const char *where, const char *key, bool *out, heed_error *error)
{
    const heed_json *member = heed_json_get(object, key);
    if (member == NULL)
        return HEED_OK;
    HEED_TRY(check_type(member, where, HEED_JSON_BOOL, error));
    *out = member->boolean;
    return HEED_OK;
}

heed_status heed_json_string(const heed_json *object, const char *where, const char *key, const char **out,
                             heed_error *error)
{
    const heed_json *member = heed_json_get(object, key);
    if (member == NULL)
        return HEED_OK;
    HEED_TRY(check_type(member, where, HEED_JSON_STRING, error));
    /* The caller sees a C string: half a value would be worse than none. */
    if (strlen(member->string) != member->string_length)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.%s holds a NUL character", where, key);
    *out = member->string;
    return HEED_OK;
}

heed_status heed_json_need(const heed_json *object, const char *where, const char *key, heed_error *error)
{
    if (heed_json_get(object, key) != NULL)
        return HEED_OK;
    return heed_fail(error, HEED_ERROR_FORMAT, "%s.%s is missing", where, key);
}

heed_status heed_json_object(const heed_json *object, const char *where, const char *key, const heed_json **out,
                             heed_error *error)
{
    HEED_TRY(heed_json_need(object, where, key, error));
    *out = heed_json_get(object, key);
    return check_type(*out, where, HEED_JSON_OBJECT, error);
}

heed_status heed_json_only(const heed_json *object, const char *where, const char *const *allowed, heed_error *error)
{
    if (object == NULL)
        return HEED_OK;
    if (object->type != HEED_JSON_OBJECT)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s is %s; it must be an object", where, type_names[object->type]);
    for (const heed_json *member = object->first; member != NULL; member = member->next) {
        int known = 0;
        for (int i = 0; allowed[i] != NULL && !known; i++)
            known = strcmp(allowed[i], member->key) == 0;
        if (known)
            continue;
        char list[300] = "";
        size_t used = 0;
        for (int i = 0; allowed[i] != NULL && used + strlen(allowed[i]) + 3 < sizeof list; i++) {
            if (i > 0) {
                memcpy(list + used, ", ", 3);
                used += 2;
            }
            memcpy(list + used, allowed[i], strlen(allowed[i]) + 1);
            used += strlen(allowed[i]);
        }
        return heed_fail(error, HEED_ERROR_FORMAT, "%s has an unknown field \"%.60s\"; known are: %s", where,
                         member->key, list);
    }
    return HEED_OK;
}
