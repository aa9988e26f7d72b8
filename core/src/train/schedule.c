#include "train/schedule.h"

#include <math.h>

#include "base/registry.h"

static double warmup(const heed_schedule_settings *settings, int64_t step)
{
    return step < settings->warmup_steps ? (double)(step + 1) / (double)settings->warmup_steps : 1;
}

static double constant_rate(const heed_schedule_settings *settings, const heed_schedule_state *state, int64_t step)
{
    (void)state;
    return settings->rate * warmup(settings, step);
}

static const char *const constant_fields[] = {NULL};
const heed_schedule heed_schedule_constant = {"constant", constant_rate, NULL, constant_fields};

static double plateau_rate(const heed_schedule_settings *settings, const heed_schedule_state *state, int64_t step)
{
    return settings->rate * state->scale * warmup(settings, step);
}

static void plateau_epoch_done(const heed_schedule_settings *settings, heed_schedule_state *state, bool better)
{
    state->epochs_without_gain = better ? 0 : state->epochs_without_gain + 1;
    if (state->epochs_without_gain >= settings->patience) {
        state->scale *= settings->factor;
        state->epochs_without_gain = 0;
    }
}

static const char *const plateau_fields[] = {"factor", "patience", NULL};
const heed_schedule heed_schedule_plateau = {"plateau", plateau_rate, plateau_epoch_done, plateau_fields};

/* Half a cosine from 1 after the warm-up to `final` at the last step (Loshchilov and Hutter 2017, without restarts). */
static double cosine_rate(const heed_schedule_settings *settings, const heed_schedule_state *state, int64_t step)
{
    (void)state;
    if (step < settings->warmup_steps)
        return settings->rate * warmup(settings, step);
    int64_t span = settings->total_steps - 1 - settings->warmup_steps;
    double way = span <= 0 ? 1 : (double)(step - settings->warmup_steps) / (double)span;
    if (way > 1)
        way = 1;
    const double pi = 3.141592653589793;
    return settings->rate * (settings->final + (1 - settings->final) * 0.5 * (1 + cos(pi * way)));
}

static const char *const cosine_fields[] = {"final", NULL};
const heed_schedule heed_schedule_cosine = {"cosine", cosine_rate, NULL, cosine_fields};

/* Linear growth over the warm-up to the base rate, then as 1 / sqrt(step) (Vaswani 2017, 5.3, whose base rate is
 * 1 / sqrt(d warmup)). */
static double inverse_sqrt_rate(const heed_schedule_settings *settings, const heed_schedule_state *state, int64_t step)
{
    (void)state;
    if (step < settings->warmup_steps)
        return settings->rate * warmup(settings, step);
    double top = settings->warmup_steps > 0 ? (double)settings->warmup_steps : 1;
    return settings->rate * sqrt(top / (double)(step + 1));
}

static const char *const inverse_sqrt_fields[] = {NULL};
const heed_schedule heed_schedule_inverse_sqrt = {"inverse_sqrt", inverse_sqrt_rate, NULL, inverse_sqrt_fields};

static const heed_schedule *const schedules[] = {
#define HEED_SCHEDULE(name) &heed_schedule_##name,
#include "train/schedules.def"
#undef HEED_SCHEDULE
};

#define HEED_SCHEDULE(name) ", " #name
static const char name_list[] =
#include "train/schedules.def"
    ;
#undef HEED_SCHEDULE
const char *const heed_schedule_names = name_list + 2; /* without the first ", " */

HEED_FIND_BY_NAME(heed_schedule, heed_schedule_find, schedules)
