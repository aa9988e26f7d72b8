/* Collecting a vocabulary: a set of pieces in a hash table, then sorted. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "text/vocabulary.h"

static heed_piece *slot_of(const heed_pieces *set, const char *text, size_t n)
{
    const uint64_t hash = heed_hash(HEED_HASH_START, text, n);
    size_t i = (hash ^ hash >> 32) & (set->capacity - 1);
    while (set->slots[i].token.text != NULL &&
           heed_token_compare(set->slots[i].token.text, set->slots[i].token.size, text, n) != 0)
        i = (i + 1) & (set->capacity - 1);
    return &set->slots[i];
}

static int grow(heed_pieces *set)
{
    heed_pieces larger = {NULL, set->capacity == 0 ? 256 : set->capacity * 2, set->count};
    larger.slots = heed_alloc(larger.capacity, sizeof *larger.slots);
    if (larger.slots == NULL)
        return 0;
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i].token.text != NULL)
            *slot_of(&larger, set->slots[i].token.text, set->slots[i].token.size) = set->slots[i];
    heed_free(set->slots);
    *set = larger;
    return 1;
}

heed_piece *heed_pieces_add(heed_pieces *pieces, const char *text, size_t n)
{
    if (2 * (size_t)pieces->count >= pieces->capacity && (pieces->count >= INT32_MAX / 4 || !grow(pieces)))
        return NULL;
    heed_piece *slot = slot_of(pieces, text, n);
    if (slot->token.text == NULL) {
        slot->token = (heed_token){text, n};
        pieces->count++;
    }
    return slot;
}

heed_piece *heed_pieces_find(const heed_pieces *pieces, const char *text, size_t n)
{
    heed_piece *slot = pieces->capacity > 0 ? slot_of(pieces, text, n) : NULL;
    return slot != NULL && slot->token.text != NULL ? slot : NULL;
}

static int add_piece(heed_tokenizer *tokenizer, heed_pieces *set, const char *text, size_t n)
{
    heed_piece *slot = heed_pieces_add(set, text, n);
    if (slot != NULL && slot->count++ == 0)
        slot->token.text = heed_arena_string(&tokenizer->arena, text, n);
    return slot != NULL && slot->token.text != NULL;
}

static int add_text(heed_tokenizer *tokenizer, heed_pieces *set, const char *text, size_t n, heed_arena *scratch)
{
    heed_normal_text normal;
    heed_arena_reset(scratch);
    if (!heed_normalize(tokenizer->options.form, tokenizer->options.letter_case, text, n, scratch, &normal))
        return 0;
    for (size_t at = 0, taken; at < normal.size; at += taken) {
        bool is_token;
        taken = tokenizer->kind->next(&tokenizer->options, normal.text + at, normal.size - at, &is_token);
        if (is_token && !add_piece(tokenizer, set, normal.text + at, taken))
            return 0;
    }
    return 1;
}

static heed_status collect(heed_tokenizer *tokenizer, heed_pieces *set, const char *where, size_t count,
                           heed_text_at *text_at, void *context, heed_error *error)
{
    heed_arena scratch = {0};
    heed_status status = HEED_OK;
    for (size_t i = 0; i < count && status == HEED_OK; i++) {
        const heed_bytes text = text_at(context, i);
        const char *bytes = (const char *)text.data;
        if (!heed_utf8_valid(bytes, text.size))
            status = heed_fail(error, HEED_ERROR_FORMAT, "%s: text %zu is not UTF-8", where, i);
        else if (text.size > 0 && memchr(bytes, '\0', text.size) != NULL)
            status = heed_fail(error, HEED_ERROR_FORMAT, "%s: text %zu holds a NUL", where, i);
        else if (!add_text(tokenizer, set, bytes, text.size, &scratch))
            status = heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for a vocabulary", where);
    }
    heed_arena_free(&scratch);
    return status;
}

int heed_compare_texts(const void *a, const void *b)
{
    const heed_token *x = &((const heed_piece *)a)->token, *y = &((const heed_piece *)b)->token;
    return heed_token_compare(x->text, x->size, y->text, y->size);
}

int heed_compare_counts(const void *a, const void *b)
{
    const heed_piece *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return heed_compare_texts(a, b);
}

int heed_pieces_sort(heed_pieces *pieces, int (*compare)(const void *, const void *))
{
    int kept = 0;
    for (size_t i = 0; i < pieces->capacity; i++)
        if (pieces->slots[i].token.text != NULL)
            pieces->slots[kept++] = pieces->slots[i];
    if (kept > 0)
        qsort(pieces->slots, (size_t)kept, sizeof *pieces->slots, compare);
    return kept;
}

/* Moves the pieces that become tokens to the front; returns how many. Of a kind that has an answer to what is
 * unknown they are the most frequent ones. */
