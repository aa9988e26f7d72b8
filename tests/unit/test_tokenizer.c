#include "test.h"

#include "text/tokenizer.h"

static heed_bytes text_at(void *context, size_t i) {
    const char *const *texts = context;
    heed_bytes bytes = {(const unsigned char *)texts[i], strlen(texts[i])};
    return bytes;
}

static heed_status train(const char *options, const char *const *texts, size_t count, heed_tokenizer **out,
                         heed_error *error) {
    heed_arena arena = {0};
    const heed_json *json = heed_json_parse(&arena, options, strlen(options), "options", error);
    heed_status status = json == NULL ? HEED_ERROR_FORMAT
                                      : heed_tokenizer_train(json, "recipe.tokenizer", count, text_at, (void *)texts,
                                                             out, error);
    heed_arena_free(&arena);
    return status;
}

/* Tokens from `from` on, separated by bars. */
static const char *tokens_text(const heed_tokenizer *t, int from) {
    static char text[2000];
    text[0] = '\0';
    for (int i = from; i < heed_tokenizer_count(t); i++) {
        strcat(text, i > from ? "|" : "");
        strcat(text, heed_tokenizer_token(t, i));
    }
    return text;
}

static void training_sorts_and_folds(void) {
    static const char *const texts[] = {"b\xC3\xA9" "a", "Zb", "\xD1\x91\xD0\xB0", "\xF0\x9F\x98\x80", ""};
    static const char *const reversed[] = {"", "\xF0\x9F\x98\x80", "\xD1\x91\xD0\xB0", "Zb", "b\xC3\xA9" "a"};
    heed_tokenizer *upper = NULL, *again = NULL, *lower = NULL, *none = NULL;
    heed_error error = {0};
    CHECK_OK(train("{\"type\":\"char\",\"case\":\"upper\"}", texts, 5, &upper, &error), &error);
    CHECK_OK(train("{\"case\":\"upper\",\"type\":\"char\"}", reversed, 5, &again, &error), &error);
    CHECK_OK(train("{\"type\":\"char\",\"case\":\"lower\"}", texts, 5, &lower, &error), &error);
    CHECK_OK(train("{\"type\":\"char\"}", texts, 5, &none, &error), &error);
    CHECK_STRING(tokens_text(upper, 0), "<pad>|<bos>|<eos>|<unk>|A|B|Z|\xC3\x89|\xD0\x81|\xD0\x90|\xF0\x9F\x98\x80");
    CHECK_STRING(tokens_text(again, 4), "A|B|Z|\xC3\x89|\xD0\x81|\xD0\x90|\xF0\x9F\x98\x80");
    CHECK_STRING(tokens_text(lower, 4), "a|b|z|\xC3\xA9|\xD0\xB0|\xD1\x91|\xF0\x9F\x98\x80");
    CHECK_STRING(tokens_text(none, 4), "Z|a|b|\xC3\xA9|\xD0\xB0|\xD1\x91|\xF0\x9F\x98\x80");
    CHECK_INT(heed_tokenizer_find(upper, "Z", 1), 6);
    CHECK_INT(heed_tokenizer_find(upper, "z", 1), -1); /* looked up as it is, not folded */
    CHECK_INT(heed_tokenizer_find(upper, "<pad>", 5), -1);
    CHECK_STRING(heed_tokenizer_token(upper, -1), "");
    CHECK_STRING(heed_tokenizer_token(upper, 11), "");
    heed_tokenizer_free(upper);
    heed_tokenizer_free(again);
    heed_tokenizer_free(lower);
    heed_tokenizer_free(none);
}

static void training_refuses(void) {
    static const char *const fine[] = {"a"}, *const broken[] = {"a", "\xFF"}, *const special[] = {"A <eos> B"};
    heed_tokenizer *t = NULL;
    heed_error kind = {0}, missing = {0}, option = {0}, field = {0}, utf8 = {0}, reserved = {0};
    CHECK_STATUS(train("{\"type\":\"words\"}", fine, 1, &t, &kind), HEED_ERROR_UNKNOWN, &kind);
    CHECK_STRING(kind.message, "recipe.tokenizer.type is \"words\"; known are: char, symbol, word, bpe, values");
    CHECK_STATUS(train("{}", fine, 1, &t, &missing), HEED_ERROR_FORMAT, &missing);
    CHECK_STATUS(train("{\"type\":\"char\",\"case\":\"title\"}", fine, 1, &t, &option), HEED_ERROR_FORMAT, &option);
    CHECK_STATUS(train("{\"type\":\"symbol\",\"case\":\"upper\"}", fine, 1, &t, &field), HEED_ERROR_FORMAT, &field);
    CHECK_CONTAINS(field.message, "\"case\"");
    CHECK_STATUS(train("{\"type\":\"char\"}", broken, 2, &t, &utf8), HEED_ERROR_FORMAT, &utf8);
    CHECK_STRING(utf8.message, "recipe.tokenizer: text 1 is not UTF-8");
    CHECK_STATUS(train("{\"type\":\"symbol\"}", special, 1, &t, &reserved), HEED_ERROR_FORMAT, &reserved);
    CHECK(t == NULL);
}

