/* tokenizer.json: reading with every check, and writing. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/vocabulary.h"

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

heed_status heed_tokenizer_new(const heed_json *options, const char *where, heed_tokenizer **out, heed_error *error)
{
    const heed_tokenizer_kind *kind = NULL;
    const char *allowed[16] = {"type", "tokens"};
    int mode = 0;
    *out = NULL;
    HEED_TRY(find_kind(options, where, &kind, error));
    for (int i = 0; kind->options[i] != NULL && i + 3 < 16; i++)
        allowed[i + 2] = kind->options[i];
    HEED_TRY(heed_json_only(options, where, allowed, error));
    HEED_TRY(kind->configure(options, where, &mode, error));
    heed_tokenizer *tokenizer = heed_alloc(1, sizeof *tokenizer);
    if (tokenizer == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory", where);
    tokenizer->kind = kind;
    tokenizer->mode = mode;
    *out = tokenizer;
    return HEED_OK;
}

static int sort_ids(heed_tokenizer *tokenizer);

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
        /* What the kind would not cut out of a text could never be read: a file made for another kind. */
        heed_piece piece;
        size_t taken = tokenizer->kind->next(tokenizer->mode, token->text, token->size, &piece);
        if (taken != token->size || heed_token_compare(piece.text, piece.length, token->text, token->size) != 0)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s.tokens[%d], \"%s\", is nothing that a \"%s\" tokenizer with "
                             "these options reads", where, i, token->text, tokenizer->kind->name);
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
    HEED_TRY(heed_tokenizer_new(json, where, out, error));
    heed_status status = read_tokens(*out, heed_json_get(json, "tokens"), where, error);
    if (status == HEED_OK)
        status = heed_tokenizer_finish(*out, where, error);
    if (status != HEED_OK) {
        heed_tokenizer_free(*out);
        *out = NULL;
    }
    return status;
}

void heed_tokenizer_write(const heed_tokenizer *tokenizer, heed_json_writer *writer, const char *key)
{
    heed_json_write_object(writer, key);
    heed_json_write_string(writer, "type", tokenizer->kind->name);
    tokenizer->kind->write_options(tokenizer->mode, writer);
    heed_json_write_array(writer, "tokens");
    for (int i = 0; i < tokenizer->count; i++)
        heed_json_write_string_n(writer, NULL, tokenizer->tokens[i].text, tokenizer->tokens[i].size);
    heed_json_write_end_array(writer);
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
    if (status == HEED_OK)
        status = heed_json_only(json, "tokenizer.json", sides, error);
    if (status == HEED_OK)
        status = heed_tokenizer_parse(heed_json_get(json, "source"), "tokenizer.json: source", source, error);
    if (status == HEED_OK)
        status = heed_tokenizer_parse(heed_json_get(json, "target"), "tokenizer.json: target", target, error);
    if (status != HEED_OK) {
        heed_tokenizer_free(*source);
        heed_tokenizer_free(*target);
        *source = *target = NULL;
    }
    heed_arena_free(&arena);
    return status;
}

void heed_tokenizers_write(const heed_tokenizer *source, const heed_tokenizer *target, heed_string_buffer *out)
{
    heed_json_writer writer = {out, false};
    heed_json_write_object(&writer, NULL);
    heed_tokenizer_write(source, &writer, "source");
    heed_tokenizer_write(target, &writer, "target");
    heed_json_write_end_object(&writer);
    heed_string_append(out, "\n", 1);
}
