#include "text/bpe.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"
#include "text/separators.h"

void heed_bpe_byte_name(int byte, char out[8])
{
    snprintf(out, 8, "<0x%02X>", (unsigned)byte & 0xFF);
}

static size_t slot_of(const heed_bpe *bpe, int32_t left, int32_t right)
{
    const uint64_t key = (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
    size_t i = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (bpe->capacity - 1);
    while (bpe->slots[i] != 0 &&
           (bpe->merges[bpe->slots[i] - 1].left != left || bpe->merges[bpe->slots[i] - 1].right != right))
        i = (i + 1) & (bpe->capacity - 1);
    return i;
}

/* -1: the two are not merged. */
static int rank_of(const heed_bpe *bpe, int32_t left, int32_t right)
{
    return left < 0 || right < 0 ? -1 : bpe->slots[slot_of(bpe, left, right)] - 1;
}

heed_status heed_bpe_index(heed_tokenizer *tokenizer, const char *where, heed_error *error)
{
    heed_bpe *bpe = tokenizer->own;
    for (bpe->capacity = 16; bpe->capacity < 2 * (size_t)bpe->count + 1;)
        bpe->capacity *= 2;
    bpe->slots = heed_arena_alloc_zero(&tokenizer->arena, bpe->capacity * sizeof *bpe->slots);
    if (bpe->slots == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d merges", where, bpe->count);
    for (int rank = 0; rank < bpe->count; rank++) {
        const heed_merge *merge = &bpe->merges[rank];
        int32_t *slot = &bpe->slots[slot_of(bpe, merge->left, merge->right)];
        if (*slot != 0)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s.model.merges[%d] is also merges[%d]", where, rank,
                             *slot - 1);
        *slot = rank + 1;
    }
    for (int byte = 0; byte < 256; byte++) {
        char name[8];
        heed_bpe_byte_name(byte, name);
        bpe->bytes[byte] = heed_tokenizer_find(tokenizer, name, strlen(name));
        if (bpe->bytes[byte] < 0)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s.model.vocab has no \"%s\"", where, name);
    }
    for (uint32_t code = 0; code < HEED_BPE_DIRECT; code++) {
        char text[4];
        bpe->direct[code] = heed_tokenizer_find(tokenizer, text, (size_t)heed_utf8_encode(code, text));
    }
    return HEED_OK;
}

/* A blank goes with what follows it; a punctuation mark is a piece of its own; so is any other blank. */
static size_t next(const heed_text_options *options, const char *text, size_t n, bool *is_token)
{
    uint32_t code;
    size_t at = (size_t)heed_utf8_decode(text, n, &code);
    (void)options;
    *is_token = true;
    if (code == ' ' && at < n) {
        const size_t taken = (size_t)heed_utf8_decode(text + at, n - at, &code);
        if (heed_is_blank(code))
            return at;
        at += taken;
    }
    if (heed_is_blank(code) || heed_is_punctuation(code))
        return at;
    for (size_t taken; at < n; at += taken) {
        taken = (size_t)heed_utf8_decode(text + at, n - at, &code);
        if (heed_is_blank(code) || heed_is_punctuation(code))
            break;
    }
    return at;
}

typedef struct symbol {
    int32_t id;             /* -1: merged into the one before */
    int32_t previous, next; /* -1: none */
    uint32_t start, length;
} symbol;

/* A merge that may be done: of symbols[at] with the next one. The heap gives the lowest rank, of equals the
 * leftmost. */
typedef struct candidate {
    int32_t rank, at;
} candidate;

typedef struct splitting {
    const heed_bpe *bpe;
    symbol *symbols;
    candidate *heap;
    int32_t heap_count;
} splitting;

static bool before(candidate a, candidate b)
{
    return a.rank != b.rank ? a.rank < b.rank : a.at < b.at;
}

static void push(splitting *s, int32_t at)
{
    if (at < 0 || s->symbols[at].next < 0)
        return;
    const candidate new = {rank_of(s->bpe, s->symbols[at].id, s->symbols[s->symbols[at].next].id), at};
    if (new.rank < 0)
        return;
    int32_t i = s->heap_count++;
    for (; i > 0 && before(new, s->heap[(i - 1) / 2]); i = (i - 1) / 2)
        s->heap[i] = s->heap[(i - 1) / 2];
    s->heap[i] = new;
}

static candidate pop(splitting *s)
{
    const candidate top = s->heap[0], last = s->heap[--s->heap_count];
    int32_t i = 0;
    for (int32_t child; (child = 2 * i + 1) < s->heap_count; i = child) {
        if (child + 1 < s->heap_count && before(s->heap[child + 1], s->heap[child]))
            child++;
        if (!before(s->heap[child], last))
            break;
        s->heap[i] = s->heap[child];
    }
    s->heap[i] = last;
    return top;
}

