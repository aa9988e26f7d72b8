/* Points of two spiral arms, one turned by half a circle against the other (after Lang and Witbrock 1988). */
#include "data/tasks/task.h"

enum { QUARTERS, NOISE };
enum { STEPS = 64 /* of a quarter turn */, UNIT = 1 << 24 };

static const heed_task_option options[] = {
    {"quarters", 5, 1, 16, NULL, "quarter turns of each arm"},
    {"noise", 30, 0, 1000, NULL, "thousandths that a point may be off, in x and in y"},
    {0},
};

static void draw(const int64_t *values, heed_rng *rng, heed_string_buffer *source, heed_string_buffer *target)
{
    /* cos and sin of a step's angle, pi / 128, times UNIT: whole numbers are the same on every machine. */
    const int64_t cosine = 16772163, sine = 411733;
    const int64_t steps = STEPS * values[QUARTERS], at = heed_task_between(rng, steps / 20, steps);
    const int64_t arm = heed_rng_below(rng, 2) ? 1 : -1;
    int64_t x = arm * UNIT, y = 0;
    for (int64_t i = 0; i < at; i++) {
        const int64_t turned = (x * cosine - y * sine) / UNIT;
        y = (x * sine + y * cosine) / UNIT;
        x = turned;
    }
    heed_task_point(source, rng, 1000 * x * at / (UNIT * steps), 1000 * y * at / (UNIT * steps), values[NOISE]);
    heed_string_append(target, arm > 0 ? "1" : "0", 1);
}

const heed_task heed_task_spiral = {"spiral", "points of two spiral arms", options, NULL, draw};
