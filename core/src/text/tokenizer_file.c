/* tokenizer.json: reading with every check, and writing. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/bpe.h"

static const heed_tokenizer_kind *const kinds[] = {
#define HEED_TOKENIZER(name) &heed_tokenizer_##name,
#include "text/tokenizers.def"
#undef HEED_TOKENIZER
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static heed_status find_kind(const heed_json *options, const char *where, const heed_tokenizer_kind **out,
                             heed_error *error)
{
    const char *name = NULL;
    if (options == NULL || options->type != HEED_JSON_OBJECT)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s is missing or no object", where);
    HEED_TRY(heed_json_string(options, where, "type", &name, error));
    if (name == NULL)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.type is missing", where);
    heed_string_buffer known = {0};
    for (int i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i]->name, name) == 0) {
            heed_string_free(&known);
            *out = kinds[i];
            return HEED_OK;
        }
        heed_string_format(&known, "%s%s", i == 0 ? "" : ", ", kinds[i]->name);
    }
    heed_status status = heed_fail(error, HEED_ERROR_UNKNOWN, "%s.type is \"%.60s\"; known are: %s", where, name,
                                   known.failed ? "" : known.text);
    heed_string_free(&known);
    return status;
}

/* A member that is one of some words, as its index. */
static heed_status read_word(const heed_json *options, const char *where, const char *name, const char *const *words,
                             int *value, heed_error *error)
{
    const char *word = words[*value];
    HEED_TRY(heed_json_string(options, where, name, &word, error));
    heed_string_buffer known = {0};
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], word) == 0) {
            heed_string_free(&known);
            *value = i;
            return HEED_OK;
        }
        heed_string_format(&known, "%s%s", i == 0 ? "" : ", ", words[i]);
    }
    heed_status status = heed_fail(error, HEED_ERROR_FORMAT, "%s.%s is \"%.60s\"; it must be one of: %s", where, name,
                                   word, known.failed ? "" : known.text);
    heed_string_free(&known);
    return status;
}

static const char *const cases[] = {"none", "upper", "lower", NULL};
static const char *const forms[] = {"none", "nfc", NULL};
static const char *const punctuation[] = {"keep", "split", NULL};

static heed_status read_options(const heed_json *json, const char *where, const heed_tokenizer_kind *kind,
                                heed_text_options *out, heed_error *error)
{
    *out = kind->defaults;
    int letter_case = (int)out->letter_case, form = (int)out->form, split = out->split_punctuation;
    if (out->size == 0)
        out->size = HEED_VOCABULARY_MAX;
    out->min_count = out->min_count == 0 ? 1 : out->min_count;
    HEED_TRY(read_word(json, where, "case", cases, &letter_case, error));
    HEED_TRY(read_word(json, where, "normalize", forms, &form, error));
    HEED_TRY(read_word(json, where, "punctuation", punctuation, &split, error));
    HEED_TRY(heed_json_int(json, where, "size", HEED_TOKEN_SPECIALS + 1, HEED_VOCABULARY_MAX, &out->size, error));
    HEED_TRY(heed_json_int(json, where, "min_count", 1, 1000000000, &out->min_count, error));
    out->letter_case = (heed_letter_case)letter_case;
    out->form = (heed_normal_form)form;
    out->split_punctuation = split != 0;
    return HEED_OK;
}

/* Those of training are not kept; "normalize" only when it is not the kind's default. */
static void write_options(const heed_tokenizer *tokenizer, heed_json_writer *writer)
{
    const heed_text_options *options = &tokenizer->options;
    for (const char *const *name = tokenizer->kind->options; *name != NULL; name++) {
        if (strcmp(*name, "case") == 0)
            heed_json_write_string(writer, *name, cases[options->letter_case]);
        if (strcmp(*name, "normalize") == 0 && options->form != tokenizer->kind->defaults.form)
            heed_json_write_string(writer, *name, forms[options->form]);
        if (strcmp(*name, "punctuation") == 0)
            heed_json_write_string(writer, *name, punctuation[options->split_punctuation]);
    }
}

