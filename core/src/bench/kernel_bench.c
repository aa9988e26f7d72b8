#include "heed/bench.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "bench/bench_cases.h"
#include "heed/isa.h"

enum { MOST_ROUNDS = 101, MOST_SETS = 8 };

typedef struct measurement {
    int calls;                  /* of a batch between two looks at the clock; 0: not to be run */
    double work;                /* of one call */
    double rates[MOST_ROUNDS];  /* work per second */
    double shares[MOST_ROUNDS]; /* of the peak in the same round */
    double ratios[MOST_ROUNDS]; /* to the case that it is compared with, in the same round */
} measurement;

typedef struct bench {
    heed_bench_options options;
    const heed_bench_case *cases;
    int case_count;
    const heed_kernels *sets[MOST_SETS];
    int set_count;
    heed_bench_space space;
    heed_real *block;
    measurement *measurements; /* [set, case] */
} bench;

static double time_calls(const bench *b, int set, int index, int calls, double *work) {
    const heed_bench_case *x = &b->cases[index];
    double start = heed_clock();
    for (int i = 0; i < calls; i++)
        *work = x->run(b->sets[set], x, &b->space);
    return heed_clock() - start;
}

/* Doubles the calls of a batch until it takes a tenth of a sample: at first there are page faults, cold caches, and in
 * a browser code that is not yet compiled well. */
static void calibrate(bench *b, int set, int index) {
    measurement *x = &b->measurements[set * b->case_count + index];
    x->calls = 1;
    while (time_calls(b, set, index, x->calls, &x->work) < b->options.sample_seconds / 10 && x->calls < 1 << 28)
        x->calls *= 2;
}

/* Work per second, over as many batches as a sample takes. A batch that was calibrated while the machine was busy is
 * too short, which this makes good. */
static double sample(bench *b, int set, int index) {
    measurement *x = &b->measurements[set * b->case_count + index];
    double seconds = 0, work = 0;
    while (seconds < b->options.sample_seconds) {
        seconds += time_calls(b, set, index, x->calls, &x->work);
        work += x->work * x->calls;
    }
    return work / seconds;
}

/* The index of what a case is compared with, -1 for none. */
static int reference_of(const bench *b, int index) {
    const char *against = b->cases[index].against;
    for (int i = index - 1; against != NULL && i >= 0; i--)
        if (strcmp(b->cases[i].kernel, against) == 0)
            return i;
    return -1;
}

enum { SHAPE_BYTES = sizeof ((heed_bench_row *)0)->shape };

static const char *write_shape(const bench *b, int index, char *out) {
    const heed_bench_case *x = &b->cases[index];
    if (x->k > 1)
        snprintf(out, SHAPE_BYTES, "%dx%dx%d", x->m, x->n, x->k);
    else if (index > 0)
        snprintf(out, SHAPE_BYTES, "%d", x->n);
    else
        out[0] = '\0';
    return out;
}

static bool named_case(const bench *b, int index) {
    const char *kernel = b->options.kernel, *shape = b->options.shape;
    char text[SHAPE_BYTES];
    return (kernel == NULL || strcmp(kernel, b->cases[index].kernel) == 0) &&
           (shape == NULL || strcmp(shape, write_shape(b, index, text)) == 0);
}

/* The peak, what was asked for, and what that is compared with. */
static bool wanted_case(const bench *b, int index) {
    bool wanted = index == 0 || named_case(b, index);
    for (int i = index + 1; i < b->case_count && !wanted; i++)
        wanted = named_case(b, i) && reference_of(b, i) == index;
    return wanted;
}

/* Of rates in the same unit; otherwise of the calls per second. */
static double ratio_to(const bench *b, const measurement *of_set, int index, int reference, int round) {
    const measurement *x = &of_set[index], *y = &of_set[reference];
    bool same = strcmp(b->cases[index].unit, b->cases[reference].unit) == 0;
    return x->rates[round] / y->rates[round] * (same ? 1 : y->work / x->work);
}

