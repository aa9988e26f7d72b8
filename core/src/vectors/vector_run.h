/* heed_train for recipes of word vectors. */
#ifndef HEED_VECTORS_VECTOR_RUN_H
#define HEED_VECTORS_VECTOR_RUN_H

#include "heed/train.h"

heed_status heed_vector_run(const char *recipe, size_t recipe_size, const heed_train_options *options,
                            heed_error *error);

#endif
