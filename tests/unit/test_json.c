#include "test.h"

#include <math.h>

#include "base/json.h"

static const heed_json *parse(heed_arena *arena, const char *text, heed_error *error) {
    return heed_json_parse(arena, text, strlen(text), "a.json", error);
}

static void values(void) {
    heed_arena arena = {0};
    heed_error error = {0};
    const heed_json *v = parse(&arena, " {\"n\": [0, -1.5e3, 0.1, 1E+2], \"s\": \"\\u00e9\\ud83d\\ude00\\n\\/\\\"\", "
                                       "\"t\": true, \"f\": false, \"z\": null, \"o\": {}, \"a\": [ ]}\n", &error);
    if (!CHECK(v != NULL)) {
        fprintf(stderr, "%s\n", error.message);
        return;
    }
    CHECK_INT(v->count, 7);
    const heed_json *n = heed_json_get(v, "n");
    CHECK_INT(n->count, 4);
    CHECK(n->first->number == 0 && n->first->next->number == -1500 && n->first->next->next->number == 0.1);
    CHECK(n->first->next->next->next->number == 100 && n->first->next->next->next->next == NULL);
    CHECK_STRING(heed_json_get(v, "s")->string, "\xC3\xA9\xF0\x9F\x98\x80\n/\"");
    CHECK_INT(heed_json_get(v, "s")->string_length, 9);
    CHECK(heed_json_get(v, "t")->boolean && !heed_json_get(v, "f")->boolean);
    CHECK_INT(heed_json_get(v, "z")->type, HEED_JSON_NULL);
    CHECK_INT(heed_json_get(v, "o")->count, 0);
    CHECK_INT(heed_json_get(v, "a")->type, HEED_JSON_ARRAY);
    CHECK(heed_json_get(v, "absent") == NULL && heed_json_get(NULL, "n") == NULL && heed_json_get(n, "n") == NULL);
    heed_arena_free(&arena);
}

static void refusals(void) {
    static const char *const bad[] = {
        "", " ", "{", "[", "\"", "{]", "[1,]", "{\"a\":1,}", "[1 2]", "{\"a\" 1}", "{a:1}", "{1:2}", "01", "-", "1.",
        ".5", "1e", "1e+", "+1", "0x10", "NaN", "Infinity", "1e999", "-1e999", "nul", "tru", "True", "\"\\x\"",
        "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\nb\"", "\"\t\"",
        "\"\x80\"", "\xEF\xBB\xBF{}", "{} {}", "1 1", "{\"a\":1,\"a\":2}", "{\"b\":0,\"a\":1,\"c\":2,\"a\":3}",
        "{\"\\u0000\":1}", "[1}", "'a'", "[/**/]", "\"\\"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        heed_arena arena = {0};
        heed_error error = {0};
        bool refused = parse(&arena, bad[i], &error) == NULL;
        heed_test_report(refused, __FILE__, __LINE__, bad[i]);
        CHECK_INT(error.status, HEED_ERROR_FORMAT);
        CHECK_CONTAINS(error.message, "a.json");
        heed_arena_free(&arena);
    }
    heed_arena arena = {0};
    heed_error error = {0};
    parse(&arena, "{\n \"a\": 1,\n \"b\": x}", &error);
    CHECK_STRING(error.message, "a.json: line 3, byte 7: a value was expected");
    heed_error no_length = {0};
    CHECK(heed_json_parse(&arena, "12345", 0, "a.json", &no_length) == NULL);
    CHECK(heed_json_parse(&arena, "12345", 2, "a.json", &no_length)->number == 12); /* never beyond n */
    heed_arena_free(&arena);
}

static void depth(void) {
    for (int levels = 63; levels <= 66; levels++) {
        char text[200];
        heed_arena arena = {0};
        heed_error error = {0};
        memset(text, '[', (size_t)levels);
        memset(text + levels, ']', (size_t)levels);
        CHECK_INT(heed_json_parse(&arena, text, 2 * (size_t)levels, "deep", &error) != NULL, levels <= 64);
        heed_arena_free(&arena);
    }
}

static void large_objects(void) {
    heed_string_buffer text = {0};
    heed_arena arena = {0};
    heed_error error = {0};
    heed_string_append(&text, "{", 1);
    for (int i = 0; i < 50000; i++)
        heed_string_format(&text, "\"k%d\":%d,", i * 7919 % 50000, i);
    size_t length = text.length;
    heed_string_append(&text, "\"last\":0}", 9);
    const heed_json *v = heed_json_parse(&arena, text.text, text.length, "large", &error);
    CHECK(v != NULL && v->count == 50001);
    text.length = length;
    heed_string_append(&text, "\"k77\":0}", 8);
    CHECK(heed_json_parse(&arena, text.text, text.length, "large", &error) == NULL);
    CHECK_CONTAINS(error.message, "\"k77\" occurs twice");
    heed_arena_free(&arena);
    heed_string_free(&text);
}

