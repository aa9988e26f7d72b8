/* A hash table as large as memory allows; when it is full, its pairs are sorted and appended to a file, and in the end
 * the runs of that file are merged. */
#include "vectors/cooccurrence.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

#define NO_PAIR UINT64_MAX
#define UNIT UINT64_C(232792560) /* divisible by every distance up to HEED_WINDOW_MAX */
enum { LEAST_SLOTS = 1 << 10, RUNS_MAX = 4096 };

static heed_pair_sum *slot_of(heed_pair_sum *slots, size_t capacity, uint64_t key)
{
    const uint64_t hash = (key ^ key >> 29) * UINT64_C(0x9E3779B97F4A7C15);
    size_t i = (size_t)(hash >> 32) & (capacity - 1);
    while (slots[i].key != key && slots[i].key != NO_PAIR)
        i = (i + 1) & (capacity - 1);
    return &slots[i];
}

static heed_status resize(heed_cooccurrence *counts, size_t capacity, heed_error *error)
{
    heed_pair_sum *slots = heed_alloc(capacity, sizeof *slots);
    if (slots == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for more than %zu pairs of words", counts->used);
    for (size_t i = 0; i < capacity; i++)
        slots[i].key = NO_PAIR;
    for (size_t i = 0; i < counts->capacity; i++)
        if (counts->slots[i].key != NO_PAIR)
            *slot_of(slots, capacity, counts->slots[i].key) = counts->slots[i];
    heed_free(counts->slots);
    counts->slots = slots;
    counts->capacity = capacity;
    return HEED_OK;
}

heed_status heed_cooccurrence_begin(heed_cooccurrence *counts, int window, size_t memory, const char *folder,
                                    heed_error *error)
{
    *counts = (heed_cooccurrence){.window = window, .folder = folder, .most = LEAST_SLOTS};
    /* While it grows the table is there in two sizes. */
    while (3 * counts->most * sizeof *counts->slots <= memory)
        counts->most *= 2;
    HEED_TRY(heed_spool_open(&counts->spool, folder, error));
    return resize(counts, LEAST_SLOTS, error);
}

static int compare_keys(const void *a, const void *b)
{
    const heed_pair_sum *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

/* Moves the pairs to the front of the table, in order. */
static void sort_table(heed_cooccurrence *counts)
{
    size_t kept = 0;
    for (size_t i = 0; i < counts->capacity; i++)
        if (counts->slots[i].key != NO_PAIR)
            counts->slots[kept++] = counts->slots[i];
    qsort(counts->slots, kept, sizeof *counts->slots, compare_keys);
}

static heed_status spill(heed_cooccurrence *counts, heed_error *error)
{
    if (counts->folder == NULL || counts->runs == RUNS_MAX)
        return heed_fail(error, HEED_ERROR_MEMORY, "the text has more than %zu different pairs of words, which is what "
                         "recipe.train.memory_mb has room for; raise it, or have fewer words or a smaller window",
                         counts->used);
    size_t *ends = heed_realloc(counts->run_ends, (size_t)counts->runs * sizeof *ends, (size_t)counts->runs + 1,
                                sizeof *ends);
    if (ends == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for %d runs of pairs", counts->runs + 1);
    counts->run_ends = ends;
    sort_table(counts);
    HEED_TRY(heed_spool_append(&counts->spool, counts->slots, counts->used * sizeof *counts->slots, error));
    ends[counts->runs] = counts->used + (counts->runs > 0 ? ends[counts->runs - 1] : 0);
    counts->runs++;
    counts->used = 0;
    for (size_t i = 0; i < counts->capacity; i++)
        counts->slots[i].key = NO_PAIR;
    return HEED_OK;
}

static heed_status make_room(heed_cooccurrence *counts, heed_error *error)
{
    if (counts->used < counts->capacity / 4 * 3)
        return HEED_OK;
    return counts->capacity < counts->most ? resize(counts, 2 * counts->capacity, error) : spill(counts, error);
}

static heed_status add_pair(heed_cooccurrence *counts, uint64_t a, uint64_t b, int distance, heed_error *error)
{
    const uint64_t key = a < b ? a << 32 | b : b << 32 | a;
    heed_pair_sum *slot = slot_of(counts->slots, counts->capacity, key);
    if (slot->key == NO_PAIR) {
        HEED_TRY(make_room(counts, error));
        slot = slot_of(counts->slots, counts->capacity, key); /* the table may be another */
        *slot = (heed_pair_sum){key, 0};
        counts->used++;
    }
    slot->sum += UNIT / (uint64_t)distance;
    return HEED_OK;
}

heed_status heed_cooccurrence_add_text(heed_cooccurrence *counts, const int32_t *ids, size_t size, heed_error *error)
{
    for (size_t i = 0; i < size; i++)
        for (size_t distance = 1; distance <= (size_t)counts->window && distance <= i; distance++) {
            if (ids[i] < 0 || ids[i - distance] < 0)
                break; /* the line begins here */
            HEED_TRY(add_pair(counts, (uint64_t)ids[i], (uint64_t)ids[i - distance], (int)distance, error));
        }
    return HEED_OK;
}

static heed_status give(heed_pair_take *take, void *context, const heed_pair_sum *pair, heed_error *error)
{
    return take(context, (int32_t)(pair->key >> 32), (int32_t)(pair->key & UINT32_MAX),
                (double)pair->sum / (double)UNIT, error);
}

typedef struct run_heap { /* runs that are not at their end, the one with the smallest key first */
    const heed_pair_sum **at, **end;
    int count;
} run_heap;

static void sift_down(run_heap *heap, int root)
{
    for (int child; (child = 2 * root + 1) < heap->count; root = child) {
        if (child + 1 < heap->count && heap->at[child + 1]->key < heap->at[child]->key)
            child++;
        if (heap->at[root]->key <= heap->at[child]->key)
            return;
        const heed_pair_sum *at = heap->at[root], *end = heap->end[root];
        heap->at[root] = heap->at[child];
        heap->end[root] = heap->end[child];
        heap->at[child] = at;
        heap->end[child] = end;
    }
}

static void advance(run_heap *heap)
{
    if (++heap->at[0] == heap->end[0]) {
        heap->count--;
        heap->at[0] = heap->at[heap->count];
        heap->end[0] = heap->end[heap->count];
    }
    sift_down(heap, 0);
}

static heed_status merge(run_heap *heap, heed_pair_take *take, void *context, heed_error *error)
{
    while (heap->count > 0) {
        heed_pair_sum sum = *heap->at[0];
        for (advance(heap); heap->count > 0 && heap->at[0]->key == sum.key; advance(heap))
            sum.sum += heap->at[0]->sum;
        HEED_TRY(give(take, context, &sum, error));
    }
    return HEED_OK;
}

static heed_status merge_runs(heed_cooccurrence *counts, heed_pair_take *take, void *context, heed_error *error)
{
    void *block;
    if (counts->used > 0)
        HEED_TRY(spill(counts, error));
    HEED_TRY(heed_spool_view(&counts->spool, &block, NULL, error));
    const heed_pair_sum *pairs = block;
    run_heap heap = {.at = heed_alloc((size_t)counts->runs, sizeof *heap.at),
                     .end = heed_alloc((size_t)counts->runs, sizeof *heap.end), .count = counts->runs};
    heed_status status = HEED_OK;
    if (heap.at == NULL || heap.end == NULL)
        status = heed_fail(error, HEED_ERROR_MEMORY, "out of memory for %d runs of pairs", counts->runs);
    for (int i = 0; i < counts->runs && status == HEED_OK; i++) {
        heap.at[i] = pairs + (i > 0 ? counts->run_ends[i - 1] : 0);
        heap.end[i] = pairs + counts->run_ends[i];
    }
    for (int i = counts->runs / 2; i >= 0 && status == HEED_OK; i--)
        sift_down(&heap, i);
    if (status == HEED_OK)
        status = merge(&heap, take, context, error);
    heed_free(heap.at);
    heed_free(heap.end);
    return status;
}

heed_status heed_cooccurrence_end(heed_cooccurrence *counts, heed_pair_take *take, void *context, heed_error *error)
{
    if (counts->runs > 0)
        return merge_runs(counts, take, context, error);
    sort_table(counts);
    for (size_t i = 0; i < counts->used; i++)
        HEED_TRY(give(take, context, &counts->slots[i], error));
    return HEED_OK;
}

void heed_cooccurrence_free(heed_cooccurrence *counts)
{
    heed_free(counts->slots);
    heed_free(counts->run_ends);
    heed_spool_close(&counts->spool);
    memset(counts, 0, sizeof *counts);
}
