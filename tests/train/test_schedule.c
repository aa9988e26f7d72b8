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
    static const char *const names[] = {"constant", "plateau", "cosine"};
    for (int i = 0; i < 3; i++) {
        check_rate(names[i], &settings, 0, 0.5);
        check_rate(names[i], &settings, 1, 1);
        check_rate(names[i], &settings, 3, 2);
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
    CHECK(heed_schedule_find("sine") == NULL);
    CHECK_STRING(heed_schedule_names, "constant, plateau, cosine");
    return heed_test_finish("train schedule");
}
