/* The names of all ops, scores and architectures, from the lists that the engine is built of. */
#ifndef HEED_TEST_ENTRIES_H
#define HEED_TEST_ENTRIES_H

static const char *const entries_of_ops[] = {
#define HEED_OP(name) #name,
#include "ops/ops.def"
#undef HEED_OP
};

static const char *const entries_of_scores[] = {
#define HEED_SCORE(name) #name,
#include "nn/attention/scores.def"
#undef HEED_SCORE
};

static const char *const entries_of_models[] = {
#define HEED_ARCH(name) #name,
#include "models/models.def"
#undef HEED_ARCH
};

#endif
