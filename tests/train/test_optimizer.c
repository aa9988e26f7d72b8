#include "compare.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/rng.h"
#include "train/optimizer.h"

enum { SIZE = 2 * HEED_FLAT_CHUNK + 37 /* three chunks, the last one odd */ };

static heed_real *block(uint64_t stream, double scale) {
    heed_real *values = heed_alloc(SIZE, sizeof *values);
    heed_rng rng;
    heed_rng_seed(&rng, 7, stream);
    for (int i = 0; values != NULL && i < SIZE; i++)
        values[i] = (heed_real)(scale * heed_rng_normal(&rng));
    return values;
}

/* Kingma and Ba 2015, algorithm 1, in double; with the decoupled decay of AdamW. */
static void adam_reference(const heed_optimizer_settings *s, double scale, int step, double g, double *m, double *v,
                           double *w) {
    g *= scale;
    *m = s->beta1 * *m + (1 - s->beta1) * g;
    *v = s->beta2 * *v + (1 - s->beta2) * g * g;
    double mean = *m / (1 - pow(s->beta1, step)), variance = *v / (1 - pow(s->beta2, step));
    *w -= s->rate * (mean / (sqrt(variance) + s->epsilon) + s->weight_decay * *w);
}

static void adam(void) {
    const heed_optimizer_settings settings = {.rate = 0.01, .beta1 = 0.9, .beta2 = 0.98, .epsilon = 1e-8,
                                              .weight_decay = 0.1};
    heed_error error = {0};
    heed_real *values[3], *m[3], *v[3], *gradient = block(1, 0.1);
    for (int t = 0; t < 3; t++) {
        values[t] = block(0, 1);
        m[t] = heed_alloc(SIZE, sizeof(heed_real));
        v[t] = heed_alloc(SIZE, sizeof(heed_real));
        heed_pool *pool;
        CHECK_OK(heed_pool_create(t + 1, &pool, &error), &error);
        heed_flat_blocks blocks = {SIZE, values[t], gradient, m[t], v[t]};
        for (int step = 1; step <= 3; step++)
            heed_optimizer_step(pool, heed_kernels_active(), heed_optimizer_find("adam"), &settings, &blocks, step, 0.5);
        heed_pool_free(pool);
    }
    heed_real *start = block(0, 1);
    for (int i = 0; i < SIZE; i += 977) {
        double mean = 0, variance = 0, w = (double)start[i];
        for (int step = 1; step <= 3; step++)
            adam_reference(&settings, 0.5, step, (double)gradient[i], &mean, &variance, &w);
        heed_compare_one("adam", (size_t)i, (double)values[0][i], w, 2e-6);
    }
    CHECK(memcmp(values[0], values[1], SIZE * sizeof(heed_real)) == 0);
    CHECK(memcmp(values[0], values[2], SIZE * sizeof(heed_real)) == 0);
    CHECK(memcmp(values[0], start, SIZE * sizeof(heed_real)) != 0);
    for (int t = 0; t < 3; t++) {
        heed_free(values[t]);
        heed_free(m[t]);
        heed_free(v[t]);
    }
    heed_free(gradient);
    heed_free(start);
}

/* Every optimizer works on its chunk alone: the same bits for any number of threads. What it computes is compared with
 * PyTorch by the golden files. */
static void chunks(void) {
    static const char *const names[] = {"adamw", "sgd", "adagrad", "rmsprop"};
    for (int k = 0; k < 4; k++) {
        const heed_optimizer *optimizer = heed_optimizer_find(names[k]);
        heed_error error = {0};
        heed_real *values[2], *gradient = block(1, 0.1), *start = block(0, 1);
        if (!CHECK(optimizer != NULL))
            return;
        heed_optimizer_settings settings = optimizer->defaults;
        settings.rate = 0.01;
        settings.momentum = 0.9;
        for (int t = 0; t < 2; t++) {
            heed_real *m = heed_alloc(SIZE, sizeof *m), *v = heed_alloc(SIZE, sizeof *v);
            heed_pool *pool;
            values[t] = block(0, 1);
            CHECK_OK(heed_pool_create(2 * t + 1, &pool, &error), &error);
            heed_flat_blocks blocks = {SIZE, values[t], gradient, m, v};
            for (int step = 1; step <= 3; step++)
                heed_optimizer_step(pool, heed_kernels_active(), optimizer, &settings, &blocks, step, 0.5);
            heed_pool_free(pool);
            heed_free(m);
            heed_free(v);
        }
        CHECK(memcmp(values[0], values[1], SIZE * sizeof(heed_real)) == 0);
        CHECK(values[0][SIZE - 1] != start[SIZE - 1] && values[0][0] != start[0]);
        heed_free(values[0]);
        heed_free(values[1]);
        heed_free(gradient);
        heed_free(start);
    }
}

static void clip_by_value(void) {
    heed_real *gradient = block(5, 1), *before = block(5, 1);
    heed_error error = {0};
    heed_pool *pool;
    CHECK_OK(heed_pool_create(2, &pool, &error), &error);
    heed_gradients_clip(pool, gradient, SIZE, 0.5);
    heed_pool_free(pool);
    int clipped = 0;
    for (int i = 0; i < SIZE; i++) {
        const heed_real g = before[i], want = g > (heed_real)0.5 ? (heed_real)0.5 : g < (heed_real)-0.5 ? (heed_real)-0.5 : g;
        clipped += g != want;
        if (!CHECK(gradient[i] == want))
            break;
    }
    CHECK(clipped > SIZE / 2 && clipped < SIZE);
    heed_free(gradient);
    heed_free(before);
}

static void reduce(void) {
    double norms[3], *scratch = heed_alloc(heed_flat_chunks(SIZE), sizeof *scratch);
    heed_real *results[3];
    heed_error error = {0};
    for (int t = 0; t < 3; t++) {
        heed_real *shards[3] = {block(2, 1), block(3, 1), block(4, 1)};
        heed_pool *pool;
        CHECK_OK(heed_pool_create(t + 1, &pool, &error), &error);
        heed_gradients_reduce(pool, heed_kernels_active(), shards, 3, SIZE, scratch, &norms[t]);
        heed_pool_free(pool);
        results[t] = shards[0];
        heed_free(shards[1]);
        heed_free(shards[2]);
    }
    heed_real *a = block(2, 1), *b = block(3, 1), *c = block(4, 1);
    double squares = 0;
    for (int i = 0; i < SIZE; i++) {
        heed_real sum = a[i] + b[i];
        sum += c[i];
        squares += (double)sum * (double)sum;
        if (results[0][i] != sum) {
            heed_compare_one("sum", (size_t)i, (double)results[0][i], (double)sum, 0);
            break;
        }
    }
    heed_compare_one("norm", 0, norms[0], sqrt(squares), 1e-6);
    for (int t = 1; t < 3; t++) {
        CHECK(norms[t] == norms[0]);
        CHECK(memcmp(results[t], results[0], SIZE * sizeof(heed_real)) == 0);
    }
    for (int t = 0; t < 3; t++)
        heed_free(results[t]);
    heed_free(a);
    heed_free(b);
    heed_free(c);
    heed_free(scratch);
}

int main(void) {
    adam();
    chunks();
    clip_by_value();
    reduce();
    CHECK(heed_optimizer_find("lion") == NULL);
    CHECK_INT(heed_flat_chunks(SIZE), 3);
    return heed_test_finish("train optimizer");
}
