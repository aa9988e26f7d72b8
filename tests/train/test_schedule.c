#include "compare.h"

#include "train/schedule.h"

static double rate(const char *name, const heed_schedule_settings *settings, double scale, long step) {
    const heed_schedule *schedule = heed_schedule_find(name);
    heed_schedule_state state = {scale, 0};
    return CHECK(schedule != NULL) ? schedule->rate(settings, &state, step) : NAN;
}

static void check_rate(const char *name, const heed_schedule_settings *settings, long step, double want) {
    heed_compare_one(name, (size_t)step, rate(name, settings, 1, step), want, 1e-12);
}

static void warmup(void) {
    const heed_schedule_settings settings = {.rate = 2, .warmup_steps = 4, .total_steps = 100, .final = 0.1};
    static const char *const names[] = {"constant", "plateau", "cosine", "inverse_sqrt"};
    for (int i = 0; i < 4; i++) {
        check_rate(names[i], &settings, 0, 0.5);
        check_rate(names[i], &settings, 1, 1);
        check_rate(names[i], &settings, 3, 2);
        if (i < 3)
            check_rate(names[i], &settings, 4, 2);
    }
    check_rate("constant", &settings, 99, 2);
    const heed_schedule_settings none = {.rate = 2, .total_steps = 10};
    check_rate("constant", &none, 0, 2);
}

static void cosine(void) {
    /* 11 steps from the top at step 0 to the end at step 10. */
    const heed_schedule_settings settings = {.rate = 1, .total_steps = 11, .final = 0.2};
    check_rate("cosine", &settings, 0, 1);
    check_rate("cosine", &settings, 5, 0.6);
    check_rate("cosine", &settings, 10, 0.2);
    check_rate("cosine", &settings, 1000, 0.2);
    const heed_schedule_settings only_warmup = {.rate = 1, .warmup_steps = 10, .total_steps = 10, .final = 0.2};
    check_rate("cosine", &only_warmup, 9, 1);
}

/* Vaswani 2017, 5.3: d^-0.5 min(step^-0.5, step warmup^-1.5) with step counted from 1, for d = 512 and 4000. */
static void inverse_sqrt(void) {
    const double peak = 1 / sqrt(512.0 * 4000.0);
    const heed_schedule_settings settings = {.rate = peak, .warmup_steps = 4000, .total_steps = 100000};
    static const long steps[] = {1, 2, 1000, 3999, 4000, 4001, 16000, 100000};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const double t = (double)steps[i], grown = t * pow(4000, -1.5), fallen = 1 / sqrt(t);
        check_rate("inverse_sqrt", &settings, steps[i] - 1, (grown < fallen ? grown : fallen) / sqrt(512));
    }
    const heed_schedule_settings none = {.rate = 3, .total_steps = 10};
    check_rate("inverse_sqrt", &none, 0, 3);
    check_rate("inverse_sqrt", &none, 8, 1);
}

static void plateau(void) {
    const heed_schedule *schedule = heed_schedule_find("plateau");
    const heed_schedule_settings settings = {.rate = 8, .total_steps = 100, .factor = 0.5, .patience = 2};
    heed_schedule_state state = {1, 0};
    static const struct {
        bool better;
        double rate;
    } epochs[] = {{true, 8}, {false, 8}, {true, 8}, {false, 8}, {false, 4}, {false, 4}, {false, 2}, {true, 2}};
    for (size_t i = 0; i < sizeof epochs / sizeof *epochs; i++) {
        schedule->epoch_done(&settings, &state, epochs[i].better);
        heed_compare_one("plateau", i, schedule->rate(&settings, &state, 50), epochs[i].rate, 0);
    }
}

int main(void) {
    warmup();
    cosine();
    plateau();
    inverse_sqrt();
    CHECK(heed_schedule_find("sine") == NULL);
    CHECK_STRING(heed_schedule_names, "constant, plateau, cosine, inverse_sqrt");
    return heed_test_finish("train schedule");
}
