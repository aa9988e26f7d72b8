/* The architectures of a program: a file of its own, so that one that trains a single kind is compiled with a list of
 * that, and is not linked with the others. */
#include "models/arch.h"

#ifndef HEED_ARCH_LIST
#define HEED_ARCH_LIST "models/models.def"
#endif

const heed_arch *const heed_archs[] = {
#define HEED_ARCH(name) &heed_arch_##name,
#include HEED_ARCH_LIST
#undef HEED_ARCH
    &heed_arch_word_vectors,
    NULL,
};

const char heed_arch_names[] =
#define HEED_ARCH(name) " " #name
#include HEED_ARCH_LIST
#undef HEED_ARCH
    " word_vectors";
