/* The adding problem (Hochreiter and Schmidhuber 1997): every step is a number and a mark; the target is the sum of the
 * two numbers that are marked, one in each half. */
#include "data/tasks/task.h"

enum { LENGTH };

static const heed_task_option options[] = {
    {"length", 100, 2, 1000, NULL, "steps"},
    {0},
};

static void draw(const int64_t *values, heed_rng *rng, heed_string_buffer *source, heed_string_buffer *target)
{
    const int64_t length = values[LENGTH], half = length / 2;
    const int64_t first = heed_task_between(rng, 0, half - 1), second = heed_task_between(rng, half, length - 1);
    int64_t sum = 0;
    for (int64_t i = 0; i < length; i++) {
        const int64_t number = heed_task_between(rng, 0, 999);
        const bool marked = i == first || i == second;
        heed_string_format(source, "%s", i > 0 ? ";" : "");
        heed_task_thousandths(source, number);
        heed_string_format(source, " %d", marked);
        sum += marked ? number : 0;
    }
    heed_task_thousandths(target, sum);
}

const heed_task heed_task_adding = {"adding", "the sum of two marked numbers among many", options, NULL, draw};
