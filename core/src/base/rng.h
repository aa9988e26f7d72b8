/* Random numbers from counters: a generator is (seed, stream), so step n of shard k draws the same numbers whichever
 * thread runs it and wherever training was cut and resumed. Philox would do; this is SplitMix64 seeding
 * xoshiro256** (Blackman and Vigna 2018, https://prng.di.unimi.it). */
#ifndef HEED_BASE_RNG_H
#define HEED_BASE_RNG_H

#include <stdint.h>

typedef struct heed_rng {
    uint64_t state[4];
} heed_rng;

void heed_rng_seed(heed_rng *rng, uint64_t seed, uint64_t stream);
uint64_t heed_rng_next(heed_rng *rng);
double heed_rng_uniform(heed_rng *rng);              /* [0, 1), 53 bits */
double heed_rng_normal(heed_rng *rng);               /* mean 0, variance 1 */
uint32_t heed_rng_below(heed_rng *rng, uint32_t n);  /* 0 .. n-1, unbiased; n > 0 */
/* Fisher-Yates. */
void heed_rng_shuffle(heed_rng *rng, int32_t *items, int32_t n);

#endif