static void getters(void) {
    heed_arena arena = {0};
    heed_error e = {0};
    const heed_json *v = parse(&arena, "{\"i\": 7, \"r\": 2.5, \"b\": true, \"s\": \"x\", \"nul\": \"a\\u0000b\"}", &e);
    int64_t i = 3;
    double r = 1;
    bool b = false;
    const char *s = "old";
    CHECK_OK(heed_json_int(v, "cfg", "absent", 0, 9, &i, &e), &e);
    CHECK_INT(i, 3);
    CHECK_OK(heed_json_int(v, "cfg", "i", 0, 9, &i, &e), &e);
    CHECK_INT(i, 7);
    CHECK_OK(heed_json_real(v, "cfg", "r", 0, 9, &r, &e), &e);
    CHECK(r == 2.5);
    CHECK_OK(heed_json_bool(v, "cfg", "b", &b, &e), &e);
    CHECK(b);
    CHECK_OK(heed_json_string(v, "cfg", "s", &s, &e), &e);
    CHECK_STRING(s, "x");
    heed_error limit = {0}, fraction = {0}, type = {0}, range = {0}, nul = {0}, field = {0};
    CHECK_STATUS(heed_json_int(v, "cfg", "i", 0, 6, &i, &limit), HEED_ERROR_FORMAT, &limit);
    CHECK_STRING(limit.message, "cfg.i is 7; it must be a whole number from 0 to 6");
    CHECK_STATUS(heed_json_int(v, "cfg", "r", 0, 6, &i, &fraction), HEED_ERROR_FORMAT, &fraction);
    CHECK_STATUS(heed_json_int(v, "cfg", "s", 0, 6, &i, &type), HEED_ERROR_FORMAT, &type);
    CHECK_STRING(type.message, "cfg.s is \"x\"; it must be a number");
    heed_error yes = {0};
    CHECK_STATUS(heed_json_int(v, "cfg", "b", 0, 6, &i, &yes), HEED_ERROR_FORMAT, &yes);
    CHECK_STRING(yes.message, "cfg.b is true; it must be a number");
    CHECK_STATUS(heed_json_real(v, "cfg", "r", 3, 4, &r, &range), HEED_ERROR_FORMAT, &range);
    CHECK_STATUS(heed_json_string(v, "cfg", "nul", &s, &nul), HEED_ERROR_FORMAT, &nul);
    CHECK_INT(i, 7);
    CHECK_STRING(s, "x");
    static const char *const all[] = {"i", "r", "b", "s", "nul", NULL}, *const some[] = {"i", "r", "b", "s", NULL};
    CHECK_OK(heed_json_only(v, "cfg", all, &e), &e);
    CHECK_STATUS(heed_json_only(v, "cfg", some, &field), HEED_ERROR_FORMAT, &field);
    CHECK_STRING(field.message, "cfg has an unknown field \"nul\"; known are: i, r, b, s");
    heed_arena_free(&arena);
}

static void writing(void) {
    heed_string_buffer out = {0};
    heed_json_writer w = {&out, false};
    heed_json_write_object(&w, NULL);
    heed_json_write_string(&w, "q\"", "a\\\n\x01\xC3\xA9");
    heed_json_write_array(&w, "list");
    heed_json_write_int(&w, NULL, INT64_MIN);
    heed_json_write_real(&w, NULL, 0.1f, 9);
    heed_json_write_real(&w, NULL, NAN, 9);
    heed_json_write_bool(&w, NULL, true);
    heed_json_write_object(&w, NULL);
    heed_json_write_end_object(&w);
    heed_json_write_end_array(&w);
    heed_json_write_string_n(&w, "n", "abc", 2);
    heed_json_write_string(&w, "bad", "a\xFF\xC3\"\xEF\xBF\xBD" "b");
    heed_json_write_end_object(&w);
    CHECK_STRING(out.text,
                 "{\"q\\\"\":\"a\\\\\\n\\u0001\xC3\xA9\",\"list\":[-9223372036854775808,0.100000001,null,true,{}],"
                           "\"n\":\"ab\",\"bad\":\"a\xEF\xBF\xBD\xEF\xBF\xBD\\\"\xEF\xBF\xBD" "b\"}");
    heed_arena arena = {0};
    heed_error error = {0};
    const heed_json *back = heed_json_parse(&arena, out.text, out.length, "back", &error);
    heed_string_buffer again = {0};
    heed_json_writer second = {&again, false};
    static const char text[] = "{\"a\":[0.1,1e-300,123456789012345678,-0.5],\"b\":{\"c\":null,\"d\":\"\\u0000\"}}";
    CHECK(back != NULL && back->count == 4);
    heed_json_write_value(&second, NULL, parse(&arena, text, &error));
    CHECK_STRING(again.text, "{\"a\":[0.1,1e-300,1.2345678901234568e+17,-0.5],\"b\":{\"c\":null,\"d\":\"\\u0000\"}}");
    heed_arena_free(&arena);
    heed_string_free(&out);
    heed_string_free(&again);
}

int main(void) {
    values();
    refusals();
    depth();
    large_objects();
    getters();
    writing();
    return heed_test_finish("json");
}