heed_status heed_tokenizer_of_kind(const heed_tokenizer_kind *kind, const char *where, heed_tokenizer **out,
                                   heed_error *error)
{
    *out = heed_alloc(1, sizeof **out);
    if (*out == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory", where);
    (*out)->kind = kind;
    (*out)->options = kind->defaults;
    return HEED_OK;
}

heed_status heed_tokenizer_new(const heed_json *options, const char *where, heed_tokenizer **out, heed_error *error)
{
    const heed_tokenizer_kind *kind = NULL;
    const char *allowed[16] = {"type", "tokens"};
    heed_text_options read;
    *out = NULL;
    HEED_TRY(find_kind(options, where, &kind, error));
    for (int i = 0; kind->options[i] != NULL && i + 3 < 16; i++)
        allowed[i + 2] = kind->options[i];
    HEED_TRY(heed_json_only(options, where, allowed, error));
    HEED_TRY(read_options(options, where, kind, &read, error));
    HEED_TRY(heed_tokenizer_of_kind(kind, where, out, error));
    (*out)->options = read;
    return HEED_OK;
}

static int sort_ids(heed_tokenizer *tokenizer);

/* What the kind would not cut out of a text could never be read: a file made for another kind. */
static heed_status check_token(const heed_tokenizer *tokenizer, const char *where, int i, heed_error *error)
{
    const heed_token *token = &tokenizer->tokens[i];
    heed_arena scratch = {0};
    heed_normal_text normal;
    bool is_token = false;
    const heed_text_options *options = &tokenizer->options;
    const int fine = heed_normalize(options->form, options->letter_case, token->text, token->size, &scratch, &normal);
    const bool same = fine && heed_token_compare(normal.text, normal.size, token->text, token->size) == 0;
    const size_t taken = tokenizer->kind->next(options, token->text, token->size, &is_token);
    heed_arena_free(&scratch);
    if (!fine)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d tokens", where, tokenizer->count);
    if (!same || !is_token || taken != token->size)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.tokens[%d], \"%s\", is nothing that a \"%s\" tokenizer with "
                         "these options reads", where, i, token->text, tokenizer->kind->name);
    return HEED_OK;
}

heed_status heed_tokenizer_finish(heed_tokenizer *tokenizer, const char *where, heed_error *error)
{
    for (int i = 0; i < tokenizer->count; i++) {
        const heed_token *token = &tokenizer->tokens[i];
        if (i < HEED_TOKEN_SPECIALS) {
            if (strcmp(token->text, heed_token_specials[i]) != 0)
                return heed_fail(error, HEED_ERROR_FORMAT, "%s.tokens[%d] is \"%.60s\"; it must be \"%s\"", where, i,
                                 token->text, heed_token_specials[i]);
            continue;
        }
        if (token->size == 0 || token->size > HEED_TOKEN_BYTES_MAX)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s.tokens[%d] has %zu bytes; 1 to %d are allowed", where, i,
                             token->size, HEED_TOKEN_BYTES_MAX);
        for (int k = 0; k < HEED_TOKEN_SPECIALS; k++)
            if (strcmp(token->text, heed_token_specials[k]) == 0)
                return heed_fail(error, HEED_ERROR_FORMAT, "%s.tokens[%d] is \"%s\", which is reserved for id %d",
                                 where,
                                 i, token->text, k);
        if (tokenizer->kind->subwords == NULL)
            HEED_TRY(check_token(tokenizer, where, i, error));
    }
    if (!sort_ids(tokenizer))
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d tokens", where, tokenizer->count);
    for (int i = 1; i < tokenizer->count - HEED_TOKEN_SPECIALS; i++) {
        const heed_token *a = &tokenizer->tokens[tokenizer->sorted[i - 1]],
    *b = &tokenizer->tokens[tokenizer->sorted[i]];
        if (heed_token_compare(a->text, a->size, b->text, b->size) == 0)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s.tokens has \"%s\" twice, at %d and %d", where, a->text,
                             (int)tokenizer->sorted[i - 1], (int)tokenizer->sorted[i]);
    }
    return HEED_OK;
}

