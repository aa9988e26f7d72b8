/* Numbers along a polynomial of x, which is from -1 to 1: a line unless told otherwise. For regression. */
#include "data/tasks/task.h"

enum { NOISE, INTERCEPT, SLOPE, SQUARE, CUBE };

static const heed_task_option options[] = {
    {"noise", 100, 0, 10000, NULL, "thousandths that a number may be off the polynomial"},
    {"intercept", 500, -10000, 10000, NULL, "thousandths"},
    {"slope", 2000, -10000, 10000, NULL, "thousandths, times x"},
    {"square", 0, -10000, 10000, NULL, "thousandths, times x squared"},
    {"cube", 0, -10000, 10000, NULL, "thousandths, times x cubed"},
    {0},
};

static void draw(const int64_t *values, heed_rng *rng, heed_string_buffer *source, heed_string_buffer *target)
{
    const int64_t x = heed_task_between(rng, -1000, 1000);
    int64_t y = 0;
    for (int power = CUBE; power >= INTERCEPT; power--) /* Horner's rule */
        y = y * x / 1000 + values[power];
    heed_task_thousandths(source, x);
    heed_task_thousandths(target, y + heed_task_between(rng, -values[NOISE], values[NOISE]));
}

const heed_task heed_task_polynomial = {"polynomial", "numbers along a line or curve", options, NULL, draw};
