/* What begins training in fit-*.wasm: as in train-*.wasm, and by methods of regression. */
#include <stddef.h>

#include "export.h"
#include "heed/training.h"

/* `pairs` may be NULL: the recipe then makes its own examples. */
heed_training *EXPORT(heed_wasm_training_create)(const char *recipe, size_t recipe_size, const char *pairs,
                                                 size_t pairs_size)
{
    heed_training *training = NULL;
    heed_training_create_fit(recipe, recipe_size, pairs, pairs_size, &training, fresh_error());
    return training;
}
