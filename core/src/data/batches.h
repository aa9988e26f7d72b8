/* Encoded examples, and batches of examples of like length. */
#ifndef HEED_DATA_BATCHES_H
#define HEED_DATA_BATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "data/pairs.h"
#include "heed/status.h"
#include "text/tokenizer.h"

/* A side is ids without specials, or values: numbers of so many channels a step. */
typedef struct heed_example {
    const int32_t *source, *target;
    const heed_real *values, *answers;    /* [length, channels] of the source and the target; NULL where there are ids */
    int32_t source_length, target_length; /* both at least 1 */
} heed_example;

typedef struct heed_examples { /* zero-initialise; heed_examples_free at the end */
    heed_example *list;
    int32_t count, capacity;
    heed_arena arena;
    int64_t skipped_long;  /* pairs left out because a side has more tokens than allowed */
    int64_t skipped_empty; /* ... because a side has no token at all */
    int64_t skipped_unknown; /* ... because the target has a part without a token: half an answer would be learnt */
    bool labels;             /* targets are learnt as they are, without <eos>; set before use */
    int channels, answer_channels; /* of a side that is values; 0: it is ids. heed_examples_encode sets them */
} heed_examples;

/* What example i has to learn: target tokens, or numbers. The loss is a sum over them. */
static inline int32_t heed_examples_tokens(const heed_examples *examples, int32_t i)
{
    const int32_t length = examples->list[i].target_length;
    return examples->answer_channels > 0 ? length * examples->answer_channels : length + (examples->labels ? 0 : 1);
}

/* Copies an example in, whose sides are as `channels` and `answer_channels` say. */
heed_status heed_examples_append(heed_examples *examples, const heed_example *example, heed_error *error);
/* One of ids. */
heed_status heed_examples_add(heed_examples *examples, const int32_t *source, int32_t source_length,
                              const int32_t *target, int32_t target_length, heed_error *error);
/* Encodes all pairs. Those longer than the limits (in tokens, without specials), without a token or with a target that
 * cannot be wholly written are counted, not kept. Numbers that cannot be read fail, naming the pair. */
heed_status heed_examples_encode(heed_examples *examples, const heed_pairs *pairs, const heed_tokenizer *source,
                                 const heed_tokenizer *target, int32_t max_source, int32_t max_target,
                                 heed_error *error);
/* No example any more; the memory is kept for others. */
void heed_examples_clear(heed_examples *examples);
void heed_examples_free(heed_examples *examples);

/* What a model reads: texts or numbers, rows padded to the longest with HEED_TOKEN_PAD or 0. */
typedef struct heed_source {
    int rows, length;
    const int32_t *ids;      /* [rows, length]; NULL where the source is values */
    const heed_real *values; /* [rows, length, channels]; NULL where it is ids */
    const int32_t *lengths;  /* [rows] */
} heed_source;

/* Some examples side by side. */
typedef struct heed_batch {
    int rows, source_length, target_length;
    int32_t *source;         /* [rows, source_length]; NULL where the source is values */
    heed_real *values;       /* [rows, source_length, channels]; NULL where it is ids */
    int32_t *source_lengths; /* [rows] */
    int32_t *target_in;      /* [rows, target_length] <bos> y1 .. yn */
    int32_t *target_out;     /* [rows, target_length] y1 .. yn <eos>; labels: y1 .. yn */
    heed_real *answers;      /* [rows, target_length, answer_channels] and no target_in and target_out; or NULL */
    int32_t *target_lengths; /* [rows] n + 1; labels and answers: n */
    int tokens;              /* what there is to learn, see heed_examples_tokens */
} heed_batch;

static inline heed_source heed_batch_source(const heed_batch *batch)
{
    return (heed_source){batch->rows, batch->source_length, batch->source, batch->values, batch->source_lengths};
}

/* Lays the examples indices[0..rows) out in the arena. rows == 0 gives an empty batch. */
heed_status heed_batch_build(const heed_examples *examples, const int32_t *indices, int rows, heed_arena *arena,
                             heed_batch *out, heed_error *error);

/* Which examples make which batch in one epoch. */
typedef struct heed_batch_plan { /* zero-initialise; its memory is reused by the next heed_batch_plan_make */
    int32_t *order;              /* [example_count] permutation of the examples */
    int32_t *batches;            /* [batch_count] batch i is order[batches[i] .. + size), the last cut by the end */
    int32_t example_count, batch_count, batch_size;
    size_t order_bytes, batches_bytes;
} heed_batch_plan;

/* Shuffles with (seed, epoch), sorts windows of 50 batches by source then target length (by that of a source of numbers
 * only: the batches of a batch norm must be like each other), cuts them into batches of
 * `batch_size` and shuffles the batches. A function of its arguments only, so a resumed epoch is the same epoch. */
heed_status heed_batch_plan_make(heed_batch_plan *plan, const heed_examples *examples, int batch_size, uint64_t seed,
                                 int epoch, heed_error *error);
void heed_batch_plan_free(heed_batch_plan *plan);
/* The indices of batch i into *rows of them. */
const int32_t *heed_batch_plan_rows(const heed_batch_plan *plan, int32_t i, int *rows);
/* The whole of batch i. */
heed_status heed_batch_get(const heed_batch_plan *plan, const heed_examples *examples, int32_t i, heed_arena *arena,
                           heed_batch *out, heed_error *error);
/* Shard k of `shards` of batch i: contiguous rows, as even as possible, padded to its own longest. A batch of fewer
 * rows than shards has empty shards (rows == 0). */
heed_status heed_batch_shard(const heed_batch_plan *plan, const heed_examples *examples, int32_t i, int shard,
                             int shards, heed_arena *arena, heed_batch *out, heed_error *error);

#endif
