/* The letters from the last to the first: a fixed-size summary must hold them all, attention looks each of them
 * up. */
#include "data/tasks/task.h"

static void draw(const int64_t *values, heed_rng *rng, heed_string_buffer *source, heed_string_buffer *target)
{
    char letters[HEED_LETTERS_MAX];
    const int length = heed_task_letters(values, rng, letters);
    heed_string_append(source, letters, (size_t)length);
    for (int i = length - 1; i >= 0; i--)
        heed_string_append(target, &letters[i], 1);
}

const heed_task heed_task_reverse = {"reverse", "letters, last to first", heed_letter_options,
                                  heed_task_check_lengths, draw};
