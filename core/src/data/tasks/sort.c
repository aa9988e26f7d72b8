/* The letters in the order of the alphabet: what comes where depends on all of them. */
#include "data/tasks/task.h"

static void draw(const int64_t *values, heed_rng *rng, heed_string_buffer *source, heed_string_buffer *target)
{
    char letters[HEED_LETTERS_MAX];
    const int length = heed_task_letters(values, rng, letters);
    heed_string_append(source, letters, (size_t)length);
    for (char letter = 'a'; letter <= 'z'; letter++)
        for (int i = 0; i < length; i++)
            if (letters[i] == letter)
                heed_string_append(target, &letter, 1);
}

const heed_task heed_task_sort = {"sort", "letters, in alphabetical order", heed_letter_options,
                                  heed_task_check_lengths, draw};
