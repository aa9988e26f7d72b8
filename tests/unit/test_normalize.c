/* Normal form C and lower case against what Python's unicodedata says (data/normalization.tsv). */
#include "test.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "text/normalize.h"

static bool same(heed_normal_form form, heed_letter_case letter_case, const char *text, size_t n, const char *want,
                 size_t want_size) {
    heed_arena arena = {0};
    heed_normal_text got = {0};
    bool fine = heed_normalize(form, letter_case, text, n, &arena, &got) && got.size == want_size &&
                (want_size == 0 || memcmp(got.text, want, want_size) == 0);
    if (fine && got.origin) { /* origins go up, to the end */
        for (size_t i = 0; i < got.size; i++)
            fine = fine && got.origin[i] <= got.origin[i + 1] && got.origin[i] < n;
        fine = fine && got.origin[got.size] == n;
    }
    heed_arena_free(&arena);
    return fine;
}

static void table(void) {
    char *text = NULL;
    size_t size = 0;
    heed_error error = {0};
    heed_reader reader = {0};
    heed_bytes line;
    int rows = 0;
    if (!CHECK_OK(heed_file_read(HEED_SOURCE_DIR "/tests/unit/data/normalization.tsv", &text, &size, &error), &error))
        return;
    reader.bytes = (heed_bytes){(const unsigned char *)text, size};
    for (; heed_read_line(&reader, &line); rows++) {
        const char *source = (const char *)line.data, *end = source + line.size;
        const char *composed = memchr(source, '\t', line.size);
        const char *lower = composed ? memchr(composed + 1, '\t', (size_t)(end - composed - 1)) : NULL;
        if (!CHECK(lower != NULL))
            break;
        const size_t source_size = (size_t)(composed - source), composed_size = (size_t)(lower - ++composed);
        const size_t lower_size = (size_t)(end - ++lower);
        char what[200];
        snprintf(what, sizeof what, "line %d: %.100s", rows + 1, source);
        heed_test_report(same(HEED_FORM_NFC, HEED_CASE_NONE, source, source_size, composed, composed_size), __FILE__,
                         __LINE__, what);
        heed_test_report(same(HEED_FORM_NFC, HEED_CASE_NONE, composed, composed_size, composed, composed_size), __FILE__,
                         __LINE__, what);
        heed_test_report(same(HEED_FORM_NFC, HEED_CASE_LOWER, source, source_size, lower, lower_size), __FILE__, __LINE__,
                         what);
        heed_test_report(same(HEED_FORM_NFC, HEED_CASE_LOWER, lower, lower_size, lower, lower_size), __FILE__, __LINE__,
                         what);
    }
    CHECK(rows > 2000);
    heed_free(text);
}

#define SAME(form, letter_case, text, want) \
    CHECK(same(form, letter_case, text, sizeof text - 1, want, sizeof want - 1))

static void places(void) {
    heed_arena arena = {0};
    heed_normal_text got;
    static const char text[] = "xe\xCC\x81y\xD0\x98\xCC\x86"; /* x, e + acute, y, И + breve */
    static const uint32_t want[] = {0, 1, 1, 4, 5, 5, 9};
    if (CHECK(heed_normalize(HEED_FORM_NFC, HEED_CASE_NONE, text, sizeof text - 1, &arena, &got)) &&
        CHECK_INT(got.size, 6))
        CHECK(memcmp(got.origin, want, sizeof want) == 0);
    CHECK(heed_normalize(HEED_FORM_NFC, HEED_CASE_NONE, "plain", 5, &arena, &got) && got.origin == NULL);
    heed_arena_free(&arena);
}

/* A text of nothing but marks takes time in proportion to its length, not to its square. */
static void many_marks(void) {
    enum { MARKS = 1000000 };
    heed_arena arena = {0};
    heed_normal_text got, again;
    char *text = malloc(2 * MARKS);
    for (int i = 0; i < MARKS; i++)
        memcpy(text + 2 * i, i % 3 ? "\xCC\x81" : "\xCC\xA3", 2);
    if (CHECK(heed_normalize(HEED_FORM_NFC, HEED_CASE_NONE, text, 2 * MARKS, &arena, &got)) &&
        CHECK_INT(got.size, 2 * MARKS))
        CHECK(heed_normalize(HEED_FORM_NFC, HEED_CASE_NONE, got.text, got.size, &arena, &again) &&
              memcmp(got.text, again.text, got.size) == 0);
    free(text);
    heed_arena_free(&arena);
}

int main(void) {
    table();
    places();
    many_marks();
    SAME(HEED_FORM_NONE, HEED_CASE_UPPER, "a\xC3\xA9\xD1\x91\xD0\xB6k\xC3\xB7", "A\xC3\x89\xD0\x81\xD0\x96K\xC3\xB7");
    SAME(HEED_FORM_NONE, HEED_CASE_LOWER, "\xD0\x81\xD0\xAF\xC4\xB0\xC8\xBA", "\xD1\x91\xD1\x8Fi\xCC\x87\xE2\xB1\xA5");
    SAME(HEED_FORM_NFC, HEED_CASE_LOWER, "\xFF" "A\xC3\x80\xC3", "\xFF" "a\xC3\xA0\xC3"); /* bytes that are not UTF-8 stay */
    SAME(HEED_FORM_NFC, HEED_CASE_NONE, "", "");
    return heed_test_finish("normalize");
}