static int choose(const heed_tokenizer *tokenizer, heed_pieces *set)
{
    const int count = heed_pieces_sort(set, heed_compare_counts);
    const int most = (int)tokenizer->options.size - HEED_TOKEN_SPECIALS;
    int kept = 0;
    if (!tokenizer->kind->unknown)
        return count;
    for (int i = 0; i < count && kept < most; i++)
        if (set->slots[i].count >= tokenizer->options.min_count && set->slots[i].token.size <= HEED_TOKEN_BYTES_MAX)
            set->slots[kept++] = set->slots[i];
    return kept;
}

int heed_tokenizer_reserve(heed_tokenizer *tokenizer, int count)
{
    tokenizer->tokens = heed_arena_alloc(&tokenizer->arena, (size_t)count * sizeof *tokenizer->tokens);
    if (tokenizer->tokens == NULL)
        return 0;
    for (int i = 0; i < HEED_TOKEN_SPECIALS; i++)
        tokenizer->tokens[i] = (heed_token){heed_token_specials[i], strlen(heed_token_specials[i])};
    tokenizer->count = HEED_TOKEN_SPECIALS;
    return 1;
}

heed_status heed_tokenizer_empty(const heed_tokenizer_kind *kind, heed_tokenizer **out, heed_error *error)
{
    HEED_TRY(heed_tokenizer_of_kind(kind, "vocabulary", out, error));
    const heed_status status = heed_tokenizer_reserve(*out, HEED_TOKEN_SPECIALS)
                                   ? heed_tokenizer_finish(*out, "vocabulary", error)
                                   : heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a vocabulary");
    if (status != HEED_OK) {
        heed_tokenizer_free(*out);
        *out = NULL;
    }
    return status;
}

/* The specials, then the set by code point: ids are given twice, before and after the sort. */
static heed_status number_tokens(heed_tokenizer *tokenizer, heed_pieces *set, const char *where, heed_error *error)
{
    const int chosen = choose(tokenizer, set);
    if (chosen > HEED_VOCABULARY_MAX - HEED_TOKEN_SPECIALS)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: the texts hold more than %d different tokens", where,
                         HEED_VOCABULARY_MAX - HEED_TOKEN_SPECIALS);
    const int count = HEED_TOKEN_SPECIALS + chosen;
    heed_token *ordered = heed_arena_alloc(&tokenizer->arena, (size_t)count * sizeof *ordered);
    if (ordered == NULL || !heed_tokenizer_reserve(tokenizer, count))
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d tokens", where, count);
    for (int i = 0; i < chosen; i++)
        tokenizer->tokens[tokenizer->count++] = set->slots[i].token;
    HEED_TRY(heed_tokenizer_finish(tokenizer, where, error));
    memcpy(ordered, tokenizer->tokens, HEED_TOKEN_SPECIALS * sizeof *ordered);
    for (int i = HEED_TOKEN_SPECIALS; i < count; i++) {
        ordered[i] = tokenizer->tokens[tokenizer->sorted[i - HEED_TOKEN_SPECIALS]];
        tokenizer->sorted[i - HEED_TOKEN_SPECIALS] = i;
    }
    tokenizer->tokens = ordered;
    return HEED_OK;
}

heed_status heed_tokenizer_train(const heed_json *options, const char *where, size_t count, heed_text_at *text,
                                 void *context, heed_tokenizer **out, heed_error *error)
{
    heed_pieces set = {0};
    HEED_TRY(heed_tokenizer_new(options, where, out, error));
    const heed_reader_kind *reader = (*out)->kind->reader;
    heed_status status = reader != NULL ? reader->train(*out, options, where, count, text, context, error)
                                        : collect(*out, &set, where, count, text, context, error);
    if (status == HEED_OK && reader == NULL)
        status = ((*out)->kind->subwords != NULL ? (*out)->kind->subwords->train : number_tokens)(*out, &set, where,
                                                                                                  error);
    heed_free(set.slots);
    if (status != HEED_OK) {
        heed_tokenizer_free(*out);
        *out = NULL;
    }
    return status;
}
