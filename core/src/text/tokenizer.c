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

/* An encoding that grows, and the text that it is of. */
typedef struct walk {
    const heed_tokenizer *tokenizer;
    heed_normal_text text;
    heed_arena *arena;
    heed_encoding *out;
    int capacity, skipped_capacity;
    size_t skipped_end; /* in the input: where the last skipped run ended, while it may still grow */
} walk;

/* Where in the input bytes [at, at + n) of the normalised text stood. */
static heed_span span_of(const heed_normal_text *text, size_t at, size_t n)
{
    size_t end = at + n;
    if (text->origin == NULL)
        return (heed_span){at, n};
    while (text->origin[end] == text->origin[at])
        end++; /* to the end of the character */
    return (heed_span){text->origin[at], text->origin[end] - text->origin[at]};
}

/* A larger copy of a list of `count` elements that is full; NULL when memory is out. */
static void *grown(heed_arena *arena, const void *list, size_t count, size_t capacity, size_t element)
{
    void *larger = heed_arena_alloc(arena, capacity * element);
    if (larger != NULL && count > 0)
        memcpy(larger, list, count * element);
    return larger;
}

/* Room for `more` tokens. */
static int reserve(walk *w, int more)
{
    heed_encoding *out = w->out;
    if (more <= w->capacity - out->count)
        return 1;
    const size_t capacity = 2 * ((size_t)w->capacity + (size_t)more) + 16;
    out->ids = capacity > INT32_MAX ? NULL : grown(w->arena, out->ids, (size_t)out->count, capacity, sizeof *out->ids);
    out->spans = out->ids == NULL ? NULL
                                  : grown(w->arena, out->spans, (size_t)out->count, capacity, sizeof *out->spans);
    w->capacity = (int)capacity;
    return out->spans != NULL;
}

static int add_skipped(walk *w, heed_span span)
{
    heed_encoding *out = w->out;
    const bool goes_on = w->skipped_end == span.start;
    w->skipped_end = span.start + span.length;
    if (goes_on) {
        out->skipped[out->skipped_count - 1].length += span.length;
        return 1;
    }
    if (out->skipped_count == w->skipped_capacity) {
        const size_t capacity = 2 * (size_t)w->skipped_capacity + 16;
        out->skipped = grown(w->arena, out->skipped, (size_t)out->skipped_count, capacity, sizeof *out->skipped);
        w->skipped_capacity = (int)capacity;
        if (out->skipped == NULL)
            return 0;
    }
    out->skipped[out->skipped_count++] = span;
    return 1;
}

static int add_subwords(walk *w, size_t at, size_t n, heed_arena *scratch)
{
    if (!reserve(w, (int)n))
        return 0;
    heed_encoding *out = w->out;
    const int added = w->tokenizer->kind->subwords->split(w->tokenizer, w->text.text + at, n, scratch,
                                                          out->ids + out->count, out->spans + out->count);
    for (int i = 0; i < added; i++) {
        heed_span *span = &out->spans[out->count++];
        *span = span_of(&w->text, at + span->start, span->length);
    }
    heed_arena_reset(scratch);
    return added >= 0;
}

static int add_piece(walk *w, size_t at, size_t n)
{
    int32_t id = heed_tokenizer_find(w->tokenizer, w->text.text + at, n);
    if (id < 0 && !w->tokenizer->kind->unknown)
        return add_skipped(w, span_of(&w->text, at, n));
    if (!reserve(w, 1))
        return 0;
    w->out->ids[w->out->count] = id < 0 ? HEED_TOKEN_UNK : id;
    w->out->spans[w->out->count++] = span_of(&w->text, at, n);
    return 1;
}

static int read_pieces(walk *w)
{
    const heed_tokenizer_kind *kind = w->tokenizer->kind;
    heed_arena scratch = {0};
    int fine = 1;
    for (size_t at = 0, taken; at < w->text.size && fine; at += taken) {
        bool is_token;
        taken = kind->next(&w->tokenizer->options, w->text.text + at, w->text.size - at, &is_token);
        if (is_token)
            fine = kind->subwords != NULL ? add_subwords(w, at, taken, &scratch) : add_piece(w, at, taken);
    }
    heed_arena_free(&scratch);
    return fine;
}

heed_status heed_tokenizer_encode(const heed_tokenizer *tokenizer, const char *text, size_t size, heed_arena *arena,
                                  heed_encoding *out, heed_error *error)
{
    memset(out, 0, sizeof *out);
    if (size > INT32_MAX / 4)
        return heed_fail(error, HEED_ERROR_LONG_INPUT, "the text has %zu bytes; at most %d are read", size,
                         INT32_MAX / 4);
    if (tokenizer->kind->reader != NULL)
        return tokenizer->kind->reader->encode(tokenizer, text, size, arena, out, error);
    walk w = {.tokenizer = tokenizer, .arena = arena, .out = out, .skipped_end = SIZE_MAX};
    const heed_text_options *options = &tokenizer->options;
    if (heed_normalize(options->form, options->letter_case, text, size, arena, &w.text) && read_pieces(&w))
        return HEED_OK;
    memset(out, 0, sizeof *out);
    return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the tokens of a text of %zu bytes", size);
}

void heed_tokenizer_decode(const heed_tokenizer *tokenizer, const int32_t *ids, int count, heed_string_buffer *out)
{
    const heed_tokenizer_kind *kind = tokenizer->kind;
    const heed_token *last = NULL;
    heed_string_append(out, "", 0); /* the buffer holds a text even when no token does */
    if (kind->subwords != NULL) {
        kind->subwords->decode(tokenizer, ids, count, out);
        return;
    }
    for (int i = 0; i < count; i++) {
        if (ids[i] < HEED_TOKEN_SPECIALS || ids[i] >= tokenizer->count)
            continue;
        const heed_token *token = &tokenizer->tokens[ids[i]];
        if (last != NULL && (kind->joined == NULL || !kind->joined(last->text, token->text)))
            heed_string_append(out, kind->joiner, strlen(kind->joiner));
        heed_string_append(out, token->text, token->size);
        last = token;
    }
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
