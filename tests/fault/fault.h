/* Runs a piece of work again and again, the first, second, ... allocation failing: alone, then with all after it. */
#ifndef HEED_FAULT_H
#define HEED_FAULT_H

#include "base/memory.h"
#include "test.h"

/* Frees all it made, whatever happened. When it succeeds it has checked its own result: HEED_ERROR_UNKNOWN if that is
 * wrong, so that a failure which is swallowed and changes the result is found. */
typedef heed_status fault_work(heed_error *error);

/* Each failed allocation must come out as HEED_ERROR_MEMORY with a message, or do no harm at all (an arena that
 * cannot have a large block takes a smaller one); and the work must succeed again afterwards. */
static inline void fault_every_allocation(const char *name, fault_work *work) {
    heed_error error = {0};
    uint64_t before = heed_alloc_count();
    if (!CHECK_OK(work(&error), &error))
        return;
    uint64_t total = heed_alloc_count() - before, reported = 0;
    for (uint64_t n = 1; n <= 2 * total; n++) {
        char text[700];
        heed_error failure = {0};
        if (n <= total)
            heed_alloc_fail_at(n);
        else
            heed_alloc_fail_from(n - total);
        heed_status status = work(&failure);
        heed_alloc_fail_at(0);
        bool fine = status == HEED_OK || (status == HEED_ERROR_MEMORY && failure.status == HEED_ERROR_MEMORY &&
                                          failure.message[0] != '\0');
        snprintf(text, sizeof text, "%s: allocation %d of %d failed%s: status %s, message \"%s\"", name,
                 (int)(n <= total ? n : n - total), (int)total, n <= total ? "" : " and all after it",
                 heed_status_name(status), failure.message);
        heed_test_report(fine, __FILE__, __LINE__, text);
        reported += status == HEED_ERROR_MEMORY;
    }
    heed_error after = {0};
    CHECK_OK(work(&after), &after);
    printf("%s: %d allocations, %d of %d failures reported\n", name, (int)total, (int)reported, 2 * (int)total);
    CHECK(reported > 0);
}

#endif
