/* How often words stand near each other: X_ij = sum over places of i and j within `window` words of 1 / distance
 * (Pennington, Socher, Manning 2014). Sums are of whole numbers, so they are the same in whatever order and memory they
 * were taken. */
#ifndef HEED_VECTORS_COOCCURRENCE_H
#define HEED_VECTORS_COOCCURRENCE_H

#include <stdint.h>

#include "base/spool.h"

enum { HEED_WINDOW_MAX = 20 };

typedef struct heed_pair_sum {
    uint64_t key; /* the smaller word << 32 | the larger; all ones in a free slot */
    uint64_t sum; /* in units of 1 / lcm(1 .. HEED_WINDOW_MAX) */
} heed_pair_sum;

typedef struct heed_cooccurrence {
    int window;
    const char *folder;   /* for what exceeds the memory; NULL: that is an error */
    heed_pair_sum *slots; /* open addressing, at most 3/4 full */
    size_t capacity, used, most; /* `most`: the largest capacity */
    heed_spool spool;     /* sorted runs, one after another */
    size_t *run_ends;     /* [runs] in the spool, elements */
    int runs;
} heed_cooccurrence;

/* To be freed, whatever comes. `memory` is in bytes. */
heed_status heed_cooccurrence_begin(heed_cooccurrence *counts, int window, size_t memory, const char *folder,
                                    heed_error *error);
/* Words are numbers from 0; a negative one ends a line. */
heed_status heed_cooccurrence_add_text(heed_cooccurrence *counts, const int32_t *ids, size_t size, heed_error *error);
/* Gives every pair a <= b that occurs, in order, once; after that nothing can be added. The count of a == b is X_aa /
 * 2: every pair of places is counted once. */
typedef heed_status heed_pair_take(void *context, int32_t a, int32_t b, double count, heed_error *error);
heed_status heed_cooccurrence_end(heed_cooccurrence *counts, heed_pair_take *take, void *context, heed_error *error);
void heed_cooccurrence_free(heed_cooccurrence *counts);

#endif
