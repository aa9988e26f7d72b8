/* A fuzz target is one file with LLVMFuzzerTestOneInput, the entry that libFuzzer calls. Here runner.c calls it, so
 * that every build and compiler can run it: the committed corpus, then mutations of it drawn from a seed. To search
 * further:
 *
 *     clang -fsanitize=fuzzer,address,undefined -Icore/include -Icore/src tests/fuzz/fuzz_json.c <core sources> -lm
 *  */
#ifndef HEED_FUZZ_H
#define HEED_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise of the library broken by an input: the runner or libFuzzer keeps the input and stops. */
#define FUZZ_CHECK(condition)                                                                   \
    do {                                                                                        \
        if (!(condition)) {                                                                     \
            fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition);     \
            abort();                                                                            \
        }                                                                                       \
    } while (0)

/* A refusal must say why, in one line. */
#define FUZZ_CHECK_REFUSED(returned, error) FUZZ_CHECK((error).status == (returned) && (error).message[0] != '\0')

/* Inputs that the library accepted; the runner wants some, or the mutations test nothing but the first check. Weak,
 * so that a target links with libFuzzer too, which has no such number. */
__attribute__((weak)) long fuzz_accepted;

#endif
