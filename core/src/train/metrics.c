#include "train/metrics.h"

int32_t heed_edit_distance(const int32_t *a, int32_t a_length, const int32_t *b, int32_t b_length, int32_t *row)
{
    /* row[j] is the distance of a[0..i) and b[0..j); `diagonal` is what row[j] was one row and one column before. */
    for (int32_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (int32_t i = 1; i <= a_length; i++) {
        int32_t diagonal = row[0];
        row[0] = i;
        for (int32_t j = 1; j <= b_length; j++) {
            bool same = a[i - 1] == b[j - 1] && a[i - 1] >= 0;
            int32_t best = diagonal + (same ? 0 : 1);
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[b_length];
}

heed_match heed_match_answers(const int32_t *output, int32_t length, const heed_answer *answers, int32_t count,
                                 int32_t *row)
{
    heed_match match = {false, INT32_MAX, 0};
    for (int32_t k = 0; k < count && !match.right; k++) {
        int32_t edits = heed_edit_distance(output, length, answers[k].tokens, answers[k].length, row);
        if (edits < match.edits) {
            match.edits = edits;
            match.symbols = answers[k].length;
            match.right = edits == 0;
        }
    }
    return match;
}
