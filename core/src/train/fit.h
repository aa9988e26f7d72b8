/* How near a model's numbers are to what they should be. */
#ifndef HEED_FIT_H
#define HEED_FIT_H

#include "models/arch.h"

typedef struct heed_fit { /* sums; zero-initialise */
    int64_t count;
    double squared, absolute; /* of predicted - wanted, in the data's own units */
    double mean, deviation;   /* of what was wanted: its mean, and the sum of squared differences from it (Welford 1962) */
    int64_t rows, wrong;      /* of numbers that are 0 or 1: rows in which one is on the wrong side of 1/2 */
} heed_fit;

/* A row of n numbers. */
void heed_fit_add(heed_fit *fit, size_t n, const double *predicted, const double *wanted);
/* What two fits are together (Chan, Golub and LeVeque 1979). */
void heed_fit_join(heed_fit *fit, const heed_fit *other);
/* The rows of a batch whose targets are numbers. */
heed_status heed_fit_batch(heed_fit *fit, const heed_model *model, heed_tape *tape, const heed_batch *batch,
                           heed_error *error);
double heed_fit_mse(const heed_fit *fit);
double heed_fit_mae(const heed_fit *fit);
/* 1 - squared / deviation: 1 is perfect, 0 no better than the mean; 0 when the same number is wanted everywhere. */
double heed_fit_r2(const heed_fit *fit);

#endif