static void encoding_reports_places(void) {
    static const char *const texts[] = {"ABC'"};
    heed_tokenizer *t = NULL;
    heed_error error = {0};
    heed_arena arena = {0};
    heed_encoding e;
    if (!CHECK_OK(train("{\"type\":\"char\",\"case\":\"upper\"}", texts, 1, &t, &error), &error))
        return;
    /*                         0  1      3      5    6      10 11 12   13 */
    static const char input[] = "a\xC3\xA9\xD0\x96" "B" "\xF0\x9F\x98\x80" "1 \xFF" "c";
    CHECK_OK(heed_tokenizer_encode(t, input, sizeof input - 1, &arena, &e, &error), &error);
    CHECK_INT(e.count, 3);
    static const char *const want[] = {"A", "B", "C"};
    static const size_t starts[] = {0, 5, 13};
    for (int i = 0; i < 3; i++) {
        CHECK_STRING(heed_tokenizer_token(t, e.ids[i]), want[i]);
        CHECK_INT(e.spans[i].start, starts[i]);
        CHECK_INT(e.spans[i].length, 1);
    }
    CHECK_INT(e.skipped_count, 2);
    CHECK(e.skipped[0].start == 1 && e.skipped[0].length == 4); /* é and Ж in one run */
    CHECK(e.skipped[1].start == 6 && e.skipped[1].length == 7);
    CHECK_OK(heed_tokenizer_encode(t, "", 0, &arena, &e, &error), &error);
    CHECK(e.count == 0 && e.skipped_count == 0);
    CHECK_OK(heed_tokenizer_encode(t, "a\0b", 3, &arena, &e, &error), &error);
    CHECK(e.count == 2 && e.skipped_count == 1);
    CHECK_OK(heed_tokenizer_encode(t, "<pad>", 5, &arena, &e, &error), &error);
    CHECK_INT(e.ids[0], heed_tokenizer_find(t, "A", 1)); /* the letter of "<pad>", not id 0 */
    CHECK_INT(e.count, 1);
    heed_string_buffer out = {0};
    static const int32_t ids[] = {1, 4, 5, 2, -7, 999, 6, 0};
    heed_tokenizer_decode(t, ids, 8, &out);
    CHECK_STRING(out.text, "'AB");
    heed_string_free(&out);
    heed_arena_free(&arena);
    heed_tokenizer_free(t);
}

static void symbols(void) {
    static const char *const texts[] = {"AH B EY", "  B\tAH0  "};
    heed_tokenizer *t = NULL;
    heed_error error = {0};
    heed_arena arena = {0};
    heed_encoding e;
    if (!CHECK_OK(train("{\"type\":\"symbol\"}", texts, 2, &t, &error), &error))
        return;
    CHECK_STRING(tokens_text(t, 4), "AH|AH0|B|EY");
    CHECK_STRING(heed_tokenizer_kind_name(t), "symbol");
    CHECK_OK(heed_tokenizer_encode(t, " EY AHX XX B<pad>  AH", 21, &arena, &e, &error), &error);
    CHECK_INT(e.count, 2);
    CHECK_INT(e.ids[0], 7);
    CHECK(e.spans[1].start == 19 && e.spans[1].length == 2);
    CHECK_INT(e.skipped_count, 3); /* blanks part them */
    CHECK(e.skipped[2].start == 11 && e.skipped[2].length == 6);
    CHECK_OK(heed_tokenizer_encode(t, "<eos>", 5, &arena, &e, &error), &error);
    CHECK_INT(e.count, 0);
    heed_string_buffer out = {0};
    static const int32_t ids[] = {1, 4, 0, 6, 7, 2};
    heed_tokenizer_decode(t, ids, 6, &out);
    CHECK_STRING(out.text, "AH B EY");
    heed_string_clear(&out);
    heed_tokenizer_decode(t, ids, 0, &out);
    CHECK_STRING(out.text, "");
    heed_string_free(&out);
    heed_arena_free(&arena);
    heed_tokenizer_free(t);
}

static const char *ids_text(const heed_tokenizer *t, const heed_encoding *e) {
    static char text[2000];
    text[0] = '\0';
    for (int i = 0; i < e->count; i++) {
        strcat(text, i > 0 ? "|" : "");
        strcat(text, heed_tokenizer_token(t, e->ids[i]));
    }
    return text;
}

