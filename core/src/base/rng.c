#include "base/rng.h"

#include <math.h>

static uint64_t split_mix(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static uint64_t rotate_left(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

void heed_rng_seed(heed_rng *rng, uint64_t seed, uint64_t stream)
{
    /* Both numbers go through the mixer, so that (1, 2) and (2, 1), or neighbouring streams, have nothing in common. */
    uint64_t state = seed;
    state = split_mix(&state) ^ stream;
    for (int i = 0; i < 4; i++)
        rng->state[i] = split_mix(&state);
}

uint64_t heed_rng_next(heed_rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double heed_rng_uniform(heed_rng *rng)
{
    return (double)(heed_rng_next(rng) >> 11) * 0x1p-53;
}

double heed_rng_normal(heed_rng *rng)
{
    /* Box and Muller 1958. The second value is thrown away: a generator without a memory beside its state. */
    double u = 1.0 - heed_rng_uniform(rng); /* (0, 1]: its logarithm is finite */
    double v = heed_rng_uniform(rng);
    return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

uint32_t heed_rng_below(heed_rng *rng, uint32_t n)
{
    /* Lemire 2019, "Fast random integer generation in an interval". */
    uint64_t product = (heed_rng_next(rng) >> 32) * n;
    if ((uint32_t)product < n) {
        uint32_t threshold = (0u - n) % n;
        while ((uint32_t)product < threshold)
            product = (heed_rng_next(rng) >> 32) * n;
    }
    return (uint32_t)(product >> 32);
}

void heed_rng_shuffle(heed_rng *rng, int32_t *items, int32_t n)
{
    for (int32_t i = n - 1; i > 0; i--) {
        int32_t j = (int32_t)heed_rng_below(rng, (uint32_t)i + 1);
        int32_t kept = items[i];
        items[i] = items[j];
        items[j] = kept;
    }
}
