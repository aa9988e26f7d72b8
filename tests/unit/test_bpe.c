/* Byte-pair encoding against its plainest form: merges learnt by counting everything anew each time, and done one after
 * another on the whole text. Then what any text, any ids and any file may be. */
#include "test.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "text/bpe.h"

static const char *const texts[] = {
    "the cat sat on the mat, the other cat sat there", "low lower lowest, new newer newest, wide wider widest",
    "кошка сидит на окне, другая кошка сидела на крыше", "«кошка», — сказал он, — сидела бы и сидела", "aaaa aaa aaaaaa aa",
    "abcabcabc bcabca cabcab", "e\xCC\x81t\xC3\xA9 \xC3\xA9t\xC3\xA9", "x\xF0\x9F\x98\x80y",
};
enum { TEXTS = sizeof texts / sizeof *texts };

static heed_bytes text_at(void *context, size_t i) {
    const char *const *list = context;
    return (heed_bytes){(const unsigned char *)list[i], strlen(list[i])};
}

static heed_tokenizer *train(const char *options, const char *const *list, size_t count) {
    heed_arena arena = {0};
    heed_error error = {0};
    heed_tokenizer *t = NULL;
    const heed_json *json = heed_json_parse(&arena, options, strlen(options), "options", &error);
    CHECK_OK(heed_tokenizer_train(json, "bpe", count, text_at, (void *)list, &t, &error), &error);
    heed_arena_free(&arena);
    return t;
}

/* ---- The plainest form: a text is a list of strings; a piece ends where a new one begins. ---- */

enum { PLAIN_MAX = 4000 };

typedef struct plain {
    char tokens[PLAIN_MAX][HEED_TOKEN_BYTES_MAX + 1];
    bool begins[PLAIN_MAX]; /* a piece */
    int count;
} plain;

static void plain_add(plain *p, const heed_tokenizer *t, const char *text) {
    heed_arena arena = {0};
    heed_normal_text normal;
    CHECK(heed_normalize(t->options.form, t->options.letter_case, text, strlen(text), &arena, &normal));
    for (size_t at = 0; at < normal.size;) {
        bool is_token;
        const size_t end = at + t->kind->next(&t->options, normal.text + at, normal.size - at, &is_token);
        for (bool first = true; at < end; first = false) {
            uint32_t code;
            const int n = heed_utf8_decode(normal.text + at, end - at, &code);
            snprintf(p->tokens[p->count], sizeof *p->tokens, "%.*s", n, normal.text + at);
            p->begins[p->count++] = first;
            at += (size_t)n;
        }
    }
    heed_arena_free(&arena);
}

static void plain_merge(plain *p, const char *left, const char *right) {
    int kept = 0;
    for (int i = 0; i < p->count; i++, kept++) {
        const bool together = i + 1 < p->count && !p->begins[i + 1] && strcmp(p->tokens[i], left) == 0 &&
                              strcmp(p->tokens[i + 1], right) == 0;
        char token[sizeof *p->tokens];
        snprintf(token, sizeof token, "%s%s", p->tokens[i], together ? right : "");
        p->begins[kept] = p->begins[i];
        memcpy(p->tokens[kept], token, sizeof token);
        i += together;
    }
    p->count = kept;
}

static int plain_pairs(const plain *p, const char *left, const char *right) {
    int count = 0;
    for (int i = 0; i + 1 < p->count; i++)
        count += !p->begins[i + 1] && strcmp(p->tokens[i], left) == 0 && strcmp(p->tokens[i + 1], right) == 0;
    return count;
}

static int32_t id_of(const heed_tokenizer *t, const char *token) {
    return heed_tokenizer_find(t, token, strlen(token));
}