static void words(void) {
    static const char *const texts[] = {"\xC2\xAB" "Caf\xC3\xA9\xC2\xBB, don't!", "caf\xC3\xA9 and\tcaf\xC3\xA9, and"};
    heed_tokenizer *t = NULL, *small = NULL, *whole = NULL;
    heed_error error = {0};
    heed_arena arena = {0};
    heed_encoding e;
    heed_string_buffer out = {0};
    if (!CHECK_OK(train("{\"type\":\"word\",\"case\":\"lower\"}", texts, 2, &t, &error), &error))
        return;
    CHECK_STRING(tokens_text(t, 4), "!|,|and|caf\xC3\xA9|don't|\xC2\xAB|\xC2\xBB");
    static const char input[] = "\xC2\xAB" "CAFE\xCC\x81\xC2\xBB" "AND 'tea',\xC2\xA0" "don't!"; /* e + acute */
    CHECK_OK(heed_tokenizer_encode(t, input, sizeof input - 1, &arena, &e, &error), &error);
    CHECK_STRING(ids_text(t, &e), "\xC2\xAB|caf\xC3\xA9|\xC2\xBB|and|<unk>|<unk>|<unk>|,|don't|!");
    CHECK_INT(e.skipped_count, 0);
    CHECK(e.spans[1].start == 2 && e.spans[1].length == 6 && e.spans[2].start == 8 && e.spans[2].length == 2);
    heed_tokenizer_decode(t, e.ids, e.count, &out);
    CHECK_STRING(out.text, "\xC2\xAB" "caf\xC3\xA9\xC2\xBB and, don't!");
    CHECK_OK(train("{\"type\":\"word\",\"case\":\"lower\",\"size\":6}", texts, 2, &small, &error), &error);
    CHECK_STRING(tokens_text(small, 4), ",|caf\xC3\xA9"); /* the most frequent; of equals the first */
    CHECK_OK(train("{\"type\":\"word\",\"punctuation\":\"keep\",\"min_count\":2}", texts, 2, &whole, &error), &error);
    CHECK_STRING(tokens_text(whole, 4), "and");
    heed_string_free(&out);
    heed_tokenizers_write(t, whole, &out);
    heed_tokenizer *t_back = NULL, *whole_back = NULL;
    if (CHECK_OK(heed_tokenizers_parse(out.text, out.length, &t_back, &whole_back, &error), &error)) {
        CHECK_STRING(tokens_text(t_back, 4), "!|,|and|caf\xC3\xA9|don't|\xC2\xAB|\xC2\xBB");
        CHECK_OK(heed_tokenizer_encode(t_back, "AND", 3, &arena, &e, &error), &error);
        CHECK_STRING(ids_text(t_back, &e), "and");
        CHECK_OK(heed_tokenizer_encode(whole_back, "and,", 4, &arena, &e, &error), &error);
        CHECK_STRING(ids_text(whole_back, &e), "<unk>");
    }
    heed_tokenizer_free(t_back);
    heed_tokenizer_free(whole_back);
    heed_string_free(&out);
    heed_arena_free(&arena);
    heed_tokenizer_free(t);
    heed_tokenizer_free(small);
    heed_tokenizer_free(whole);
}

static void files_round_trip(void) {
    static const char text[] =
        "{\"source\":{\"type\":\"char\",\"case\":\"upper\",\"tokens\":[\"<pad>\",\"<bos>\",\"<eos>\",\"<unk>\",\"B\","
        "\"\\\"\",\"A\"]},\"target\":{\"type\":\"symbol\",\"tokens\":["
        "\"<pad>\",\"<bos>\",\"<eos>\",\"<unk>\",\"AH\"]}}\n";
    heed_tokenizer *source = NULL, *target = NULL;
    heed_error error = {0};
    heed_string_buffer out = {0};
    if (!CHECK_OK(heed_tokenizers_parse(text, sizeof text - 1, &source, &target, &error), &error))
        return;
    CHECK_INT(heed_tokenizer_count(source), 7);
    CHECK_INT(heed_tokenizer_find(source, "A", 1), 6); /* ids are the file's, whatever its order */
    CHECK_INT(heed_tokenizer_find(source, "B", 1), 4);
    heed_tokenizers_write(source, target, &out);
    CHECK_STRING(out.text, text);
    heed_string_free(&out);
    heed_tokenizer_free(source);
    heed_tokenizer_free(target);
}

