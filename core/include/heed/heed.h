/* Heed: sequence models in C. The umbrella of the public API. */
#ifndef HEED_H
#define HEED_H

#include "heed/bench.h"
#include "heed/generate.h"
#include "heed/isa.h"
#include "heed/model.h"
#include "heed/predict.h"
#include "heed/regression.h"
#include "heed/status.h"
#include "heed/tasks.h"
#include "heed/train.h"
#include "heed/training.h"
#include "heed/vectors.h"

#endif
