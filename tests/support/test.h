/* The test harness: CHECK macros that count, and a verdict. A test program is
 *
 *     int main(void) {
 *         CHECK(1 + 1 == 2);
 *         CHECK_INT(count, 3);
 *         return heed_test_finish("arithmetic");
 *     }
 *
 * A failed check prints where and what, and the program goes on. heed_test_finish prints "NAME: N passed, N failed" and
 * returns the exit code: 1 when a check failed, or when none ran. */
#ifndef HEED_TEST_H
#define HEED_TEST_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "heed/status.h"

/* Weak, so that all files of a program count together. */
__attribute__((weak)) long heed_test_passed;
__attribute__((weak)) long heed_test_failed;

/* The most failures that are printed; all are counted. */
enum { HEED_TEST_PRINTED = 40 };

static inline bool heed_test_report(bool ok, const char *file, int line, const char *what) {
    if (ok) {
        heed_test_passed++;
    } else if (heed_test_failed++ < HEED_TEST_PRINTED) {
        fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
    }
    return ok;
}

static inline bool heed_test_int(long long got, long long want, const char *file, int line, const char *what) {
    char text[512];
    snprintf(text, sizeof text, "%s: got %lld, want %lld", what, got, want);
    return heed_test_report(got == want, file, line, text);
}

static inline bool heed_test_string(const char *got, const char *want, const char *file, int line, const char *what) {
    char text[2048];
    snprintf(text, sizeof text, "%s: got \"%s\", want \"%s\"", what, got ? got : "(null)", want ? want : "(null)");
    bool ok = got != NULL && want != NULL ? strcmp(got, want) == 0 : got == want;
    return heed_test_report(ok, file, line, text);
}

static inline bool heed_test_contains(const char *got, const char *part, const char *file, int line,
                                      const char *what) {
    char text[1024];
    snprintf(text, sizeof text, "%s: got \"%s\", want it to contain \"%s\"", what, got ? got : "(null)", part);
    return heed_test_report(got != NULL && strstr(got, part) != NULL, file, line, text);
}

static inline bool heed_test_status(heed_status got, heed_status want, const heed_error *error, const char *file,
                                    int line, const char *what) {
    char text[1024];
    snprintf(text, sizeof text, "%s: got status %d, want %d; message \"%s\"", what, (int)got, (int)want,
             error != NULL ? error->message : "");
    return heed_test_report(got == want, file, line, text);
}

static inline int heed_test_finish(const char *name) {
    if (heed_test_passed + heed_test_failed == 0)
        fprintf(stderr, "%s: no check ran\n", name);
    printf("%s: %ld passed, %ld failed\n", name, heed_test_passed, heed_test_failed);
    return heed_test_failed > 0 || heed_test_passed == 0 ? 1 : 0;
}

/* Each is true when the check passed, so that a test can stop: if (!CHECK(p != NULL)) return; */
#define CHECK(condition) heed_test_report((condition) ? true : false, __FILE__, __LINE__, #condition)
#define CHECK_INT(got, want) heed_test_int((long long)(got), (long long)(want), __FILE__, __LINE__, #got)
#define CHECK_STRING(got, want) heed_test_string((got), (want), __FILE__, __LINE__, #got)
#define CHECK_CONTAINS(got, part) heed_test_contains((got), (part), __FILE__, __LINE__, #got)
/* The call succeeds; its heed_error is shown when it does not. */
#define CHECK_OK(call, error) heed_test_status((call), HEED_OK, (error), __FILE__, __LINE__, #call)
/* The call fails with this status. */
#define CHECK_STATUS(call, want, error) heed_test_status((call), (want), (error), __FILE__, __LINE__, #call)

#endif