static void hostile_files(void) {
#define SPECIALS "\"<pad>\",\"<bos>\",\"<eos>\",\"<unk>\""
    static const struct {
        const char *side, *message;
    } cases[] = {
        {"{\"type\":\"char\",\"tokens\":[" SPECIALS ",\"A\",\"B\",\"A\"]}", "\"A\" twice, at 4 and 6"},
        {"{\"type\":\"char\",\"tokens\":[" SPECIALS ",\"\"]}", "0 bytes"},
        {"{\"type\":\"char\",\"tokens\":[" SPECIALS ",\"AB\"]}", "nothing that a \"char\""},
        {"{\"type\":\"char\",\"case\":\"upper\",\"tokens\":[" SPECIALS ",\"a\"]}", "nothing that a \"char\""},
        {"{\"type\":\"symbol\",\"tokens\":[" SPECIALS ",\"A B\"]}", "nothing that a \"symbol\""},
        {"{\"type\":\"word\",\"tokens\":[" SPECIALS ",\"A,\"]}", "nothing that a \"word\""},
        {"{\"type\":\"word\",\"case\":\"lower\",\"tokens\":[" SPECIALS ",\"A\"]}", "nothing that a \"word\""},
        {"{\"type\":\"word\",\"punctuation\":\"drop\",\"tokens\":[" SPECIALS "]}", "it must be one of: keep, split"},
        {"{\"type\":\"symbol\",\"tokens\":[" SPECIALS ",\" \"]}", "nothing that a \"symbol\""},
        {"{\"type\":\"symbol\",\"tokens\":[" SPECIALS ",\"<eos>\"]}", "reserved for id 2"},
        {"{\"type\":\"symbol\",\"tokens\":[" SPECIALS ",\"0123456789012345678901234567890123456789012345678901234567890"
         "123456789\"]}", "70 bytes"},
        {"{\"type\":\"char\",\"tokens\":[\"<bos>\",\"<pad>\",\"<eos>\",\"<unk>\"]}", "must be \"<pad>\""},
        {"{\"type\":\"char\",\"tokens\":[\"<pad>\",\"<bos>\"]}", "2 entries"},
        {"{\"type\":\"char\",\"tokens\":[" SPECIALS ",5]}", "tokens[4] is no string"},
        {"{\"type\":\"char\",\"tokens\":[" SPECIALS ",\"\\u0000\"]}", "with a NUL"},
        {"{\"type\":\"char\",\"tokens\":{}}", "no array"},
        {"{\"type\":\"char\"}", "no array"},
        {"{\"type\":7,\"tokens\":[]}", "must be a string"},
        {"{\"type\":\"sentence\",\"tokens\":[]}", "known are: char, symbol, word"},
        {"{\"type\":\"bpe\",\"tokens\":[]}", "model is missing"},
        {"{\"type\":\"char\",\"merges\":[],\"tokens\":[]}", "unknown field \"merges\""},
        {"[]", "no object"},
        {"null", "no object"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[1000];
        heed_tokenizer *source = NULL, *target = NULL;
        heed_error error = {0};
        snprintf(text, sizeof text, "{\"source\":{\"type\":\"char\",\"tokens\":[" SPECIALS ",\"A\"]},\"target\":%s}",
                 cases[i].side);
        CHECK(heed_tokenizers_parse(text, strlen(text), &source, &target, &error) != HEED_OK);
        CHECK(source == NULL && target == NULL);
        CHECK_CONTAINS(error.message, "tokenizer.json: target");
        CHECK_CONTAINS(error.message, cases[i].message);
    }
    static const char *const whole[] = {"", "{}", "[]", "{\"source\":{}}", "{\"a\":1}", "{\"source\""};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        heed_tokenizer *source = NULL, *target = NULL;
        heed_error error = {0};
        CHECK(heed_tokenizers_parse(whole[i], strlen(whole[i]), &source, &target, &error) != HEED_OK);
        CHECK_CONTAINS(error.message, "tokenizer.json");
    }
    heed_string_buffer many = {0};
    heed_string_format(&many, "{\"source\":{\"type\":\"symbol\",\"tokens\":[" SPECIALS);
    for (int i = 4; i <= HEED_VOCABULARY_MAX; i++)
        heed_string_format(&many, ",\"%d\"", i);
    heed_string_format(&many, "]},\"target\":{}}");
    heed_tokenizer *source = NULL, *target = NULL;
    heed_error error = {0};
    CHECK(heed_tokenizers_parse(many.text, many.length, &source, &target, &error) == HEED_ERROR_FORMAT);
    CHECK_CONTAINS(error.message, "262145 entries");
    heed_string_free(&many);
}

int main(void) {
    training_sorts_and_folds();
    training_refuses();
    encoding_reports_places();
    symbols();
    words();
    files_round_trip();
    hostile_files();
    return heed_test_finish("tokenizer");
}
