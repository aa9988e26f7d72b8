#include "test.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "compare.h"

/* xoshiro256** from its state 1, 2, 3, 4, as the reference implementation gives it. */
static void reference(void) {
    heed_rng rng = {{1, 2, 3, 4}};
    static const uint64_t want[] = {11520u, 0u, 1509978240u, 1215971899390074240u};
    for (int i = 0; i < 4; i++)
        CHECK(heed_rng_next(&rng) == want[i]);
}

static void streams(void) {
    heed_rng a, b, c, d;
    heed_rng_seed(&a, 1, 2);
    heed_rng_seed(&b, 1, 2);
    heed_rng_seed(&c, 2, 1);
    heed_rng_seed(&d, 1, 3);
    int same_b = 0, same_c = 0, same_d = 0;
    for (int i = 0; i < 100; i++) {
        uint64_t x = heed_rng_next(&a);
        same_b += x == heed_rng_next(&b);
        same_c += x == heed_rng_next(&c);
        same_d += x == heed_rng_next(&d);
    }
    CHECK_INT(same_b, 100);
    CHECK_INT(same_c, 0);
    CHECK_INT(same_d, 0);
}

static void moments(void) {
    heed_rng rng;
    heed_rng_seed(&rng, 7, 0);
    enum { N = 200000 };
    double sum = 0, squares = 0, fourth = 0, uniform = 0, least = 1, most = 0;
    for (int i = 0; i < N; i++) {
        double x = heed_rng_normal(&rng), u = heed_rng_uniform(&rng);
        sum += x;
        squares += x * x;
        fourth += x * x * x * x;
        uniform += u;
        least = fmin(least, u);
        most = fmax(most, u);
    }
    /* Five standard errors. */
    CHECK(fabs(sum / N) < 5 / sqrt(N));
    CHECK(fabs(squares / N - 1) < 5 * sqrt(2.0 / N));
    CHECK(fabs(fourth / N - 3) < 5 * sqrt(96.0 / N));
    CHECK(fabs(uniform / N - 0.5) < 5 * sqrt(1.0 / 12 / N));
    CHECK(least >= 0 && most < 1 && least < 1e-3 && most > 0.999);
}

static void below_and_shuffle(void) {
    heed_rng rng;
    heed_rng_seed(&rng, 3, 3);
    int counts[7] = {0};
    for (int i = 0; i < 70000; i++)
        counts[heed_rng_below(&rng, 7)]++;
    for (int i = 0; i < 7; i++)
        CHECK(abs(counts[i] - 10000) < 500);
    CHECK_INT(heed_rng_below(&rng, 1), 0);
    int above = 0;
    for (int i = 0; i < 10000; i++)
        above += heed_rng_below(&rng, 3000000000u) >= 1500000000u;
    CHECK(abs(above - 5000) < 250);
    /* Of 2^32 draws onto 3/4 of them, one value in three would come twice as often if none were thrown away. */
    int threes = 0;
    for (int i = 0; i < 9000; i++)
        threes += heed_rng_below(&rng, 3u << 30) % 3 == 0;
    CHECK(abs(threes - 3000) < 225);
    /* Every one of the 24 orders of four items, about equally often. */
    int orders[256] = {0}, seen = 0;
    for (int i = 0; i < 24000; i++) {
        int32_t items[4] = {0, 1, 2, 3};
        heed_rng_shuffle(&rng, items, 4);
        orders[items[0] * 64 + items[1] * 16 + items[2] * 4 + items[3]]++;
    }
    for (int i = 0; i < 256; i++)
        if (orders[i] > 0) {
            seen++;
            CHECK(abs(orders[i] - 1000) < 160);
        }
    CHECK_INT(seen, 24);
    heed_rng_shuffle(&rng, NULL, 0);
}

int main(void) {
    reference();
    streams();
    moments();
    below_and_shuffle();
    return heed_test_finish("rng");
}
