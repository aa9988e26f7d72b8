/* How a case of each kind of golden file is checked. */
#ifndef HEED_GOLDEN_PARTS_H
#define HEED_GOLDEN_PARTS_H

#include "golden_case.h"

void golden_check_op(const golden_case *test);
void golden_check_score(const golden_case *test);
void golden_check_layer(const golden_case *test);
void golden_check_model(const golden_case *test);
void golden_check_vectors(const golden_case *test);
void golden_check_optimizer(const golden_case *test);
void golden_check_regression(const golden_case *test);

#endif
