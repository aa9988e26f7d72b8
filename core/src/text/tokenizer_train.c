/* Collecting a vocabulary: a set of pieces in a hash table, then sorted. */
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "text/vocabulary.h"

typedef struct piece_set { /* open addressing; at most half full */
    heed_token *slots;
    size_t capacity; /* a power of two */
    int count;
} piece_set;

static heed_token *slot_of(const piece_set *set, const char *text, size_t n)
{
    const uint64_t hash = heed_hash(HEED_HASH_START, text, n);
    size_t i = (hash ^ hash >> 32) & (set->capacity - 1);
    while (set->slots[i].text != NULL && heed_token_compare(set->slots[i].text, set->slots[i].size, text, n) != 0)
        i = (i + 1) & (set->capacity - 1);
    return &set->slots[i];
}

static int grow(piece_set *set)
{
    piece_set larger = {NULL, set->capacity == 0 ? 256 : set->capacity * 2, set->count};
    larger.slots = heed_alloc(larger.capacity, sizeof *larger.slots);
    if (larger.slots == NULL)
        return 0;
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i].text != NULL)
            *slot_of(&larger, set->slots[i].text, set->slots[i].size) = set->slots[i];
    heed_free(set->slots);
    *set = larger;
    return 1;
}

static heed_status add_piece(heed_tokenizer *tokenizer, piece_set *set, const heed_piece *piece, const char *where,
                             heed_error *error)
{
    if (2 * (size_t)set->count >= set->capacity && !grow(set))
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for a vocabulary", where);
    heed_token *slot = slot_of(set, piece->text, piece->length);
    if (slot->text != NULL)
        return HEED_OK;
    if (set->count == HEED_VOCABULARY_MAX - HEED_TOKEN_SPECIALS)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: the texts hold more than %d different tokens", where,
                         HEED_VOCABULARY_MAX - HEED_TOKEN_SPECIALS);
    slot->text = heed_arena_string(&tokenizer->arena, piece->text, piece->length);
    if (slot->text == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for a vocabulary", where);
    slot->size = piece->length;
    set->count++;
    return HEED_OK;
}

static heed_status collect(heed_tokenizer *tokenizer, piece_set *set, const char *where, size_t count,
                           heed_text_at *text_at, void *context, heed_error *error)
{
    for (size_t i = 0; i < count; i++) {
        heed_bytes text = text_at(context, i);
        const char *bytes = (const char *)text.data;
        if (!heed_utf8_valid(bytes, text.size))
            return heed_fail(error, HEED_ERROR_FORMAT, "%s: text %zu is not UTF-8", where, i);
        if (text.size > 0 && memchr(bytes, '\0', text.size) != NULL)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s: text %zu holds a NUL", where, i);
        for (size_t at = 0; at < text.size;) {
            heed_piece piece;
            at += tokenizer->kind->next(tokenizer->mode, bytes + at, text.size - at, &piece);
            if (piece.length > 0)
                HEED_TRY(add_piece(tokenizer, set, &piece, where, error));
        }
    }
    return HEED_OK;
}

/* The specials, then the set by code point: ids are given twice, before and after the sort. */
static heed_status number_tokens(heed_tokenizer *tokenizer, const piece_set *set, const char *where, heed_error *error)
{
    int count = HEED_TOKEN_SPECIALS + set->count;
    heed_token *tokens = heed_arena_alloc(&tokenizer->arena, (size_t)count * sizeof *tokens);
    heed_token *ordered = heed_arena_alloc(&tokenizer->arena, (size_t)count * sizeof *ordered);
    if (tokens == NULL || ordered == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d tokens", where, count);
    int n = 0;
    for (; n < HEED_TOKEN_SPECIALS; n++) {
        tokens[n].text = heed_token_specials[n];
        tokens[n].size = strlen(heed_token_specials[n]);
    }
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i].text != NULL)
            tokens[n++] = set->slots[i];
    tokenizer->tokens = tokens;
    tokenizer->count = count;
    HEED_TRY(heed_tokenizer_finish(tokenizer, where, error));
    memcpy(ordered, tokens, HEED_TOKEN_SPECIALS * sizeof *tokens);
    for (int i = HEED_TOKEN_SPECIALS; i < count; i++)
        ordered[i] = tokens[tokenizer->sorted[i - HEED_TOKEN_SPECIALS]];
    for (int i = HEED_TOKEN_SPECIALS; i < count; i++)
        tokenizer->sorted[i - HEED_TOKEN_SPECIALS] = i;
    tokenizer->tokens = ordered;
    return HEED_OK;
}

heed_status heed_tokenizer_train(const heed_json *options, const char *where, size_t count, heed_text_at *text,
                                 void *context, heed_tokenizer **out, heed_error *error)
{
    piece_set set = {0};
    HEED_TRY(heed_tokenizer_new(options, where, out, error));
    heed_status status = collect(*out, &set, where, count, text, context, error);
    if (status == HEED_OK)
        status = number_tokens(*out, &set, where, error);
    heed_free(set.slots);
    if (status != HEED_OK) {
        heed_tokenizer_free(*out);
        *out = NULL;
    }
    return status;
}