/* Heap sort: in place, never quadratic, and without a global for the comparison. */
static void sift_down(const heed_tokenizer *tokenizer, int32_t *ids, int root, int n)
{
    for (;;) {
        int child = 2 * root + 1;
        if (child >= n)
            return;
        const heed_token *tokens = tokenizer->tokens;
        if (child + 1 < n && heed_token_compare(tokens[ids[child]].text, tokens[ids[child]].size,
                                                tokens[ids[child + 1]].text, tokens[ids[child + 1]].size) < 0)
            child++;
        if (heed_token_compare(tokens[ids[root]].text, tokens[ids[root]].size, tokens[ids[child]].text,
                               tokens[ids[child]].size) >= 0)
            return;
        int32_t kept = ids[root];
        ids[root] = ids[child];
        ids[child] = kept;
        root = child;
    }
}

static int sort_ids(heed_tokenizer *tokenizer)
{
    int n = tokenizer->count - HEED_TOKEN_SPECIALS;
    int32_t *ids = heed_arena_alloc(&tokenizer->arena, (size_t)n * sizeof *ids);
    if (ids == NULL)
        return 0;
    for (int i = 0; i < n; i++)
        ids[i] = HEED_TOKEN_SPECIALS + i;
    for (int i = n / 2 - 1; i >= 0; i--)
        sift_down(tokenizer, ids, i, n);
    for (int i = n - 1; i > 0; i--) {
        int32_t kept = ids[0];
        ids[0] = ids[i];
        ids[i] = kept;
        sift_down(tokenizer, ids, 0, i);
    }
    tokenizer->sorted = ids;
    return 1;
}

static heed_status read_tokens(heed_tokenizer *tokenizer, const heed_json *list, const char *where, heed_error *error)
{
    if (list == NULL || list->type != HEED_JSON_ARRAY)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.tokens is missing or no array", where);
    if (list->count < HEED_TOKEN_SPECIALS || list->count > HEED_VOCABULARY_MAX)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.tokens has %d entries; %d to %d are allowed", where,
                         (int)list->count, HEED_TOKEN_SPECIALS, HEED_VOCABULARY_MAX);
    tokenizer->tokens = heed_arena_alloc(&tokenizer->arena, (size_t)list->count * sizeof *tokenizer->tokens);
    if (tokenizer->tokens == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d tokens", where, (int)list->count);
    for (const heed_json *entry = list->first; entry != NULL; entry = entry->next) {
        int i = tokenizer->count;
        if (entry->type != HEED_JSON_STRING || strlen(entry->string) != entry->string_length)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s.tokens[%d] is no string, or one with a NUL", where, i);
        const char *text = heed_arena_string(&tokenizer->arena, entry->string, entry->string_length);
        if (text == NULL)
            return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d tokens", where, (int)list->count);
        tokenizer->tokens[i].text = text;
        tokenizer->tokens[i].size = entry->string_length;
        tokenizer->count++;
    }
    return HEED_OK;
}

heed_status heed_tokenizer_parse(const heed_json *json, const char *where, heed_tokenizer **out, heed_error *error)
{
    if (heed_json_get(json, "model") != NULL)
        return heed_bpe_parse(json, where, out, error);
    HEED_TRY(heed_tokenizer_new(json, where, out, error));
    if ((*out)->kind->subwords != NULL) {
        heed_tokenizer_free(*out);
        *out = NULL;
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.model is missing: a tokenizer.json of Hugging Face's form",
                         where);
    }
    heed_status status;
    if ((*out)->kind->reader != NULL) {
        status = (*out)->kind->reader->parse(*out, json, where, error);
    } else {
        status = read_tokens(*out, heed_json_get(json, "tokens"), where, error);
        if (status == HEED_OK)
            status = heed_tokenizer_finish(*out, where, error);
    }
    if (status != HEED_OK) {
        heed_tokenizer_free(*out);
        *out = NULL;
    }
    return status;
}