/* A symbol for every code point that has a token, else one for each of its bytes; returns how many. */
static int32_t first_symbols(const heed_tokenizer *tokenizer, const char *piece, size_t n, symbol *symbols)
{
    const heed_bpe *bpe = tokenizer->own;
    int32_t count = 0;
    for (size_t at = 0, taken; at < n; at += taken) {
        uint32_t code;
        taken = (size_t)heed_utf8_decode(piece + at, n - at, &code);
        const bool broken = code == 0xFFFD && taken == 1;
        const int32_t id = broken ? -1 : code < HEED_BPE_DIRECT ? bpe->direct[code]
                                                                : heed_tokenizer_find(tokenizer, piece + at, taken);
        for (size_t k = 0; k < (id < 0 ? taken : 1); k++, count++)
            symbols[count] = (symbol){id < 0 ? bpe->bytes[(unsigned char)piece[at + k]] : id, count - 1, count + 1,
                                      (uint32_t)(at + k), (uint32_t)(id < 0 ? 1 : taken)};
    }
    symbols[count - 1].next = -1;
    return count;
}

static int split(const heed_tokenizer *tokenizer, const char *piece, size_t n, heed_arena *scratch, int32_t *ids,
                 heed_span *spans)
{
    splitting s = {.bpe = tokenizer->own, .symbols = heed_arena_alloc(scratch, n * sizeof *s.symbols),
                   /* one for each pair at first, and two for each merge */
                   .heap = heed_arena_alloc(scratch, 3 * n * sizeof *s.heap)};
    if (s.symbols == NULL || s.heap == NULL)
        return -1;
    const int32_t symbols = first_symbols(tokenizer, piece, n, s.symbols);
    for (int32_t i = 0; i < symbols; i++)
        push(&s, i);
    while (s.heap_count > 0) {
        const candidate best = pop(&s);
        const heed_merge *merge = &s.bpe->merges[best.rank];
        symbol *left = &s.symbols[best.at];
        /* What a merge has changed since is still in the heap. */
        if (left->id != merge->left || left->next < 0 || s.symbols[left->next].id != merge->right)
            continue;
        symbol *right = &s.symbols[left->next];
        left->id = merge->made;
        left->length += right->length;
        left->next = right->next;
        right->id = -1;
        if (left->next >= 0)
            s.symbols[left->next].previous = best.at;
        push(&s, left->previous);
        push(&s, best.at);
    }
    int count = 0;
    for (int32_t i = 0; i >= 0; i = s.symbols[i].next) {
        ids[count] = s.symbols[i].id;
        spans[count++] = (heed_span){s.symbols[i].start, s.symbols[i].length};
    }
    return count;
}

/* The byte that a token stands for; -1: it is a text. */
static int byte_of(const heed_tokenizer *tokenizer, int32_t id)
{
    const heed_bpe *bpe = tokenizer->own;
    if (tokenizer->tokens[id].size != 6 || tokenizer->tokens[id].text[0] != '<') /* "<0x0A>" */
        return -1;
    for (int byte = 0; byte < 256; byte++)
        if (bpe->bytes[byte] == id)
            return byte;
    return -1;
}

/* Bytes in a row, if they are UTF-8; else U+FFFD for each of them. */
static void write_bytes(const char *bytes, size_t n, heed_string_buffer *out)
{
    if (heed_utf8_valid(bytes, n)) {
        heed_string_append(out, bytes, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        heed_string_append(out, "\xEF\xBF\xBD", 3);
}

static void decode(const heed_tokenizer *tokenizer, const int32_t *ids, int count, heed_string_buffer *out)
{
    heed_string_buffer bytes = {0};
    for (int i = 0; i <= count; i++) {
        if (i < count && (ids[i] < HEED_TOKEN_SPECIALS || ids[i] >= tokenizer->count))
            continue;
        const int byte = i < count ? byte_of(tokenizer, ids[i]) : -1;
        if (byte >= 0) {
            const char one = (char)byte;
            heed_string_append(&bytes, &one, 1);
            continue;
        }
        if (bytes.length > 0)
            write_bytes(bytes.text, bytes.length, out);
        out->failed = out->failed || bytes.failed;
        heed_string_clear(&bytes);
        if (i < count)
            heed_string_append(out, tokenizer->tokens[ids[i]].text, tokenizer->tokens[ids[i]].size);
    }
    heed_string_free(&bytes);
}

static const char *const options[] = {"case", "normalize", "size", "min_count", NULL};

static const heed_subwords subwords = {heed_bpe_train, split, decode, heed_bpe_write};

const heed_tokenizer_kind heed_tokenizer_bpe = {
    .name = "bpe",
    .options = options,
    .defaults = {.form = HEED_FORM_NFC, .size = 8000, .min_count = 2},
    .next = next,
    .joiner = "",
    .subwords = &subwords,
};