/* The merges learnt are those of counting everything anew: the most frequent pair, of equals that of smaller ids. */
static void learns_as_the_plain_form(void) {
    heed_tokenizer *t = train("{\"type\":\"bpe\",\"size\":400}", texts, TEXTS);
    plain *p = calloc(1, sizeof *p);
    if (!t || !p)
        return;
    const heed_bpe *bpe = t->own;
    for (int i = 0; i < TEXTS; i++)
        plain_add(p, t, texts[i]);
    CHECK(bpe->count > 20);
    for (int rank = 0; rank <= bpe->count; rank++) {
        int best = 0, best_at = -1;
        for (int i = 0; i + 1 < p->count; i++) {
            if (p->begins[i + 1] || id_of(t, p->tokens[i]) < 0 || id_of(t, p->tokens[i + 1]) < 0)
                continue;
            const int count = plain_pairs(p, p->tokens[i], p->tokens[i + 1]);
            bool better = count > best;
            if (count == best && best_at >= 0) {
                const int32_t left = id_of(t, p->tokens[i]), best_left = id_of(t, p->tokens[best_at]);
                better = left < best_left || (left == best_left && id_of(t, p->tokens[i + 1]) <
                                                                       id_of(t, p->tokens[best_at + 1]));
            }
            if (better) {
                best = count;
                best_at = i;
            }
        }
        if (rank == bpe->count) {
            CHECK(best < 2); /* it stopped because nothing occurs twice any more */
            break;
        }
        char left[80], right[80];
        snprintf(left, sizeof left, "%s", p->tokens[best_at]);
        snprintf(right, sizeof right, "%s", p->tokens[best_at + 1]);
        CHECK_STRING(t->tokens[bpe->merges[rank].left].text, left);
        CHECK_STRING(t->tokens[bpe->merges[rank].right].text, right);
        plain_merge(p, left, right);
    }
    free(p);
    heed_tokenizer_free(t);
}

static void splits_as_the_plain_form(const heed_tokenizer *t, const char *text) {
    plain *p = calloc(1, sizeof *p);
    const heed_bpe *bpe = t->own;
    heed_arena arena = {0};
    heed_error error = {0};
    heed_encoding e;
    plain_add(p, t, text);
    for (int rank = 0; rank < bpe->count; rank++)
        plain_merge(p, t->tokens[bpe->merges[rank].left].text, t->tokens[bpe->merges[rank].right].text);
    CHECK_OK(heed_tokenizer_encode(t, text, strlen(text), &arena, &e, &error), &error);
    int at = 0;
    for (int i = 0; i < p->count; i++) {
        if (id_of(t, p->tokens[i]) >= 0) {
            CHECK_STRING(heed_tokenizer_token(t, at < e.count ? e.ids[at] : -1), p->tokens[i]);
            at++;
        } else { /* its bytes */
            for (const char *byte = p->tokens[i]; *byte; byte++, at++) {
                char name[8];
                heed_bpe_byte_name((unsigned char)*byte, name);
                CHECK_STRING(heed_tokenizer_token(t, at < e.count ? e.ids[at] : -1), name);
            }
        }
    }
    CHECK_INT(e.count, at);
    heed_arena_free(&arena);
    free(p);
}

static void same_again(const heed_tokenizer *t, const char *text, size_t n, const char *want) {
    heed_arena arena = {0};
    heed_error error = {0};
    heed_encoding e;
    heed_string_buffer out = {0};
    CHECK_OK(heed_tokenizer_encode(t, text, n, &arena, &e, &error), &error);
    CHECK_INT(e.skipped_count, 0);
    heed_tokenizer_decode(t, e.ids, e.count, &out);
    CHECK_STRING(out.text, want);
    heed_string_free(&out);
    heed_arena_free(&arena);
}

