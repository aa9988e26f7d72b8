/* Hugging Face's tokenizer.json, as far as heed_tokenizer_bpe has the same. What is read is compared with what would be
 * written: a part that says something else is refused by name. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "text/bpe.h"
#include "text/separators.h"

static const char pattern[] = " ?[^" HEED_BLANK_CLASS HEED_PUNCTUATION_CLASS "]+| ?[" HEED_PUNCTUATION_CLASS "]|["
                              HEED_BLANK_CLASS "]";

static void write_type(heed_json_writer *writer, const char *key, const char *type)
{
    heed_json_write_object(writer, key);
    heed_json_write_string(writer, "type", type);
    heed_json_write_end_object(writer);
}

static void write_added_tokens(const heed_text_options *options, heed_json_writer *writer, const char *key)
{
    static const char *const flags[] = {"single_word", "lstrip", "rstrip", "normalized"};
    (void)options;
    heed_json_write_array(writer, key);
    for (int id = 0; id < HEED_TOKEN_SPECIALS; id++) {
        heed_json_write_object(writer, NULL);
        heed_json_write_int(writer, "id", id);
        heed_json_write_string(writer, "content", heed_token_specials[id]);
        for (int i = 0; i < 4; i++)
            heed_json_write_bool(writer, flags[i], false);
        heed_json_write_bool(writer, "special", true);
        heed_json_write_end_object(writer);
    }
    heed_json_write_end_array(writer);
}

static void write_normalizer(const heed_text_options *options, heed_json_writer *writer, const char *key)
{
    const bool nfc = options->form == HEED_FORM_NFC, lower = options->letter_case == HEED_CASE_LOWER;
    if (!nfc && !lower) {
        heed_json_write_null(writer, key);
    } else if (!nfc || !lower) {
        write_type(writer, key, nfc ? "NFC" : "Lowercase");
    } else {
        heed_json_write_object(writer, key);
        heed_json_write_string(writer, "type", "Sequence");
        heed_json_write_array(writer, "normalizers");
        write_type(writer, NULL, "NFC");
        write_type(writer, NULL, "Lowercase");
        write_type(writer, NULL, "NFC");
        heed_json_write_end_array(writer);
        heed_json_write_end_object(writer);
    }
}

static void write_pre_tokenizer(const heed_text_options *options, heed_json_writer *writer, const char *key)
{
    (void)options;
    heed_json_write_object(writer, key);
    heed_json_write_string(writer, "type", "Split");
    heed_json_write_object(writer, "pattern");
    heed_json_write_string(writer, "Regex", pattern);
    heed_json_write_end_object(writer);
    heed_json_write_string(writer, "behavior", "Isolated");
    heed_json_write_bool(writer, "invert", false);
    heed_json_write_end_object(writer);
}

static void write_decoder(const heed_text_options *options, heed_json_writer *writer, const char *key)
{
    (void)options;
    heed_json_write_object(writer, key);
    heed_json_write_string(writer, "type", "Sequence");
    heed_json_write_array(writer, "decoders");
    write_type(writer, NULL, "ByteFallback");
    write_type(writer, NULL, "Fuse");
    heed_json_write_end_array(writer);
    heed_json_write_end_object(writer);
}

static void write_nothing(const heed_text_options *options, heed_json_writer *writer, const char *key)
{
    (void)options;
    heed_json_write_null(writer, key);
}

/* The parts beside the version and the model, in the order of the library. */
static const struct part {
    const char *key;
    void (*write)(const heed_text_options *options, heed_json_writer *writer, const char *key);
} parts[] = {{"truncation", write_nothing},      {"padding", write_nothing},
             {"added_tokens", write_added_tokens}, {"normalizer", write_normalizer},
             {"pre_tokenizer", write_pre_tokenizer}, {"post_processor", write_nothing},
             {"decoder", write_decoder}};

enum { PARTS = sizeof parts / sizeof *parts };

