/* Exclusive or (Minsky and Papert 1969): a point near a corner of a square is of class 1 when one of its two bits is
 * set. No straight line parts the classes. */
#include "data/tasks/task.h"

enum { NOISE };

static const heed_task_option options[] = {
    {"noise", 250, 1, 490, NULL, "thousandths that a point may be off its corner, in x and in y"},
    {0},
};

static void draw(const int64_t *values, heed_rng *rng, heed_string_buffer *source, heed_string_buffer *target)
{
    const int64_t a = heed_rng_below(rng, 2), b = heed_rng_below(rng, 2);
    heed_task_point(source, rng, 1000 * a, 1000 * b, values[NOISE]);
    heed_string_append(target, a != b ? "1" : "0", 1);
}

const heed_task heed_task_xor = {"xor", "points near the corners of a square: is one bit of two set", options, NULL, draw};
