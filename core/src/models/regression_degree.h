/* What training in other ways than by a model's loss has to know of a regression. */
#ifndef HEED_MODELS_REGRESSION_DEGREE_H
#define HEED_MODELS_REGRESSION_DEGREE_H

#include "models/arch.h"

/* The degree of the features of a model whose outputs, numbers with the loss "mse", are linear in them: its only
 * parameters are then weight [size, features] and bias [size], in this order. 0: it is none. */
int heed_regression_degree(const heed_model *model);

#endif