static void any_text_comes_back(const heed_tokenizer *t) {
    static const char *const strange[] = {"", " ", "  two  blanks ", "\ttab\nline\r\n", "\xE4\xB8\xAD\xE6\x96\x87 \xF0\x9F\x98\x80!",
                                          "<pad><0x41> <unk>", "\xC2\xA0nbsp\xE2\x80\xAF", "no", " ,", "the ,the"};
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++)
        same_again(t, strange[i], strlen(strange[i]), strange[i]);
    same_again(t, "e\xCC\x81", 3, "\xC3\xA9");
    same_again(t, "a\xFF\xD0", 3, "a\xEF\xBF\xBD\xEF\xBF\xBD"); /* bytes that are no text */
    /* Whatever ids a model makes, the text is UTF-8. */
    heed_rng rng;
    heed_rng_seed(&rng, 1, 1);
    for (int round = 0; round < 2000; round++) {
        int32_t ids[12];
        heed_string_buffer out = {0};
        for (int i = 0; i < 12; i++)
            ids[i] = (int32_t)heed_rng_below(&rng, (uint32_t)(round % 2 ? 264 : t->count + 4)) - 2;
        heed_tokenizer_decode(t, ids, 12, &out);
        CHECK(heed_utf8_valid(out.text, out.length));
        heed_string_free(&out);
    }
}

static void files(const heed_tokenizer *t) {
    heed_string_buffer first = {0}, second = {0};
    heed_tokenizer *source = NULL, *target = NULL;
    heed_error error = {0};
    heed_tokenizer *copy = heed_tokenizer_copy(t), *chars = train("{\"type\":\"char\"}", texts, TEXTS);
    heed_tokenizers_write(t, copy, &first);
    CHECK(strncmp(first.text, "{\"version\":\"1.0\"", 16) == 0); /* one for both sides is the whole file */
    if (CHECK_OK(heed_tokenizers_parse(first.text, first.length, &source, &target, &error), &error)) {
        heed_tokenizers_write(source, target, &second);
        CHECK_STRING(second.text, first.text);
        splits_as_the_plain_form(target, texts[2]);
    }
    heed_tokenizer_free(source);
    heed_tokenizer_free(target);
    heed_string_clear(&first);
    heed_string_clear(&second);
    heed_tokenizers_write(t, chars, &first);
    if (CHECK_OK(heed_tokenizers_parse(first.text, first.length, &source, &target, &error), &error)) {
        heed_tokenizers_write(source, target, &second);
        CHECK_STRING(second.text, first.text);
    }
    heed_tokenizer_free(source);
    heed_tokenizer_free(target);
    heed_string_free(&first);
    heed_string_free(&second);
    heed_tokenizer_free(copy);
    heed_tokenizer_free(chars);
}

/* The file of `t` with one text replaced by another is refused. */
static void refused(const heed_tokenizer *t, const char *what, const char *by, const char *message) {
    heed_string_buffer text = {0}, changed = {0};
    heed_tokenizer *source = NULL, *target = NULL;
    heed_error error = {0};
    heed_tokenizers_write(t, t, &text);
    const char *at = strstr(text.text, what);
    if (CHECK(at != NULL)) {
        heed_string_append(&changed, text.text, (size_t)(at - text.text));
        heed_string_format(&changed, "%s%s", by, at + strlen(what));
        CHECK(heed_tokenizers_parse(changed.text, changed.length, &source, &target, &error) == HEED_ERROR_FORMAT);
        CHECK_CONTAINS(error.message, message);
    }
    heed_string_free(&text);
    heed_string_free(&changed);
}

