/* Points of a disc, class 1, and of the ring around it, class 0. */
#include "data/tasks/task.h"

enum { NOISE };

static const heed_task_option options[] = {
    {"noise", 50, 0, 1000, NULL, "thousandths that a point may be off, in x and in y"},
    {0},
};

static void draw(const int64_t *values, heed_rng *rng, heed_string_buffer *source, heed_string_buffer *target)
{
    const bool inner = heed_rng_below(rng, 2);
    const int64_t least = inner ? 0 : 700, most = inner ? 400 : 1000;
    int64_t x, y;
    do { /* evenly over the disc or the ring */
        x = heed_task_between(rng, -most, most);
        y = heed_task_between(rng, -most, most);
    } while (x * x + y * y > most * most || x * x + y * y < least * least);
    heed_task_point(source, rng, x, y, values[NOISE]);
    heed_string_append(target, inner ? "1" : "0", 1);
}

const heed_task heed_task_circles = {"circles", "points of a disc and of the ring around it", options, NULL, draw};
