/* Learning merges: the most frequent pair of neighbours becomes a token, again and again. Counts are kept up to date
 * word by word, and the best pair comes from a heap, so that the time goes with what changes. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "text/bpe.h"

enum { BYTES = 256, LEAST_SIZE = HEED_TOKEN_SPECIALS + BYTES + 1, OTHER = -1 /* a code point without a token */ };

typedef struct occurrence { /* a word in which a pair stands, or once stood */
    int32_t word;
    struct occurrence *next;
} occurrence;

typedef struct pair {
    int32_t left, right;
    int64_t count;
    occurrence *words;
    int32_t touched; /* the merge after which its count changed last */
} pair;

typedef struct word {
    int32_t *ids;
    int32_t length;
    int32_t visited; /* by this merge */
    int64_t count;
} word;

typedef struct entry { /* of the heap; out of date when the count is another now */
    int64_t count;
    int32_t pair;
} entry;

typedef struct learning {
    heed_tokenizer *tokenizer;
    heed_bpe *bpe;
    heed_arena arena;
    heed_pieces texts; /* of tokens; the count is the id */
    word *words;
    int32_t word_count;
    pair *pairs;
    int32_t pair_count, pair_capacity;
    int32_t *slots;    /* pair + 1, open addressing */
    size_t slot_count;
    entry *heap;
    int32_t heap_count, heap_capacity;
    int32_t *touched;  /* pairs */
    int32_t touched_count, touched_capacity;
    int32_t merge;
    bool failed;       /* out of memory */
} learning;

/* Room for one more in a list that doubles; sets failed. */
static void *one_more(learning *l, void *list, int32_t count, int32_t *capacity, size_t size)
{
    if (count < *capacity)
        return list;
    const int32_t larger = *capacity == 0 ? 1024 : 2 * *capacity;
    void *grown = *capacity > INT32_MAX / 2 ? NULL
                                            : heed_realloc(list, (size_t)count * size, (size_t)larger, size);
    if (grown == NULL) {
        l->failed = true;
        return list;
    }
    *capacity = larger;
    return grown;
}

/* ---- The heap: the largest count, of equals the pair with the smaller ids. ---- */

static bool before(const learning *l, entry a, entry b)
{
    if (a.count != b.count)
        return a.count > b.count;
    const pair *x = &l->pairs[a.pair], *y = &l->pairs[b.pair];
    return x->left != y->left ? x->left < y->left : x->right < y->right;
}

static void push(learning *l, int32_t index)
{
    l->heap = one_more(l, l->heap, l->heap_count, &l->heap_capacity, sizeof *l->heap);
    if (l->failed)
        return;
    const entry new = {l->pairs[index].count, index};
    int32_t i = l->heap_count++;
    for (; i > 0 && before(l, new, l->heap[(i - 1) / 2]); i = (i - 1) / 2)
        l->heap[i] = l->heap[(i - 1) / 2];
    l->heap[i] = new;
}

static entry pop(learning *l)
{
    const entry top = l->heap[0], last = l->heap[--l->heap_count];
    int32_t i = 0;
    for (int32_t child; (child = 2 * i + 1) < l->heap_count; i = child) {
        if (child + 1 < l->heap_count && before(l, l->heap[child + 1], l->heap[child]))
            child++;
        if (!before(l, l->heap[child], last))
            break;
        l->heap[i] = l->heap[child];
    }
    l->heap[i] = last;
    return top;
}

/* ---- Pairs. ---- */