static void refusals(const heed_tokenizer *t) {
    static const char *const none[] = {"a"};
    heed_arena arena = {0};
    heed_error small = {0}, upper = {0};
    heed_tokenizer *made = NULL;
    refused(t, "\"BPE\"", "\"Unigram\"", "model.type is \"Unigram\"");
    refused(t, "\"byte_fallback\":true", "\"byte_fallback\":false", "byte_fallback must be true");
    refused(t, "\"dropout\":null", "\"dropout\":0.1", "model.dropout must be null or false");
    refused(t, "\"Isolated\"", "\"Removed\"", "pre_tokenizer is none that is read here");
    refused(t, "\"ByteFallback\"", "\"ByteLevel\"", "decoder is none that is read here");
    refused(t, "\"NFC\"", "\"NFKC\"", "normalizer is none that is read here");
    refused(t, "\"content\":\"<bos>\"", "\"content\":\"<s>\"", "added_tokens is none");
    refused(t, "\"version\"", "\"edition\"", "unknown field \"edition\"");
    refused(t, "\"<bos>\":1", "\"<bos>\":0", "each once");
    refused(t, "\"<bos>\":1", "\"<bos>\":1.5", "each once");
    refused(t, "\"<bos>\":1", "\"<bos>\":100000", "each once");
    refused(t, "\"<bos>\":1", "\"<BOS>\":1", "must be \"<bos>\"");
    refused(t, "\"<0x41>\":", "\"<0x411>\":", "has no \"<0x41>\"");
    refused(t, "\"merges\":[[", "\"merges\":[[\"a\",\"zz\"],[", "merges[0]: \"a\", \"zz\" or both together are no token");
    refused(t, "\"merges\":[[", "\"merges\":[\"a b\",[", "merges[0] is no pair");
    refused(t, "\"merges\":", "\"mergers\":", "unknown field \"mergers\"");
    const heed_json *options = heed_json_parse(&arena, "{\"type\":\"bpe\",\"size\":200}", 25, "options", NULL);
    CHECK_STATUS(heed_tokenizer_train(options, "bpe", 1, text_at, (void *)none, &made, &small), HEED_ERROR_FORMAT, &small);
    CHECK_CONTAINS(small.message, "bpe.size is 200; \"bpe\" needs at least 261");
    options = heed_json_parse(&arena, "{\"type\":\"bpe\",\"case\":\"upper\"}", 29, "options", NULL);
    CHECK_STATUS(heed_tokenizer_train(options, "bpe", 1, text_at, (void *)none, &made, &upper), HEED_ERROR_FORMAT, &upper);
    CHECK(made == NULL);
    heed_arena_free(&arena);
}

/* A million letters without a blank: time in proportion, nearly. */
static void one_long_word(const heed_tokenizer *t) {
    enum { LETTERS = 1000000 };
    heed_arena arena = {0};
    heed_error error = {0};
    heed_encoding e;
    char *text = malloc(LETTERS + 1);
    memset(text, 'a', LETTERS);
    text[LETTERS] = '\0';
    const double start = heed_clock();
    CHECK_OK(heed_tokenizer_encode(t, text, LETTERS, &arena, &e, &error), &error);
    CHECK(heed_clock() - start < 20); /* seconds; a square would take hours */
    int64_t letters = 0;
    for (int i = 0; i < e.count; i++)
        letters += (int64_t)strlen(heed_tokenizer_token(t, e.ids[i]));
    CHECK_INT(letters, LETTERS);
    CHECK(e.count <= LETTERS / 2);
    free(text);
    heed_arena_free(&arena);
}

int main(void) {
    const char *backwards[TEXTS];
    heed_string_buffer one = {0}, other = {0};
    learns_as_the_plain_form();
    heed_tokenizer *t = train("{\"type\":\"bpe\",\"size\":310}", texts, TEXTS);
    heed_tokenizer *lower = train("{\"type\":\"bpe\",\"case\":\"lower\",\"normalize\":\"none\"}", texts, TEXTS);
    for (int i = 0; i < TEXTS; i++)
        backwards[i] = texts[TEXTS - 1 - i];
    heed_tokenizer *again = train("{\"type\":\"bpe\",\"size\":310}", backwards, TEXTS);
    if (t && lower && again) {
        heed_tokenizers_write(t, t, &one);
        heed_tokenizers_write(again, again, &other);
        CHECK_STRING(other.text, one.text); /* the order of the texts does not matter */
        CHECK_INT(t->count, 310);
        for (int i = 0; i < TEXTS; i++)
            splits_as_the_plain_form(t, texts[i]);
        splits_as_the_plain_form(t, "the lowest cats, кошки и the aaaaaaaaaaa abcab \xE4\xB8\xAD\xF0\x9F\x98\x80x");
        any_text_comes_back(t);
        same_again(lower, "THE CAT", 7, "the cat");
        files(t);
        files(lower);
        refusals(t);
        one_long_word(t);
    }
    heed_string_free(&one);
    heed_string_free(&other);
    heed_tokenizer_free(t);
    heed_tokenizer_free(lower);
    heed_tokenizer_free(again);
    return heed_test_finish("bpe");
}
