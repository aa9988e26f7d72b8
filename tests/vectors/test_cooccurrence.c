/* Counts of pairs: by hand, and the same whatever memory they were taken in. */
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "scratch.h"
#include "test.h"
#include "vectors/cooccurrence.h"

enum { WORDS = 400 };

typedef struct found {
    double counts[WORDS][WORDS];
    int64_t last, pairs;
} found;

static heed_status take(void *context, int32_t a, int32_t b, double count, heed_error *error)
{
    found *all = context;
    const int64_t key = (int64_t)a * WORDS + b;
    (void)error;
    CHECK(a <= b && b < WORDS && key > all->last); /* in order, and once */
    all->last = key;
    all->pairs++;
    all->counts[a][b] = count;
    return HEED_OK;
}

/* The runs that were merged; -1 after a failure. */
static int count(const int32_t *ids, size_t size, int window, size_t memory, const char *folder, found *out,
                 heed_status want)
{
    heed_cooccurrence counts;
    heed_error error = {0};
    memset(out, 0, sizeof *out);
    out->last = -1;
    heed_status status = heed_cooccurrence_begin(&counts, window, memory, folder, &error);
    if (status == HEED_OK)
        status = heed_cooccurrence_add_text(&counts, ids, size, &error);
    if (status == HEED_OK)
        status = heed_cooccurrence_end(&counts, take, out, &error);
    const int runs = status == HEED_OK ? counts.runs : -1;
    CHECK_STATUS(status, want, &error);
    if (status != HEED_OK)
        CHECK_CONTAINS(error.message, "recipe.train.memory_mb");
    heed_cooccurrence_free(&counts);
    return runs;
}

static void check_by_hand(void)
{
    static found all;
    static const int32_t ids[] = {0, 1, 2, 0, -1, 1, 1, -1};
    count(ids, 8, 2, 1 << 20, NULL, &all, HEED_OK);
    CHECK_INT(all.pairs, 4);
    CHECK(all.counts[0][1] == 1.5); /* neighbours, and once two apart */
    CHECK(all.counts[0][2] == 1.5);
    CHECK(all.counts[1][2] == 1);
    CHECK(all.counts[1][1] == 1);
    count(ids, 8, 3, 1 << 20, NULL, &all, HEED_OK);
    CHECK(fabs(all.counts[0][0] - 1.0 / 3) < 1e-15);
    CHECK_INT(all.pairs, 5);
}

static void check_memory(void)
{
    enum { SIZE = 60000 };
    static int32_t ids[SIZE];
    static found large, small;
    heed_rng rng;
    heed_rng_seed(&rng, 3, 0);
    for (int i = 0; i < SIZE; i++) { /* few words often, many seldom */
        const double u = heed_rng_uniform(&rng);
        ids[i] = i % 37 == 36 ? -1 : (int32_t)(u * u * WORDS);
    }
    if (!CHECK(scratch_open()))
        return;
    CHECK_INT(count(ids, SIZE, 10, 64 << 20, NULL, &large, HEED_OK), 0);
    CHECK(count(ids, SIZE, 10, 1 << 17, scratch_folder, &small, HEED_OK) > 20);
    CHECK_INT(large.pairs, small.pairs);
    CHECK(memcmp(large.counts, small.counts, sizeof large.counts) == 0); /* to the last bit */
    CHECK_INT(scratch_count(scratch_folder), 0); /* nothing is left behind */
    scratch_close();
    CHECK_INT(count(ids, SIZE, 10, 1 << 17, NULL, &small, HEED_ERROR_MEMORY), -1);
    CHECK_INT(count(ids, 30, 10, 1 << 17, NULL, &small, HEED_OK), 0);
}

int main(void)
{
    check_by_hand();
    check_memory();
    return heed_test_finish("cooccurrence");
}
