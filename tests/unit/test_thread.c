#include "test.h"

#include <stdatomic.h>
#include <time.h>

#include "base/clock.h"
#include "base/thread.h"

typedef struct counters {
    atomic_int calls[500];
    atomic_int total;
} counters;

static void count_call(void *context, int index) {
    counters *c = context;
    atomic_fetch_add(&c->calls[index], 1);
    atomic_fetch_add(&c->total, 1);
}

static void every_job_once(int threads) {
    heed_pool *pool = NULL;
    heed_error error = {0};
    static counters c;
    memset(&c, 0, sizeof c);
    if (!CHECK_OK(heed_pool_create(threads, &pool, &error), &error))
        return;
    for (int round = 0; round < 200; round++)
        heed_pool_run(pool, count_call, &c, round % 7 == 0 ? 0 : round);
    int wrong = 0, total = 0;
    for (int i = 0; i < 500; i++) {
        int want = 0;
        for (int round = 0; round < 200; round++)
            want += round % 7 != 0 && i < round;
        wrong += c.calls[i] != want;
        total += want;
    }
    CHECK_INT(wrong, 0);
    CHECK_INT(c.total, total); /* all done when run returned */
    heed_pool_free(pool);
}

static void slow_job(void *context, int index) {
    const struct timespec moment = {0, 20000000};
    if (index > 0)
        nanosleep(&moment, NULL);
    ((atomic_int *)context)[index] = 1;
}

/* The call returns after the slowest job, not after the last to be handed out. */
static void waits_for_the_slowest(void) {
    heed_pool *pool = NULL;
    heed_error error = {0};
    if (!CHECK_OK(heed_pool_create(4, &pool, &error), &error))
        return;
    for (int round = 0; round < 5; round++) {
        atomic_int done[4] = {0};
        int sum = 0;
        heed_pool_run(pool, slow_job, done, 4);
        for (int i = 0; i < 4; i++)
            sum += done[i];
        CHECK_INT(sum, 4);
    }
    heed_pool_free(pool);
}

int main(void) {
    every_job_once(1);
    every_job_once(2);
    every_job_once(9);
    waits_for_the_slowest();
    heed_pool *pool = NULL;
    heed_error error = {0};
    CHECK_STATUS(heed_pool_create(0, &pool, &error), HEED_ERROR_ARGUMENT, &error);
    CHECK(pool == NULL);
    heed_pool_free(NULL);
    CHECK(heed_cpu_count() >= 1);
    double a = heed_clock(), b = heed_clock();
    CHECK(b >= a && b - a < 60);
    return heed_test_finish("thread");
}
