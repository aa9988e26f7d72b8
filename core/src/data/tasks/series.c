/* A seasonal series: a level, a trend, a pattern that comes again every `period` steps, and noise. The target goes on
 * without the noise. */
#include "base/error.h"
#include "data/tasks/task.h"

enum { LENGTH, PERIOD, HORIZON, NOISE, PERIOD_MAX = 200 };

static const heed_task_option options[] = {
    {"length", 48, 2, 2000, NULL, "steps that are shown"},
    {"period", 12, 2, PERIOD_MAX, NULL, "steps of a season"},
    {"horizon", 12, 1, 200, NULL, "steps to be foretold"},
    {"noise", 50, 0, 1000, NULL, "thousandths that a step may be off"},
    {0},
};

static void draw(const int64_t *values, heed_rng *rng, heed_string_buffer *source, heed_string_buffer *target)
{
    int64_t pattern[PERIOD_MAX];
    const int64_t level = heed_task_between(rng, -1000, 1000), trend = heed_task_between(rng, -20, 20);
    for (int64_t i = 0; i < values[PERIOD]; i++)
        pattern[i] = heed_task_between(rng, -1000, 1000);
    for (int64_t t = 0; t < values[LENGTH] + values[HORIZON]; t++) {
        const int64_t value = level + trend * t + pattern[t % values[PERIOD]];
        const bool shown = t < values[LENGTH];
        heed_string_buffer *out = shown ? source : target;
        heed_string_format(out, "%s", out->length > 0 ? ";" : "");
        heed_task_thousandths(out, value + (shown ? heed_task_between(rng, -values[NOISE], values[NOISE]) : 0));
    }
}

static heed_status check(const int64_t *values, const char *where, heed_error *error)
{
    if (values[LENGTH] > values[PERIOD])
        return HEED_OK;
    return heed_fail(error, HEED_ERROR_FORMAT, "%s.length is %lld; it must be more than period, which is %lld, or there "
                     "is nothing to learn the season from", where, (long long)values[LENGTH], (long long)values[PERIOD]);
}

const heed_task heed_task_series = {"series", "how a seasonal series goes on", options, check, draw};
