/* Inputs with their right answers, encoded once and decoded as often as one likes: after every epoch, and by
 * heed_evaluate. The inputs are sorted by length, cut into slices of one greedy batch each, and the slices dealt out to
 * workers; results are kept per input and summed in the order of the inputs, so that any number of workers gives the
 * same. */
#ifndef HEED_EVAL_SET_H
#define HEED_EVAL_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/thread.h"
#include "data/pairs.h"
#include "heed/train.h"
#include "models/arch.h"
#include "train/metrics.h"

enum { HEED_EVAL_SLICE = 64 /* inputs of one greedy batch */ };

typedef struct heed_eval_item {
    const char *text;       /* the source as it stands in the file; a view of the pairs */
    int32_t text_size;
    const int32_t *source;  /* its tokens; [source_length], which is 0 when nothing of it can be read */
    const heed_real *values; /* or [source_length, channels], where sources are numbers */
    int32_t source_length;
    const heed_answer *answers;
    int32_t answer_count;
} heed_eval_item;

typedef struct heed_eval_result {
    heed_match match;
    int32_t *output; /* [output_length], room for max_length */
    int32_t output_length, max_length;
} heed_eval_result;

typedef struct heed_eval_set { /* zero-initialise; heed_eval_set_free at the end */
    heed_arena arena;
    heed_eval_item *items;     /* [count] in the order of the file */
    heed_eval_result *results; /* [count] of the last run */
    int32_t *order;            /* [count] items by source length */
    int32_t count, longest_answer;
    int32_t slice;             /* inputs of one batch; 0: HEED_EVAL_SLICE. The results are the same with any */
} heed_eval_set;

/* The sources of `inputs` in order, with their answers in `references` (which may be of the same pairs). Fails when a
 * source has no reference. The texts of both must outlive the set. */
heed_status heed_eval_set_build(heed_eval_set *set, const heed_model *model, const heed_references *inputs,
                                const heed_references *references, heed_error *error);
/* Decodes every input with the tapes of `workers` threads (greedily when beam is 1) and fills the results. */
heed_status heed_eval_set_run(heed_eval_set *set, const heed_model *model, int beam, heed_pool *pool,
                              heed_tape *tapes, int workers, heed_error *error);
/* The slices [first, end) of heed_eval_set_slices only: a run in pieces. */
heed_status heed_eval_set_run_slices(heed_eval_set *set, const heed_model *model, int beam, heed_pool *pool,
                                     heed_tape *tapes, int workers, int32_t first, int32_t end, heed_error *error);
int32_t heed_eval_set_slices(const heed_eval_set *set);
/* Adds the results up; `seconds` is left alone. */
void heed_eval_set_sum(const heed_eval_set *set, heed_evaluation *out);
void heed_eval_set_free(heed_eval_set *set);

#endif
