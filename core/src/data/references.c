/* Pairs by their source: groups, the held-out part, look-up. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/rng.h"
#include "data/pairs.h"

typedef struct entry {
    const char *source;
    int32_t index; /* of the pair or group */
} entry;

/* By source, then by place: a total order, so the result does not depend on the sort. */
static int compare_entries(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    int order = strcmp(x->source, y->source);
    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

/* group[i] = number of pair i's source among the distinct sources in order of first appearance; returns their
 * number, or -1 when memory is out. */
static int32_t number_sources(const heed_pairs *pairs, heed_arena *arena, int32_t *group)
{
    heed_arena_mark mark = heed_arena_save(arena);
    entry *entries = heed_arena_alloc(arena, (size_t)pairs->count * sizeof *entries);
    if (entries == NULL)
        return -1;
    for (int32_t i = 0; i < pairs->count; i++) {
        entries[i].source = pairs->list[i].source;
        entries[i].index = i;
    }
    qsort(entries, (size_t)pairs->count, sizeof *entries, compare_entries);
    /* First the place where the source came first, then the places become numbers. */
    for (int32_t i = 0; i < pairs->count; i++) {
        int same = i > 0 && strcmp(entries[i].source, entries[i - 1].source) == 0;
        group[entries[i].index] = same ? group[entries[i - 1].index] : entries[i].index;
    }
    int32_t count = 0;
    for (int32_t i = 0; i < pairs->count; i++)
        group[i] = group[i] == i ? count++ : group[group[i]];
    heed_arena_restore(arena, mark);
    return count;
}

/* Marks the chosen sources: chosen[g] = 1. */
static int choose(int32_t sources, int32_t count, uint64_t seed, heed_arena *arena, char *chosen)
{
    int32_t *order = heed_arena_alloc(arena, (size_t)sources * sizeof *order);
    if (order == NULL)
        return 0;
    for (int32_t i = 0; i < sources; i++)
        order[i] = i;
    heed_rng rng;
    heed_rng_seed(&rng, seed, 0);
    heed_rng_shuffle(&rng, order, sources);
    memset(chosen, 0, (size_t)sources);
    for (int32_t i = 0; i < count; i++)
        chosen[order[i]] = 1;
    return 1;
}

static heed_status split(heed_pairs *pairs, int32_t count, uint64_t seed, heed_pairs *held_out, heed_arena *scratch,
                         heed_error *error)
{
    int32_t *group = heed_arena_alloc(scratch, (size_t)pairs->count * sizeof *group);
    char *chosen = heed_arena_alloc(scratch, (size_t)pairs->count);
    int32_t sources = group == NULL ? -1 : number_sources(pairs, scratch, group);
    if (chosen == NULL || sources < 0)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a hold-out of %d pairs", (int)pairs->count);
    if (count < 0 || count >= sources)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "a hold-out of %d sources from %d; at least one must remain",
                         (int)count, (int)sources);
    int32_t moving = 0, kept = 0;
    if (!choose(sources, count, seed, scratch, chosen))
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a hold-out of %d pairs", (int)pairs->count);
    for (int32_t i = 0; i < pairs->count; i++)
        moving += chosen[group[i]];
    held_out->list = heed_alloc((size_t)moving, sizeof *held_out->list);
    if (held_out->list == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a hold-out of %d pairs", (int)moving);
    held_out->capacity = moving;
    for (int32_t i = 0; i < pairs->count; i++) {
        if (chosen[group[i]])
            held_out->list[held_out->count++] = pairs->list[i];
        else
            pairs->list[kept++] = pairs->list[i];
    }
    pairs->count = kept;
    return HEED_OK;
}

heed_status heed_pairs_hold_out(heed_pairs *pairs, int32_t count, uint64_t seed, heed_pairs *held_out,
                                heed_error *error)
{
    heed_arena scratch = {0};
    memset(held_out, 0, sizeof *held_out);
    heed_status status = split(pairs, count, seed, held_out, &scratch, error);
    heed_arena_free(&scratch);
    return status;
}

static int sort_references(heed_references *references, heed_arena *arena)
{
    references->by_source = heed_arena_alloc(arena, (size_t)references->count * sizeof *references->by_source);
    heed_arena_mark mark = heed_arena_save(arena);
    entry *entries = heed_arena_alloc(arena, (size_t)references->count * sizeof *entries);
    if (references->by_source == NULL || entries == NULL)
        return 0;
    for (int32_t i = 0; i < references->count; i++) {
        entries[i].source = references->list[i].source;
        entries[i].index = i;
    }
    qsort(entries, (size_t)references->count, sizeof *entries, compare_entries);
    for (int32_t i = 0; i < references->count; i++)
        references->by_source[i] = entries[i].index;
    heed_arena_restore(arena, mark);
    return 1;
}

heed_status heed_pairs_group(const heed_pairs *pairs, heed_arena *arena, heed_references *out, heed_error *error)
{
    memset(out, 0, sizeof *out);
    size_t n = (size_t)pairs->count;
    int32_t *group = heed_arena_alloc(arena, n * sizeof *group);
    const heed_pair **members = heed_arena_alloc(arena, n * sizeof *members);
    int32_t count = group == NULL ? -1 : number_sources(pairs, arena, group);
    heed_reference *list = count < 0 ? NULL : heed_arena_alloc_zero(arena, (size_t)count * sizeof *list);
    if (members == NULL || list == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the references of %zu pairs", n);
    for (size_t i = 0; i < n; i++)
        list[group[i]].count++;
    for (int32_t g = 0; g < count; g++) {
        list[g].pairs = members;
        members += list[g].count;
        list[g].count = 0;
    }
    for (size_t i = 0; i < n; i++) {
        heed_reference *reference = &list[group[i]];
        reference->source = pairs->list[i].source;
        reference->source_size = pairs->list[i].source_size;
        reference->pairs[reference->count++] = &pairs->list[i];
    }
    out->list = list;
    out->count = count;
    if (!sort_references(out, arena)) {
        memset(out, 0, sizeof *out);
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the references of %zu pairs", n);
    }
    return HEED_OK;
}

const heed_reference *heed_references_find(const heed_references *references, const char *source)
{
    int32_t low = 0, high = references->count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        const heed_reference *reference = &references->list[references->by_source[middle]];
        int order = strcmp(source, reference->source);
        if (order == 0)
            return reference;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
