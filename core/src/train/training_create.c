#include "heed/training.h"
#include "vectors/vector_method.h"

heed_status heed_training_create(const char *recipe_json, size_t recipe_size, const char *data, size_t data_size,
                                 heed_training **out, heed_error *error)
{
    return (heed_vector_recipe_is(recipe_json, recipe_size) ? heed_training_create_vectors : heed_training_create_fit)(
        recipe_json, recipe_size, data, data_size, out, error);
}