void heed_tokenizer_write(const heed_tokenizer *tokenizer, heed_json_writer *writer, const char *key)
{
    if (tokenizer->kind->subwords != NULL) {
        tokenizer->kind->subwords->write(tokenizer, writer, key);
        return;
    }
    heed_json_write_object(writer, key);
    heed_json_write_string(writer, "type", tokenizer->kind->name);
    if (tokenizer->kind->reader != NULL) {
        tokenizer->kind->reader->write(tokenizer, writer);
    } else {
        write_options(tokenizer, writer);
        heed_json_write_array(writer, "tokens");
        for (int i = 0; i < tokenizer->count; i++)
            heed_json_write_string_n(writer, NULL, tokenizer->tokens[i].text, tokenizer->tokens[i].size);
        heed_json_write_end_array(writer);
    }
    heed_json_write_end_object(writer);
}

heed_status heed_tokenizers_parse(const char *text, size_t size, heed_tokenizer **source, heed_tokenizer **target,
                                  heed_error *error)
{
    static const char *const sides[] = {"source", "target", NULL};
    heed_arena arena = {0};
    *source = *target = NULL;
    const heed_json *json = heed_json_parse(&arena, text, size, "tokenizer.json", error);
    heed_status status = HEED_OK;
    if (json == NULL)
        status = error != NULL && error->status != HEED_OK ? error->status : HEED_ERROR_FORMAT;
    if (status == HEED_OK && heed_json_get(json, "model") != NULL) { /* one for both */
        status = heed_tokenizer_parse(json, "tokenizer.json", source, error);
        if (status == HEED_OK && (*target = heed_tokenizer_copy(*source)) == NULL)
            status = heed_fail(error, HEED_ERROR_MEMORY, "tokenizer.json: out of memory");
    } else {
        if (status == HEED_OK)
            status = heed_json_only(json, "tokenizer.json", sides, error);
        if (status == HEED_OK)
            status = heed_tokenizer_parse(heed_json_get(json, "source"), "tokenizer.json: source", source, error);
        if (status == HEED_OK)
            status = heed_tokenizer_parse(heed_json_get(json, "target"), "tokenizer.json: target", target, error);
    }
    if (status != HEED_OK) {
        heed_tokenizer_free(*source);
        heed_tokenizer_free(*target);
        *source = *target = NULL;
    }
    heed_arena_free(&arena);
    return status;
}

static void write_one(const heed_tokenizer *tokenizer, heed_string_buffer *out)
{
    heed_json_writer writer = {out, false};
    heed_tokenizer_write(tokenizer, &writer, NULL);
}

heed_tokenizer *heed_tokenizer_copy(const heed_tokenizer *tokenizer)
{
    heed_string_buffer text = {0};
    heed_arena arena = {0};
    heed_tokenizer *copy = NULL;
    write_one(tokenizer, &text);
    if (!text.failed) {
        const heed_json *json = heed_json_parse(&arena, text.text, text.length, "tokenizer", NULL);
        if (json != NULL && heed_tokenizer_parse(json, "tokenizer", &copy, NULL) != HEED_OK)
            copy = NULL;
    }
    heed_arena_free(&arena);
    heed_string_free(&text);
    return copy;
}

/* Whether both are one of Hugging Face's form, which is then a whole file. */
static bool write_shared(const heed_tokenizer *source, const heed_tokenizer *target, heed_string_buffer *out)
{
    heed_string_buffer one = {0}, other = {0};
    if (source->kind->subwords == NULL || target->kind != source->kind || target->count != source->count)
        return false;
    write_one(source, &one);
    write_one(target, &other);
    const bool same = !one.failed && !other.failed && one.length == other.length &&
                      memcmp(one.text, other.text, one.length) == 0;
    if (same)
        heed_string_append(out, one.text, one.length);
    heed_string_free(&one);
    heed_string_free(&other);
    return same;
}

void heed_tokenizers_write(const heed_tokenizer *source, const heed_tokenizer *target, heed_string_buffer *out)
{
    if (!write_shared(source, target, out)) {
        heed_json_writer writer = {out, false};
        heed_json_write_object(&writer, NULL);
        heed_tokenizer_write(source, &writer, "source");
        heed_tokenizer_write(target, &writer, "target");
        heed_json_write_end_object(&writer);
    }
    heed_string_append(out, "\n", 1);
}
