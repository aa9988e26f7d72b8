/* tokenizer.json: a file that is accepted is written back as it means, and its tokenizers read any bytes; the file
 * itself serves as the text. */
#include <string.h>

#include "base/utf8.h"
#include "fuzz.h"
#include "text/tokenizer.h"

static void check_encode(const heed_tokenizer *tokenizer, const char *text, size_t size)
{
    heed_arena arena = {0};
    heed_error error = {0};
    heed_encoding encoding;
    FUZZ_CHECK(heed_tokenizer_encode(tokenizer, text, size, &arena, &encoding, &error) == HEED_OK);
    size_t at = 0;
    int unknown = 0;
    for (int i = 0; i < encoding.count; i++) {
        FUZZ_CHECK(encoding.ids[i] >= HEED_TOKEN_UNK && encoding.ids[i] < heed_tokenizer_count(tokenizer));
        FUZZ_CHECK(encoding.spans[i].start >= at && encoding.spans[i].length > 0);
        FUZZ_CHECK(encoding.spans[i].length <= size - encoding.spans[i].start);
        at = encoding.spans[i].start; /* tokens of one character share its span */
        unknown += encoding.ids[i] == HEED_TOKEN_UNK;
    }
    size_t skipped_at = 0;
    for (int i = 0; i < encoding.skipped_count; i++) {
        FUZZ_CHECK(encoding.skipped[i].length > 0 && (i == 0 || encoding.skipped[i].start > skipped_at));
        skipped_at = encoding.skipped[i].start + encoding.skipped[i].length;
    }
    FUZZ_CHECK(skipped_at <= size);
    /* What is decoded is read back as the same tokens. */
    heed_string_buffer decoded = {0};
    heed_encoding again;
    heed_tokenizer_decode(tokenizer, encoding.ids, encoding.count, &decoded);
    FUZZ_CHECK(heed_tokenizer_encode(tokenizer, decoded.text, decoded.length, &arena, &again, &error) == HEED_OK);
    /* Where something is left out a mark may come to stand behind another letter. */
    if (unknown == 0 && encoding.skipped_count == 0 && heed_utf8_valid(text, size)) {
        FUZZ_CHECK(again.count == encoding.count && again.skipped_count == 0);
        for (int i = 0; i < again.count; i++)
            FUZZ_CHECK(again.ids[i] == encoding.ids[i]);
    }
    heed_string_free(&decoded);
    heed_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    heed_tokenizer *source = NULL, *target = NULL, *source_back = NULL, *target_back = NULL;
    heed_error error = {0};
    heed_status status = heed_tokenizers_parse((const char *)data, size, &source, &target, &error);
    if (status != HEED_OK) {
        FUZZ_CHECK_REFUSED(status, error);
        FUZZ_CHECK(source == NULL && target == NULL);
        return 0;
    }
    fuzz_accepted++;
    heed_string_buffer first = {0}, second = {0};
    heed_tokenizers_write(source, target, &first);
    FUZZ_CHECK(heed_tokenizers_parse(first.text, first.length, &source_back, &target_back, &error) == HEED_OK);
    heed_tokenizers_write(source_back, target_back, &second);
    FUZZ_CHECK(first.length == second.length && memcmp(first.text, second.text, first.length) == 0);
    check_encode(source, (const char *)data, size);
    check_encode(target, (const char *)data, size);
    heed_string_free(&first);
    heed_string_free(&second);
    heed_tokenizer_free(source);
    heed_tokenizer_free(target);
    heed_tokenizer_free(source_back);
    heed_tokenizer_free(target_back);
    return 0;
}
