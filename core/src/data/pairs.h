/* Parallel data: texts and their counterparts, from "source TAB target" lines. */
#ifndef HEED_DATA_PAIRS_H
#define HEED_DATA_PAIRS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/reader.h"
#include "heed/status.h"

typedef struct heed_pair { /* NUL-terminated UTF-8 without NULs inside */
    const char *source, *target;
    int32_t source_size, target_size; /* bytes */
} heed_pair;

typedef struct heed_pairs { /* zero-initialise; heed_pairs_free at the end */
    heed_pair *list;
    int32_t count, capacity;
    heed_arena arena; /* the texts */
} heed_pairs;

/* Adds the lines of a file to `pairs`. Columns after the second are ignored, and so are empty lines. A line without
 * a tab, with an empty side, with a NUL or with bytes that are not UTF-8 fails as "path:line: ...", and nothing is
 * added. */
heed_status heed_pairs_read_tsv(heed_pairs *pairs, const char *path, heed_error *error);
/* The same from memory; `what` names it in messages. */
heed_status heed_pairs_parse(heed_pairs *pairs, const char *text, size_t size, const char *what, heed_error *error);
/* Adds one pair, whose texts are right already: no NUL, valid UTF-8, not empty. */
heed_status heed_pairs_add(heed_pairs *pairs, const char *source, size_t source_size, const char *target,
                           size_t target_size, heed_error *error);
void heed_pairs_free(heed_pairs *pairs);

/* Moves all pairs of `count` source texts from `pairs` to `held_out` (empty before): the distinct sources, in order of
 * first appearance, are shuffled with the seed and the first `count` taken. Both lists keep the order of the lines. The
 * texts stay in the arena of `pairs`, which must outlive `held_out`. Fails unless at least one source remains. */
heed_status heed_pairs_hold_out(heed_pairs *pairs, int32_t count, uint64_t seed, heed_pairs *held_out,
                                heed_error *error);

/* Pairs by source: several targets of one source are several right answers. */
typedef struct heed_reference {
    const char *source;
    int32_t source_size;
    int32_t count;           /* right answers */
    const heed_pair **pairs; /* [count] in the order of the lines */
} heed_reference;

typedef struct heed_references { /* views of `pairs`, which must outlive it; arrays in the arena given */
    heed_reference *list;        /* in order of first appearance */
    int32_t *by_source;          /* [count] indices into `list`, by source text */
    int32_t count;
} heed_references;

heed_status heed_pairs_group(const heed_pairs *pairs, heed_arena *arena, heed_references *out, heed_error *error);
/* The group of a source; NULL when there is none. A binary search. */
const heed_reference *heed_references_find(const heed_references *references, const char *source);

#endif
