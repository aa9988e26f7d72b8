/* What the WebAssembly modules have in the place of the C library, compared with the C library of this machine. */
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define exp short_exp
#define log short_log
#define log1p short_log1p
#define sin short_sin
#define cos short_cos
#define qsort short_qsort
#define strcspn short_strcspn
#define snprintf short_snprintf
#define vsnprintf short_vsnprintf
#include "../../bindings/wasm/libc/text.c"
#include "../../bindings/wasm/libc/format.c"
#include "../../bindings/wasm/libc/math.c"
#include "../../bindings/wasm/libc/sort.c"
#undef exp
#undef log
#undef log1p
#undef sin
#undef cos
#undef qsort
#undef strcspn
#undef snprintf
#undef vsnprintf

int heed_host_decimal(double value, int digits, char *out, size_t size)
{
    return snprintf(out, size, "%.*g", digits, value);
}

#define CHECK_FORMAT(...) do { \
        char got[64], want[64]; \
        memset(got, '?', sizeof got); \
        CHECK_INT(short_snprintf(got, sizeof got, __VA_ARGS__), snprintf(want, sizeof want, __VA_ARGS__)); \
        CHECK_STRING(got, want); \
        for (size_t room = 1; room < 9; room++) { \
            short_snprintf(got, room, __VA_ARGS__); \
            snprintf(want, room, __VA_ARGS__); \
            CHECK_STRING(got, want); \
        } \
        CHECK_INT(short_snprintf(NULL, 0, __VA_ARGS__), snprintf(NULL, 0, __VA_ARGS__)); \
    } while (0)

static void formats(void)
{
    CHECK_FORMAT("plain");
    CHECK_FORMAT("%s and %s", "one", "");
    CHECK_FORMAT("%.3s|%.3s|%.*s|%.0s", "words", "wo", 2, "words", "words");
    CHECK_FORMAT("%d %d %d %d", 0, -1, INT_MAX, INT_MIN);
    CHECK_FORMAT("%02d %02d %03d %03d", 7, 123, -7, 0);
    CHECK_FORMAT("%zu %zu", (size_t)0, SIZE_MAX);
    CHECK_FORMAT("%ld %ld", LONG_MIN, LONG_MAX);
    CHECK_FORMAT("%lld %lld", LLONG_MIN, LLONG_MAX);
    CHECK_FORMAT("%llu %u %lu", ULLONG_MAX, UINT_MAX, ULONG_MAX);
    CHECK_FORMAT("\\u%04x <0x%02X> %016llx", 0x1fu, 0xABu, 0x1234abcdull);
    CHECK_FORMAT("%g %.3g %.*g%%", 0.1, 12345.678, 17, 0.1);
}

/* The error in units of the last place of a result that has 52 bits. */
static double ulps(double got, double want)
{
    if (got == want || (isnan(got) && isnan(want)))
        return 0;
    return fabs(got - want) / fmax(fabs(want) * 0x1p-52, 0x1p-1074);
}

static void functions(void)
{
    double worst[5] = {0};
    for (int i = -200000; i <= 200000; i++) {
        const double x = i * 0.0037251;
        worst[0] = fmax(worst[0], ulps(short_exp(x), exp(x)));
        worst[1] = fmax(worst[1], ulps(short_log(exp(x)), log(exp(x))));
        worst[1] = fmax(worst[1], ulps(short_log(1 + i * 1e-7), log(1 + i * 1e-7)));
        worst[4] = fmax(worst[4], ulps(short_log1p(exp(x / 2)), log1p(exp(x / 2))));
        worst[2] = fmax(worst[2], ulps(short_sin(x * 5), sin(x * 5)));
        worst[3] = fmax(worst[3], ulps(short_cos(x * 1300), cos(x * 1300)));
    }
    for (int f = 0; f < 5; f++)
        CHECK(worst[f] <= 3);
    const double special[] = {0, -0.0, 1, -1, INFINITY, -INFINITY, NAN, 1e-320, 1e308, -745.2, -744, 709.8, 709.7};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        CHECK(ulps(short_exp(special[i]), exp(special[i])) <= 2);
        CHECK(ulps(short_log(special[i]), log(special[i])) <= 2);
        CHECK(ulps(short_log1p(special[i]), log1p(special[i])) <= 3);
    }
    CHECK(isnan(short_sin(INFINITY)) && isnan(short_cos(NAN)));
    CHECK(short_sin(0) == 0 && short_cos(0) == 1 && short_exp(0) == 1 && short_log(1) == 0);
}

static void spans(void)
{
    const char *const texts[] = {"", "a", "abc", "%d of %s", "none here"}, *const ends[] = {"", "%", "c%", "xyz"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t j = 0; j < sizeof ends / sizeof *ends; j++)
            CHECK_INT(short_strcspn(texts[i], ends[j]), strcspn(texts[i], ends[j]));
}

typedef struct {
    uint16_t value;
    uint8_t place;
} item;

static int compare(const void *a, const void *b)
{
    const item *x = a, *y = b;
    return x->value != y->value ? (x->value < y->value ? -1 : 1) : (x->place > y->place) - (x->place < y->place);
}

static void sorting(void)
{
    item got[100], want[100];
    uint32_t state = 1;
    for (size_t n = 0; n <= 100; n++) {
        for (size_t i = 0; i < n; i++) {
            state = state * 1664525 + 1013904223;
            want[i] = got[i] = (item){.value = (uint16_t)(state >> 26), .place = (uint8_t)i};
        }
        short_qsort(got, n, sizeof *got, compare);
        qsort(want, n, sizeof *want, compare);
        for (size_t i = 0; i < n; i++)
            CHECK(got[i].value == want[i].value && got[i].place == want[i].place);
    }
}

int main(void)
{
    formats();
    functions();
    sorting();
    spans();
    return heed_test_finish("wasm_libc");
}
