/* Using a vocabulary: encode, decode, look up. */
#include "text/tokenizer.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/vocabulary.h"

const char *const heed_token_specials[HEED_TOKEN_SPECIALS] = {"<pad>", "<bos>", "<eos>", "<unk>"};

int heed_token_compare(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t shared = a_size < b_size ? a_size : b_size;
    int order = shared == 0 ? 0 : memcmp(a, b, shared);
    return order != 0 ? order : (a_size > b_size) - (a_size < b_size);
}

int32_t heed_tokenizer_find(const heed_tokenizer *tokenizer, const char *token, size_t size)
{
    int low = 0, high = tokenizer->count - HEED_TOKEN_SPECIALS;
    while (low < high) {
        int middle = low + (high - low) / 2;
        int32_t id = tokenizer->sorted[middle];
        int order = heed_token_compare(token, size, tokenizer->tokens[id].text, tokenizer->tokens[id].size);
        if (order == 0)
            return id;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

/* One pass over the text. Called with arrays == NULL to count, then again to fill. */
static void walk(const heed_tokenizer *tokenizer, const char *text, size_t size, heed_encoding *out)
{
    int filling = out->ids != NULL;
    size_t skipped_end = SIZE_MAX; /* where the last skipped run ended, while it may still grow */
    out->count = out->skipped_count = 0;
    for (size_t at = 0; at < size;) {
        heed_piece piece;
        size_t taken = tokenizer->kind->next(tokenizer->mode, text + at, size - at, &piece);
        int32_t id = piece.length == 0 ? -1 : heed_tokenizer_find(tokenizer, piece.text, piece.length);
        heed_span span = {at, taken};
        at += taken;
        if (piece.length == 0)
            continue;
        if (id >= 0) {
            if (filling) {
                out->ids[out->count] = id;
                out->spans[out->count] = span;
            }
            out->count++;
        } else if (skipped_end == span.start) {
            if (filling)
                out->skipped[out->skipped_count - 1].length += taken;
            skipped_end = at;
        } else {
            if (filling)
                out->skipped[out->skipped_count] = span;
            out->skipped_count++;
            skipped_end = at;
        }
    }
}

heed_status heed_tokenizer_encode(const heed_tokenizer *tokenizer, const char *text, size_t size, heed_arena *arena,
                                  heed_encoding *out, heed_error *error)
{
    memset(out, 0, sizeof *out);
    if (size > INT32_MAX)
        return heed_fail(error, HEED_ERROR_LONG_INPUT, "the text has %zu bytes; at most %d are read", size, INT32_MAX);
    walk(tokenizer, text, size, out);
    out->ids = heed_arena_alloc(arena, (size_t)out->count * sizeof *out->ids);
    out->spans = heed_arena_alloc(arena, (size_t)out->count * sizeof *out->spans);
    out->skipped = heed_arena_alloc(arena, (size_t)out->skipped_count * sizeof *out->skipped);
    if (out->ids == NULL || out->spans == NULL || out->skipped == NULL) {
        memset(out, 0, sizeof *out);
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the tokens of a text of %zu bytes", size);
    }
    walk(tokenizer, text, size, out);
    return HEED_OK;
}

void heed_tokenizer_decode(const heed_tokenizer *tokenizer, const int32_t *ids, int count, heed_string_buffer *out)
{
    int written = 0;
    for (int i = 0; i < count; i++) {
        if (ids[i] < HEED_TOKEN_SPECIALS || ids[i] >= tokenizer->count)
            continue;
        if (written++ > 0)
            heed_string_append(out, tokenizer->kind->joiner, strlen(tokenizer->kind->joiner));
        heed_string_append(out, tokenizer->tokens[ids[i]].text, tokenizer->tokens[ids[i]].size);
    }
    heed_string_append(out, "", 0); /* the buffer holds a text even when no token does */
}

int heed_tokenizer_count(const heed_tokenizer *tokenizer)
{
    return tokenizer->count;
}

const char *heed_tokenizer_token(const heed_tokenizer *tokenizer, int32_t id)
{
    return id >= 0 && id < tokenizer->count ? tokenizer->tokens[id].text : "";
}

const char *heed_tokenizer_kind_name(const heed_tokenizer *tokenizer)
{
    return tokenizer->kind->name;
}

void heed_tokenizer_free(heed_tokenizer *tokenizer)
{
    if (tokenizer == NULL)
        return;
    heed_arena_free(&tokenizer->arena);
    heed_free(tokenizer);
}