static void write_model(const heed_tokenizer *tokenizer, heed_json_writer *writer)
{
    const heed_bpe *bpe = tokenizer->own;
    heed_json_write_object(writer, "model");
    heed_json_write_string(writer, "type", "BPE");
    heed_json_write_null(writer, "dropout");
    heed_json_write_string(writer, "unk_token", heed_token_specials[HEED_TOKEN_UNK]);
    heed_json_write_null(writer, "continuing_subword_prefix");
    heed_json_write_null(writer, "end_of_word_suffix");
    heed_json_write_bool(writer, "fuse_unk", false);
    heed_json_write_bool(writer, "byte_fallback", true);
    heed_json_write_bool(writer, "ignore_merges", false);
    heed_json_write_object(writer, "vocab");
    for (int id = 0; id < tokenizer->count; id++)
        heed_json_write_int(writer, tokenizer->tokens[id].text, id);
    heed_json_write_end_object(writer);
    heed_json_write_array(writer, "merges");
    for (int i = 0; i < bpe->count; i++) {
        heed_json_write_array(writer, NULL);
        heed_json_write_string(writer, NULL, tokenizer->tokens[bpe->merges[i].left].text);
        heed_json_write_string(writer, NULL, tokenizer->tokens[bpe->merges[i].right].text);
        heed_json_write_end_array(writer);
    }
    heed_json_write_end_array(writer);
    heed_json_write_end_object(writer);
}

void heed_bpe_write(const heed_tokenizer *tokenizer, heed_json_writer *writer, const char *key)
{
    heed_json_write_object(writer, key);
    heed_json_write_string(writer, "version", "1.0");
    for (int i = 0; i < PARTS; i++)
        parts[i].write(&tokenizer->options, writer, parts[i].key);
    write_model(tokenizer, writer);
    heed_json_write_end_object(writer);
}

/* ---- Reading. ---- */

/* Whether a value is what the part writes under these options. */
static bool is_written(const struct part *part, const heed_text_options *options, const heed_json *value)
{
    heed_string_buffer want = {0}, got = {0};
    heed_json_writer want_writer = {.out = &want}, got_writer = {.out = &got};
    part->write(options, &want_writer, NULL);
    heed_json_write_value(&got_writer, NULL, value);
    const bool same = !want.failed && !got.failed && want.length == got.length &&
                      memcmp(want.text, got.text, want.length) == 0;
    heed_string_free(&want);
    heed_string_free(&got);
    return same;
}

static heed_status read_parts(const heed_json *json, const char *where, heed_text_options *options, heed_error *error)
{
    static const char *const fields[] = {"version", "truncation", "padding", "added_tokens", "normalizer",
                                         "pre_tokenizer", "post_processor", "decoder", "model", NULL};
    static const heed_json none = {.type = HEED_JSON_NULL};
    HEED_TRY(heed_json_only(json, where, fields, error));
    for (int i = 0; i < PARTS; i++) {
        const heed_json *given = heed_json_get(json, parts[i].key), *value = given != NULL ? given : &none;
        bool known = false;
        for (int form = HEED_FORM_NONE; form <= HEED_FORM_NFC && !known; form++)
            for (int lower = 0; lower < 2 && !known; lower++) {
                const heed_text_options tried = {.form = (heed_normal_form)form,
                                                 .letter_case = lower ? HEED_CASE_LOWER : HEED_CASE_NONE};
                known = is_written(&parts[i], &tried, value);
                if (known && parts[i].write == write_normalizer) {
                    options->form = tried.form;
                    options->letter_case = tried.letter_case;
                }
            }
        if (!known)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s.%s is none that is read here: byte-pair encoding with byte "
                             "fallback as this program writes it", where, parts[i].key);
    }
    return HEED_OK;
}

static heed_status check_model(const heed_json *model, const char *where, heed_error *error)
{
    static const char *const fields[] = {"type", "dropout", "unk_token", "continuing_subword_prefix",
                                         "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges", "vocab",
                                         "merges", NULL};
    static const char *const unused[] = {"dropout", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
                                         "ignore_merges"};
    const char *type = NULL;
    bool fallback = false;
    HEED_TRY(heed_json_only(model, where, fields, error));
    HEED_TRY(heed_json_string(model, where, "type", &type, error));
    if (type == NULL || strcmp(type, "BPE") != 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.type is \"%.60s\"; it must be \"BPE\"", where,
                         type == NULL ? "" : type);
    HEED_TRY(heed_json_bool(model, where, "byte_fallback", &fallback, error));
    if (!fallback)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.byte_fallback must be true", where);
    for (size_t i = 0; i < sizeof unused / sizeof *unused; i++) {
        const heed_json *member = heed_json_get(model, unused[i]);
        if (member != NULL && member->type != HEED_JSON_NULL && (member->type != HEED_JSON_BOOL || member->boolean))
            return heed_fail(error, HEED_ERROR_FORMAT, "%s.%s must be null or false", where, unused[i]);
    }
    return HEED_OK;
}

