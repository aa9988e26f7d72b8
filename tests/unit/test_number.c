/* Numbers as text do not follow the locale of the host program. */
#include "test.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/number.h"
#include "scratch.h"

/* Sets a locale in which one half is written 0,5: one that is installed, or glibc's own C.utf8 with its point changed.
 * False where there is neither. */
static bool set_comma(void) {
    static const char *const names[] = {"de_DE.UTF-8", "ru_RU.UTF-8", "fr_FR.UTF-8", "de_DE", "heed"};
    char *bytes = NULL;
    size_t n = 0;
    heed_error error = {0};
    if (heed_file_read("/usr/lib/locale/C.utf8/LC_NUMERIC", &bytes, &n, &error) == HEED_OK) {
        for (size_t i = 32; i < n; i++) /* behind the header */
            if (bytes[i] == '.')
                bytes[i] = ',';
        const heed_bytes part = {(const unsigned char *)bytes, n};
        CHECK_OK(heed_folder_create(scratch("heed"), &error), &error);
        CHECK_OK(heed_file_write(scratch("heed/LC_NUMERIC"), &part, 1, &error), &error);
        heed_free(bytes);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], "heed") == 0)
            setenv("LOCPATH", scratch_folder, 1);
        if (setlocale(LC_NUMERIC, names[i]) != NULL && strcmp(localeconv()->decimal_point, ",") == 0)
            return true;
    }
    return false;
}

static void numbers(void) {
    static const struct {
        const char *text;
        double value;
    } cases[] = {{"0.5", 0.5}, {"-1.25e2", -125}, {"3", 3}, {"1e-3", 0.001}, {"0.1", 0.1},
                 {"0.1000000000000000055511151231257827021181583404541015625000000000000000000000", 0.1}};
    heed_arena arena = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value = NAN;
        CHECK(heed_number_parse(cases[i].text, strlen(cases[i].text), &arena, &value));
        CHECK(value == cases[i].value);
    }
    double value = NAN;
    CHECK(heed_number_parse("2.75", 3, &arena, &value) && value == 2.7); /* no further than n */
    char text[HEED_NUMBER_SIZE];
    heed_number_format(-0.5, 17, text);
    CHECK_STRING(text, "-0.5");
    heed_number_format(1234567, 4, text);
    CHECK_STRING(text, "1.235e+06");
    heed_number_format(42, 17, text);
    CHECK_STRING(text, "42");

    const char *json = "{\"a\":0.1,\"b\":[-2.5e-07,1e+20]}";
    heed_error error = {0};
    const heed_json *parsed = heed_json_parse(&arena, json, strlen(json), "json", &error);
    heed_string_buffer out = {0};
    heed_json_writer writer = {.out = &out};
    if (CHECK(parsed != NULL)) {
        heed_json_write_value(&writer, NULL, parsed);
        CHECK_STRING(out.text, json);
        CHECK(heed_json_get(parsed, "a")->number == 0.1);
    }
    heed_string_free(&out);
    heed_arena_free(&arena);
}

int main(void) {
    numbers();
    if (CHECK(scratch_open())) {
        if (set_comma()) {
            char text[8];
            snprintf(text, sizeof text, "%.1f", 0.5);
            CHECK_STRING(text, "0,5"); /* the locale took */
            numbers();
        } else {
            printf("no locale with a decimal comma is to be had here\n");
        }
        scratch_close();
    }
    return heed_test_finish("number");
}
