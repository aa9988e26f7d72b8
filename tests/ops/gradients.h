/* The parts of the gradient test: ops, scores, models; and what each has covered, for the test of completeness. */
#ifndef HEED_GRADIENTS_H
#define HEED_GRADIENTS_H

/* Each runs its cases and returns how many there were for this entry of ops.def, scores.def or models.def. */
int gradients_of_op(const char *op);
int gradients_of_score(const char *score);
int gradients_of_model(const char *model);

/* The checker itself: the worst relative error that it sees in an op whose analytic gradient is multiplied by
 * `factor`. */
double gradient_error_when_spoilt(double factor);

#endif
