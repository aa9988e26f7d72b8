/* UTF-8, the string buffer, the bounded reader and error messages. */
#include "test.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/reader.h"
#include "base/string_buffer.h"
#include "base/utf8.h"

static void utf8_round_trip(void) {
    int wrong = 0, count = 0;
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        char bytes[4];
        uint32_t back = 0;
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        int n = heed_utf8_encode(code, bytes);
        wrong += heed_utf8_decode(bytes, (size_t)n, &back) != n || back != code;
        wrong += n > 1 && heed_utf8_valid(bytes, (size_t)n - 1);
        count++;
    }
    CHECK_INT(wrong, 0);
    CHECK_INT(count, 0x110000 - 0x800);
}

static void utf8_refusals(void) {
    static const char *const bad[] = {
        "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x20", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xE2\x82", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
        "\xFF", "\xFE", "a\xFFz"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint32_t code = 0;
        size_t n = strlen(bad[i]);
        CHECK(!heed_utf8_valid(bad[i], n));
        if (bad[i][0] != 'a') {
            CHECK_INT(heed_utf8_decode(bad[i], n, &code), 1);
            CHECK_INT(code, 0xFFFD);
        }
    }
    uint32_t code = 0;
    char bytes[4];
    CHECK_INT(heed_utf8_decode("", 0, &code), 0);
    CHECK_INT(heed_utf8_encode(0xD800, bytes), 3); /* becomes U+FFFD */
    CHECK(memcmp(bytes, "\xEF\xBF\xBD", 3) == 0);
    CHECK(heed_utf8_valid("a\0b", 3));
}

static void string_buffer(void) {
    heed_string_buffer buffer = {0};
    for (int i = 0; i < 1000; i++)
        heed_string_format(&buffer, "%d,", i);
    CHECK_INT(buffer.length, 10 * 2 + 90 * 3 + 900 * 4);
    CHECK_INT(strlen(buffer.text), buffer.length);
    CHECK_STRING(buffer.text + buffer.length - 8, "998,999,");
    heed_string_clear(&buffer);
    CHECK_STRING(buffer.text, "");
    heed_string_append(&buffer, "x", 1);
    heed_alloc_fail_at(1);
    char large[9000];
    memset(large, 'a', sizeof large);
    heed_string_append(&buffer, large, sizeof large);
    CHECK(buffer.failed);
    CHECK_STRING(buffer.text, "x");
    heed_string_append(&buffer, "y", 1); /* sticky */
    CHECK_STRING(buffer.text, "x");
    heed_string_free(&buffer);
    CHECK(buffer.text == NULL && !buffer.failed);
}

static void reader(void) {
    static const unsigned char bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    heed_reader r = {{bytes, sizeof bytes}, 0, 0};
    CHECK_INT(heed_read_u8(&r), 1);
    CHECK(heed_read_u64(&r) == 0x0908070605040302u);
    CHECK(heed_read_bytes(&r, UINT64_MAX).data == NULL);
    CHECK(r.failed);
    CHECK_INT(heed_read_u8(&r), 0); /* sticky, though a byte is left */
    heed_reader short_one = {{bytes, 7}, 0, 0};
    CHECK(heed_read_u64(&short_one) == 0 && short_one.failed);
    heed_reader tail = {{bytes, 10}, 6, 0};
    CHECK(heed_read_bytes(&tail, 5).data == NULL && tail.failed); /* fits in the whole, not in what is left */
    heed_reader exact = {{bytes, 10}, 0, 0};
    CHECK_INT(heed_read_bytes(&exact, 10).size, 10);
    CHECK(!exact.failed);

    static const char text[] = "one\r\n\ntwo\nthree";
    static const char *const lines[] = {"one", "", "two", "three"};
    heed_reader in = {{(const unsigned char *)text, sizeof text - 1}, 0, 0};
    heed_bytes line;
    int n = 0;
    while (heed_read_line(&in, &line) && n < 4) {
        CHECK_INT(line.size, strlen(lines[n]));
        CHECK(memcmp(line.data, lines[n], line.size) == 0);
        n++;
    }
    CHECK_INT(n, 4);
}

static void errors(void) {
    heed_error error = {0};
    CHECK_INT(heed_fail(&error, HEED_ERROR_SHAPE, "sizes %d and %s", 3, "four"), HEED_ERROR_SHAPE);
    CHECK_STRING(error.message, "sizes 3 and four");
    CHECK_INT(heed_fail(&error, HEED_ERROR_IO, "later"), HEED_ERROR_IO);
    CHECK_INT(error.status, HEED_ERROR_SHAPE);
    CHECK_STRING(error.message, "sizes 3 and four"); /* the first failure stays */
    CHECK_INT(heed_fail(NULL, HEED_ERROR_IO, "nobody listens"), HEED_ERROR_IO);
    /* One line, and whole code points, whatever was quoted. */
    heed_error quoted = {0};
    heed_fail(&quoted, HEED_ERROR_FORMAT, "a\nb\tc");
    CHECK_STRING(quoted.message, "a b c");
    for (int shift = 0; shift < 4; shift++) {
        char large[2000] = "";
        for (int i = 0; i < shift; i++)
            strcat(large, "x");
        for (int i = 0; i < 400; i++)
            strcat(large, i % 2 ? "\xF0\x9F\x98\x80" : "\xD0\x96");
        heed_error cut = {0};
        heed_fail(&cut, HEED_ERROR_FORMAT, "%s", large);
        CHECK(strlen(cut.message) > 500);
        CHECK(heed_utf8_valid(cut.message, strlen(cut.message)));
    }
    for (int status = HEED_OK; status <= HEED_ERROR_LONG_INPUT; status++)
        CHECK(strcmp(heed_status_name((heed_status)status), "unlisted") != 0);
    CHECK_STRING(heed_status_name((heed_status)999), "unlisted");
}

int main(void) {
    utf8_round_trip();
    utf8_refusals();
    string_buffer();
    reader();
    errors();
    return heed_test_finish("strings");
}
