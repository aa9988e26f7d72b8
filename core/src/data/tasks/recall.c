/* Delayed recall (after Hochreiter and Schmidhuber 1997, "Long Short-Term Memory", the noise-free and noisy lag tasks):
 * digits come first, then letters that mean nothing, then "?": the digits are to be said again. */
#include "data/tasks/task.h"

enum { DIGITS, DELAY, DISTRACTORS };

static const heed_task_option options[] = {
    {"digits", 1, 1, 20, NULL, "how many are to be kept in mind"},
    {"delay", 100, 1, 4000, NULL, "letters between them and the question"},
    {"distractors", 26, 1, 26, NULL, "how many different letters these are; 1 is a blank"},
    {0},
};

static void draw(const int64_t *values, heed_rng *rng, heed_string_buffer *source, heed_string_buffer *target)
{
    for (int64_t i = 0; i < values[DIGITS]; i++) {
        const char digit = (char)('0' + heed_rng_below(rng, 10));
        heed_string_append(source, &digit, 1);
        heed_string_append(target, &digit, 1);
    }
    for (int64_t i = 0; i < values[DELAY]; i++) {
        const char letter = (char)('a' + heed_rng_below(rng, (uint32_t)values[DISTRACTORS]));
        heed_string_append(source, &letter, 1);
    }
    heed_string_append(source, "?", 1);
}

const heed_task heed_task_recall = {"recall", "digits, then noise: the digits again", options, NULL, draw};
