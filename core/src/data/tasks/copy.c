/* The same letters again: what a model without memory cannot do. */
#include "data/tasks/task.h"

static void draw(const int64_t *values, heed_rng *rng, heed_string_buffer *source, heed_string_buffer *target)
{
    char letters[HEED_LETTERS_MAX];
    const int length = heed_task_letters(values, rng, letters);
    heed_string_append(source, letters, (size_t)length);
    heed_string_append(target, letters, (size_t)length);
}

const heed_task heed_task_copy = {"copy", "letters, the same again", heed_letter_options,
                                  heed_task_check_lengths, draw};