static size_t slot_of(const learning *l, int32_t left, int32_t right)
{
    const uint64_t key = (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
    size_t i = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (l->slot_count - 1);
    while (l->slots[i] != 0 && (l->pairs[l->slots[i] - 1].left != left || l->pairs[l->slots[i] - 1].right != right))
        i = (i + 1) & (l->slot_count - 1);
    return i;
}

static void grow_slots(learning *l)
{
    if (2 * ((size_t)l->pair_count + 1) <= l->slot_count)
        return;
    const size_t count = l->slot_count == 0 ? 4096 : 2 * l->slot_count;
    int32_t *slots = heed_alloc(count, sizeof *slots);
    if (slots == NULL) {
        l->failed = true;
        return;
    }
    heed_free(l->slots);
    l->slots = slots;
    l->slot_count = count;
    for (int32_t i = 0; i < l->pair_count; i++)
        l->slots[slot_of(l, l->pairs[i].left, l->pairs[i].right)] = i + 1;
}

static void touch(learning *l, int32_t index)
{
    if (l->pairs[index].touched == l->merge)
        return;
    l->pairs[index].touched = l->merge;
    l->touched = one_more(l, l->touched, l->touched_count, &l->touched_capacity, sizeof *l->touched);
    if (!l->failed)
        l->touched[l->touched_count++] = index;
}

/* Counts a pair of a word once more. */
static void add_pair(learning *l, int32_t left, int32_t right, int32_t in)
{
    grow_slots(l);
    l->pairs = one_more(l, l->pairs, l->pair_count, &l->pair_capacity, sizeof *l->pairs);
    if (l->failed)
        return;
    int32_t *slot = &l->slots[slot_of(l, left, right)];
    if (*slot == 0) {
        l->pairs[l->pair_count] = (pair){.left = left, .right = right, .touched = -1};
        *slot = ++l->pair_count;
    }
    pair *p = &l->pairs[*slot - 1];
    p->count += l->words[in].count;
    touch(l, *slot - 1);
    if (p->words != NULL && p->words->word == in)
        return;
    occurrence *more = heed_arena_alloc(&l->arena, sizeof *more);
    if (more == NULL) {
        l->failed = true;
        return;
    }
    *more = (occurrence){in, p->words};
    p->words = more;
}

static void count_pairs(learning *l, int32_t index, bool add)
{
    const word *w = &l->words[index];
    for (int32_t i = 0; i + 1 < w->length && !l->failed; i++) {
        if (w->ids[i] == OTHER || w->ids[i + 1] == OTHER)
            continue;
        if (add) {
            add_pair(l, w->ids[i], w->ids[i + 1], index);
        } else {
            const int32_t known = l->slots[slot_of(l, w->ids[i], w->ids[i + 1])] - 1;
            l->pairs[known].count -= w->count;
            touch(l, known);
        }
    }
}

/* Puts `made` where left and right stand side by side. */
static void rewrite(learning *l, int32_t index, const heed_merge *merge)
{
    word *w = &l->words[index];
    int32_t kept = 0;
    if (w->visited == l->merge)
        return;
    w->visited = l->merge;
    count_pairs(l, index, false);
    for (int32_t i = 0; i < w->length; i++) {
        if (i + 1 < w->length && w->ids[i] == merge->left && w->ids[i + 1] == merge->right) {
            w->ids[kept++] = merge->made;
            i++;
        } else {
            w->ids[kept++] = w->ids[i];
        }
    }
    w->length = kept;
    count_pairs(l, index, true);
}

/* ---- Tokens. ---- */

/* The id of a text, a new one when it has none; -1: memory. `text` must outlive the tokenizer. */
static int32_t token_id(learning *l, const char *text, size_t n)
{
    heed_tokenizer *tokenizer = l->tokenizer;
    heed_piece *known = heed_pieces_add(&l->texts, text, n);
    if (known == NULL) {
        l->failed = true;
        return -1;
    }
    if (known->count == 0) {
        known->count = tokenizer->count;
        tokenizer->tokens[tokenizer->count++] = (heed_token){text, n};
    }
    return (int32_t)known->count;
}

static void add_bytes(learning *l)
{
    for (int byte = 0; byte < BYTES && !l->failed; byte++) {
        char name[8];
        heed_bpe_byte_name(byte, name);
        const char *text = heed_arena_string(&l->tokenizer->arena, name, strlen(name));
        l->failed = text == NULL;
        if (text != NULL)
            token_id(l, text, strlen(name));
    }
}

/* The code points that are frequent enough, as many as there is room for, by code point. */
static void add_characters(learning *l, const heed_piece *pieces, int32_t count)
{
    heed_pieces set = {0};
    const int64_t min_count = l->tokenizer->options.min_count, room = l->tokenizer->options.size - l->tokenizer->count;
    for (int32_t i = 0; i < count && !l->failed; i++)
        for (size_t at = 0, taken; at < pieces[i].token.size && !l->failed; at += taken) {
            uint32_t code;
            taken = (size_t)heed_utf8_decode(pieces[i].token.text + at, pieces[i].token.size - at, &code);
            heed_piece *known = heed_pieces_add(&set, pieces[i].token.text + at, taken);
            l->failed = known == NULL;
            if (known != NULL)
                known->count += pieces[i].count;
        }
    int32_t kept = heed_pieces_sort(&set, heed_compare_counts);
    while (kept > 0 && (kept > room || set.slots[kept - 1].count < min_count))
        kept--;
    if (kept > 0)
        qsort(set.slots, (size_t)kept, sizeof *set.slots, heed_compare_texts);
    for (int32_t i = 0; i < kept && !l->failed; i++) {
        const heed_token token = set.slots[i].token;
        const char *text = heed_arena_string(&l->tokenizer->arena, token.text, token.size);
        l->failed = text == NULL;
        if (text != NULL)
            token_id(l, text, token.size);
    }
    heed_free(set.slots);
}

static void add_words(learning *l, const heed_piece *pieces, int32_t count)
{
    l->words = heed_arena_alloc_zero(&l->arena, (size_t)count * sizeof *l->words);
    l->failed = l->failed || l->words == NULL;
    for (int32_t i = 0; i < count && !l->failed; i++) {
        const heed_token token = pieces[i].token;
        word *w = &l->words[l->word_count++];
        w->count = pieces[i].count;
        w->visited = -1;
        w->ids = heed_arena_alloc(&l->arena, token.size * sizeof *w->ids);
        l->failed = w->ids == NULL;
        for (size_t at = 0, taken; at < token.size && !l->failed; at += taken) {
            uint32_t code;
            taken = (size_t)heed_utf8_decode(token.text + at, token.size - at, &code);
            const heed_piece *known = heed_pieces_find(&l->texts, token.text + at, taken);
            w->ids[w->length++] = known == NULL ? OTHER : (int32_t)known->count;
        }
    }
    for (int32_t i = 0; i < l->word_count && !l->failed; i++)
        count_pairs(l, i, true);
}

/* The token of two together; OTHER when it would be too long. */
static int32_t made_of(learning *l, const pair *p)
{
    char text[HEED_TOKEN_BYTES_MAX];
    const heed_token left = l->tokenizer->tokens[p->left], right = l->tokenizer->tokens[p->right];
    const size_t n = left.size + right.size;
    if (n > sizeof text)
        return OTHER;
    memcpy(text, left.text, left.size);
    memcpy(text + left.size, right.text, right.size);
    const heed_piece *known = heed_pieces_find(&l->texts, text, n);
    if (known != NULL)
        return (int32_t)known->count;
    const char *kept = heed_arena_string(&l->tokenizer->arena, text, n);
    l->failed = l->failed || kept == NULL;
    return kept == NULL ? OTHER : token_id(l, kept, n);
}

static void merge_pairs(learning *l, int32_t most_merges)
{
    const int64_t min_count = l->tokenizer->options.min_count;
    const int size = (int)l->tokenizer->options.size;
    for (;;) {
        for (int32_t i = 0; i < l->touched_count && !l->failed; i++)
            if (l->pairs[l->touched[i]].count >= min_count)
                push(l, l->touched[i]);
        l->touched_count = 0;
        entry best = {0, 0};
        while (l->heap_count > 0 && best.count == 0) {
            const entry top = pop(l);
            if (l->pairs[top.pair].count == top.count)
                best = top;
        }
        if (l->failed || best.count == 0 || l->tokenizer->count == size || l->bpe->count == most_merges)
            return;
        const pair p = l->pairs[best.pair];
        const heed_merge merge = {p.left, p.right, made_of(l, &p)};
        if (merge.made == OTHER)
            continue; /* too long: they stay two */
        l->bpe->merges[l->bpe->count++] = merge;
        l->merge++;
        for (const occurrence *at = p.words; at != NULL && !l->failed; at = at->next)
            rewrite(l, at->word, &merge);
    }
}

static void learn(learning *l, heed_pieces *pieces)
{
    heed_tokenizer *tokenizer = l->tokenizer;
    const size_t size = (size_t)tokenizer->options.size;
    tokenizer->own = l->bpe = heed_arena_alloc_zero(&tokenizer->arena, sizeof *l->bpe);
    l->failed = l->bpe == NULL || !heed_tokenizer_reserve(tokenizer, (int)size);
    if (l->failed)
        return;
    /* Two pairs may make one text: a merge, but no token. */
    l->bpe->merges = heed_arena_alloc(&tokenizer->arena, 2 * size * sizeof *l->bpe->merges);
    const int32_t count = heed_pieces_sort(pieces, heed_compare_texts); /* not as the texts came */
    l->failed = l->bpe->merges == NULL;
    add_bytes(l);
    add_characters(l, pieces->slots, count);
    add_words(l, pieces->slots, count);
    merge_pairs(l, (int32_t)(2 * size));
}

heed_status heed_bpe_train(heed_tokenizer *tokenizer, heed_pieces *pieces, const char *where, heed_error *error)
{
    learning l = {.tokenizer = tokenizer};
    if (tokenizer->options.size < LEAST_SIZE)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.size is %lld; \"bpe\" needs at least %d: the specials, %d bytes "
                         "and a character", where, (long long)tokenizer->options.size, LEAST_SIZE, BYTES);
    if (tokenizer->options.letter_case == HEED_CASE_UPPER)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.case is \"upper\"; for \"bpe\" it must be none or lower", where);
    learn(&l, pieces);
    heed_free(l.texts.slots);
    heed_free(l.pairs);
    heed_free(l.slots);
    heed_free(l.heap);
    heed_free(l.touched);
    heed_arena_free(&l.arena);
    if (l.failed)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for a vocabulary", where);
    HEED_TRY(heed_tokenizer_finish(tokenizer, where, error));
    return heed_bpe_index(tokenizer, where, error);
}