static void measure(bench *b) {
    for (int set = 0; set < b->set_count; set++)
        for (int i = 0; i < b->case_count; i++)
            if (wanted_case(b, i))
                calibrate(b, set, i);
    for (int round = 0; round < b->options.rounds; round++) {
        for (int set = 0; set < b->set_count; set++) {
            measurement *of_set = &b->measurements[set * b->case_count];
            for (int i = 0; i < b->case_count; i++) {
                if (of_set[i].calls == 0)
                    continue;
                int reference = reference_of(b, i);
                of_set[i].rates[round] = sample(b, set, i);
                of_set[i].shares[round] = of_set[i].rates[round] / of_set->rates[round];
                of_set[i].ratios[round] = reference >= 0 ? ratio_to(b, of_set, i, reference, round) : 0;
            }
        }
    }
}

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, ascending);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static void report(bench *b, void (*row)(void *context, const heed_bench_row *row), void *context) {
    for (int set = 0; set < b->set_count; set++) {
        for (int i = 0; i < b->case_count; i++) {
            measurement *x = &b->measurements[set * b->case_count + i];
            const heed_bench_case *shape = &b->cases[i];
            if (x->calls == 0)
                continue;
            bool flops = strcmp(shape->unit, "GFLOP/s") == 0;
            double rate = median(x->rates, b->options.rounds), share = median(x->shares, b->options.rounds);
            heed_bench_row out = {.isa = b->sets[set]->isa, .kernel = shape->kernel, .unit = shape->unit,
                                  .against = shape->against};
            write_shape(b, i, out.shape);
            out.rate = rate * 1e-9;
            out.best = x->rates[b->options.rounds - 1] * 1e-9; /* median() has sorted them */
            out.ratio = median(x->ratios, b->options.rounds);
            out.percent = flops ? share * 100 : 0;
            out.seconds = x->work / rate;
            row(context, &out);
        }
    }
}

static heed_status allocate(bench *b, heed_error *error) {
    size_t room = 0;
    for (int i = 0; i < b->case_count; i++) {
        size_t reals = wanted_case(b, i) ? heed_bench_reals(&b->cases[i]) : 0;
        room = reals > room ? reals : room;
    }
    b->block = heed_alloc(5 * room + HEED_BENCH_ZERO + HEED_GEMM_SCRATCH, sizeof *b->block);
    b->measurements = heed_alloc((size_t)(b->set_count * b->case_count), sizeof *b->measurements);
    if (b->block == NULL || b->measurements == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "bench: no memory for %d matrices", 5);
    b->space.a = b->block;
    b->space.b = b->space.a + room;
    b->space.c = b->space.b + room;
    b->space.d = b->space.c + room;
    b->space.packed = b->space.d + room;
    b->space.zero = b->space.packed + room;
    b->space.scratch = b->space.zero + HEED_BENCH_ZERO;
    for (size_t i = 0; i < 5 * room; i++) /* -1, -0.75 .. 1: nothing special, nothing subnormal */
        b->block[i] = (heed_real)(i * 7 % 9) / 4 - 1;
    return HEED_OK;
}

static heed_status choose(bench *b, heed_error *error) {
    const char *isa = b->options.isa, *kernel = b->options.kernel, *shape = b->options.shape;
    for (const char *const *name = heed_isa_list(); *name != NULL && b->set_count < MOST_SETS; name++)
        if ((isa == NULL || strcmp(isa, *name) == 0) && heed_isa_available(*name))
            b->sets[b->set_count++] = heed_kernels_named(*name);
    if (b->set_count == 0)
        return heed_fail(error, HEED_ERROR_UNKNOWN, "bench: instruction set %s is not available here", isa);
    bool found = kernel == NULL && shape == NULL;
    for (int i = 0; i < b->case_count && !found; i++)
        found = named_case(b, i);
    if (!found)
        return heed_fail(error, HEED_ERROR_UNKNOWN, "bench: there is no kernel %s %s", kernel ? kernel : "of any name",
                         shape ? shape : "");
    return HEED_OK;
}

heed_status heed_bench_kernels(const heed_bench_options *options,
                               void (*row)(void *context, const heed_bench_row *row), void *context,
                               heed_error *error) {
    bench b = {.options = options != NULL ? *options : (heed_bench_options){0}};
    if (b.options.rounds == 0)
        b.options.rounds = 9;
    if (b.options.sample_seconds == 0)
        b.options.sample_seconds = 0.005;
    if (b.options.rounds < 1 || b.options.rounds > MOST_ROUNDS)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "bench: rounds is %d, must be 1 to %d", b.options.rounds,
                         MOST_ROUNDS);
    if (!(b.options.sample_seconds > 0 && b.options.sample_seconds <= 60))
        return heed_fail(error, HEED_ERROR_ARGUMENT, "bench: sample_seconds is %g, must be above 0 and at most 60",
                         b.options.sample_seconds);
    b.cases = heed_bench_cases(&b.case_count);
    HEED_TRY(choose(&b, error));
    heed_status status = allocate(&b, error);
    if (status == HEED_OK) {
        measure(&b);
        report(&b, row, context);
    }
    heed_free(b.block);
    heed_free(b.measurements);
    return status;
}
