/* Figures by which sequence outputs are judged. */
#ifndef HEED_METRICS_H
#define HEED_METRICS_H

#include <stdbool.h>
#include <stdint.h>

/* Insertions, deletions and substitutions, one each, that turn a[0..a_length) into b[0..b_length) (Levenshtein 1966).
 * `row` is scratch of b_length + 1 integers. Sizes may be zero. */
int32_t heed_edit_distance(const int32_t *a, int32_t a_length, const int32_t *b, int32_t b_length, int32_t *row);

/* One right answer; several of them may belong to one input. */
typedef struct heed_answer {
    const int32_t *tokens; /* -1 stands for a token that the model's alphabet does not hold: it equals nothing */
    int32_t length;
} heed_answer;

/* How an output compares with the answer nearest to it in edit distance, the first of them when several are. */
typedef struct heed_match {
    bool right;      /* equal to an answer */
    int32_t edits;   /* distance to the nearest */
    int32_t symbols; /* length of the nearest */
} heed_match;

/* count >= 1; `row` is scratch of the longest answer's length + 1. */
heed_match heed_match_answers(const int32_t *output, int32_t length, const heed_answer *answers, int32_t count,
                                 int32_t *row);

#endif
