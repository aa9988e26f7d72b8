/* JSON: what is read can be written and read again as the same value; what is refused is refused with a reason. */
#include <string.h>

#include "base/json.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    heed_arena arena = {0};
    heed_error error = {0};
    const heed_json *value = heed_json_parse(&arena, (const char *)data, size, "fuzz", &error);
    if (value == NULL) {
        FUZZ_CHECK_REFUSED(HEED_ERROR_FORMAT, error);
        heed_arena_free(&arena);
        return 0;
    }
    fuzz_accepted++;
    heed_string_buffer first = {0}, second = {0};
    heed_json_writer writer = {&first, false}, again = {&second, false};
    heed_json_write_value(&writer, NULL, value);
    const heed_json *back = heed_json_parse(&arena, first.text, first.length, "written", &error);
    FUZZ_CHECK(back != NULL);
    heed_json_write_value(&again, NULL, back);
    FUZZ_CHECK(first.length == second.length && memcmp(first.text, second.text, first.length) == 0);
    heed_string_free(&first);
    heed_string_free(&second);
    heed_arena_free(&arena);
    return 0;
}
