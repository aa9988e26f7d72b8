/* Choosing the instruction set: best first, of those built in and available here. */
#include "heed/isa.h"

#include <stdatomic.h>
#include <string.h>

#include "base/error.h"
#include "kernels/kernels.h"
#include "kernels/tables.h"

static int always(void) { return 1; }

#if defined(HEED_HAVE_AVX512) || defined(HEED_HAVE_AVX512VNNI)
static int has_avx512(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
}
#endif
#ifdef HEED_HAVE_AVX512VNNI
static int has_avx512vnni(void) { return has_avx512() && __builtin_cpu_supports("avx512vnni"); }
#endif
#ifdef HEED_HAVE_AVX2
static int has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
#endif

/* A wasm module with an instruction that the browser lacks does not load at all, and every AArch64 machine has NEON:
 * the sets of these are always available where they are built in. */
static const struct set {
    const heed_kernels *kernels;
    int (*available)(void);
} sets[] = {
#ifdef HEED_HAVE_AVX512VNNI
    {&heed_kernels_avx512vnni, has_avx512vnni},
#endif
#ifdef HEED_HAVE_AVX512
    {&heed_kernels_avx512, has_avx512},
#endif
#ifdef HEED_HAVE_AVX2
    {&heed_kernels_avx2, has_avx2},
#endif
#ifdef HEED_HAVE_NEON
    {&heed_kernels_neon, always},
#endif
#ifdef HEED_HAVE_RELAXED
    {&heed_kernels_relaxed, always},
#endif
#ifdef HEED_HAVE_SIMD128
    {&heed_kernels_simd128, always},
#endif
    {&heed_kernels_scalar, always},
};
enum { SET_COUNT = sizeof sets / sizeof *sets };

static const char *const names[] = {
#ifdef HEED_HAVE_AVX512VNNI
    "avx512vnni",
#endif
#ifdef HEED_HAVE_AVX512
    "avx512",
#endif
#ifdef HEED_HAVE_AVX2
    "avx2",
#endif
#ifdef HEED_HAVE_NEON
    "neon",
#endif
#ifdef HEED_HAVE_RELAXED
    "relaxed",
#endif
#ifdef HEED_HAVE_SIMD128
    "simd128",
#endif
    "scalar", NULL,
};

static _Atomic(const heed_kernels *) active;

static const struct set *find(const char *name) {
    for (int i = 0; name != NULL && i < SET_COUNT; i++)
        if (strcmp(sets[i].kernels->isa, name) == 0)
            return &sets[i];
    return NULL;
}

const char *const *heed_isa_list(void) { return names; }

int heed_isa_available(const char *name) { return heed_kernels_named(name) != NULL; }

const heed_kernels *heed_kernels_named(const char *name) {
    const struct set *set = find(name);
    return set != NULL && set->available() ? set->kernels : NULL;
}

static const heed_kernels *best(void) {
#if defined(HEED_HAVE_RELAXED)
    return &heed_kernels_relaxed; /* said, not looked up: a module that asks for no other set then has no other */
#elif defined(HEED_HAVE_SIMD128)
    return &heed_kernels_simd128;
#else
    /* [book:best] */
    int i = 0;
    while (!sets[i].available())
        i++;
    return sets[i].kernels;
    /* [/book] */
#endif
}

/* Two threads that are first at once find the same set, so either store is right. */
const heed_kernels *heed_kernels_active(void) {
    const heed_kernels *kernels = atomic_load_explicit(&active, memory_order_acquire);
    if (kernels == NULL) {
        kernels = best();
        atomic_store_explicit(&active, kernels, memory_order_release);
    }
    return kernels;
}

heed_status heed_isa_force(const char *name, heed_error *error) {
    const struct set *set = find(name);
    if (set == NULL)
        return heed_fail(error, HEED_ERROR_UNKNOWN, "instruction set %s is not in this build", name ? name : "(null)");
    if (!set->available())
        return heed_fail(error, HEED_ERROR_ARGUMENT, "instruction set %s is not available on this machine", name);
    atomic_store_explicit(&active, set->kernels, memory_order_release);
    return HEED_OK;
}

const char *heed_isa_name(void) { return heed_kernels_active()->isa; }