static heed_status read_vocab(heed_tokenizer *tokenizer, const heed_json *vocab, const char *where, heed_error *error)
{
    if (vocab == NULL || vocab->type != HEED_JSON_OBJECT)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.vocab is missing or no object", where);
    const int count = (int)vocab->count;
    if (count < HEED_TOKEN_SPECIALS || count > HEED_VOCABULARY_MAX)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.vocab has %d entries; %d to %d are allowed", where, count,
                         HEED_TOKEN_SPECIALS, HEED_VOCABULARY_MAX);
    tokenizer->tokens = heed_arena_alloc_zero(&tokenizer->arena, (size_t)count * sizeof *tokenizer->tokens);
    if (tokenizer->tokens == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d tokens", where, count);
    for (const heed_json *entry = vocab->first; entry != NULL; entry = entry->next) {
        const double id = entry->type == HEED_JSON_NUMBER ? entry->number : -1;
        if (!(id >= 0 && id < count) || id != (int)id || tokenizer->tokens[(int)id].text != NULL)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s.vocab: the id of \"%.60s\" is not one of 0 to %d, each once",
                             where, entry->key, count - 1);
        const size_t n = strlen(entry->key);
        const char *text = heed_arena_string(&tokenizer->arena, entry->key, n);
        if (text == NULL)
            return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d tokens", where, count);
        tokenizer->tokens[(int)id] = (heed_token){text, n};
    }
    tokenizer->count = count;
    return HEED_OK;
}

/* A half of a merge, or both together. */
static int32_t find_text(const heed_tokenizer *tokenizer, const char *left, const char *right)
{
    char text[2 * HEED_TOKEN_BYTES_MAX + 1];
    const size_t a = strlen(left), b = strlen(right);
    if (a + b > HEED_TOKEN_BYTES_MAX)
        return -1;
    memcpy(text, left, a);
    memcpy(text + a, right, b);
    return heed_tokenizer_find(tokenizer, text, a + b);
}

static heed_status read_merges(heed_tokenizer *tokenizer, const heed_json *list, const char *where, heed_error *error)
{
    heed_bpe *bpe = tokenizer->own;
    if (list == NULL || list->type != HEED_JSON_ARRAY)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.merges is missing or no array", where);
    if (list->count > 2 * HEED_VOCABULARY_MAX)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.merges has %d entries; at most %d are allowed", where,
                         (int)list->count, 2 * HEED_VOCABULARY_MAX);
    bpe->merges = heed_arena_alloc(&tokenizer->arena, (size_t)list->count * sizeof *bpe->merges);
    if (bpe->merges == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d merges", where, (int)list->count);
    for (const heed_json *entry = list->first; entry != NULL; entry = entry->next) {
        const heed_json *left = entry->first, *right = left != NULL ? left->next : NULL;
        if (entry->type != HEED_JSON_ARRAY || entry->count != 2 || left->type != HEED_JSON_STRING ||
            right->type != HEED_JSON_STRING)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s.merges[%d] is no pair of strings", where, bpe->count);
        const heed_merge merge = {find_text(tokenizer, left->string, ""), find_text(tokenizer, right->string, ""),
                                  find_text(tokenizer, left->string, right->string)};
        if (merge.left < 0 || merge.right < 0 || merge.made < 0)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s.merges[%d]: \"%.60s\", \"%.60s\" or both together are no "
                             "token", where, bpe->count, left->string, right->string);
        bpe->merges[bpe->count++] = merge;
    }
    return HEED_OK;
}

static heed_status read_model(heed_tokenizer *tokenizer, const heed_json *json, const char *where, heed_error *error)
{
    const heed_json *model = heed_json_get(json, "model");
    char place[200];
    snprintf(place, sizeof place, "%.150s.model", where);
    HEED_TRY(read_parts(json, where, &tokenizer->options, error));
    HEED_TRY(check_model(model, place, error));
    HEED_TRY(read_vocab(tokenizer, heed_json_get(model, "vocab"), place, error));
    HEED_TRY(heed_tokenizer_finish(tokenizer, where, error));
    HEED_TRY(read_merges(tokenizer, heed_json_get(model, "merges"), place, error));
    return heed_bpe_index(tokenizer, where, error);
}

heed_status heed_bpe_parse(const heed_json *json, const char *where, heed_tokenizer **out, heed_error *error)
{
    HEED_TRY(heed_tokenizer_of_kind(&heed_tokenizer_bpe, where, out, error));
    (*out)->own = heed_arena_alloc_zero(&(*out)->arena, sizeof(heed_bpe));
    heed_status status = (*out)->own == NULL ? heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory", where)
                                             : read_model(*out, json, where, error);
    if (status != HEED_OK) {
        heed_tokenizer_free(*out);
        *out = NULL;
    }
    return status;
}
