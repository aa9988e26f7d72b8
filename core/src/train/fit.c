#include "train/fit.h"

#include <math.h>

#include "models/head.h"

void heed_fit_add(heed_fit *fit, size_t n, const double *predicted, const double *wanted)
{
    bool wrong = false;
    for (size_t i = 0; i < n; i++) {
        const double error = predicted[i] - wanted[i], off = wanted[i] - fit->mean;
        fit->squared += error * error;
        fit->absolute += fabs(error);
        fit->mean += off / (double)++fit->count;
        fit->deviation += off * (wanted[i] - fit->mean);
        wrong = wrong || (predicted[i] > 0.5) != (wanted[i] > 0.5);
    }
    fit->rows++;
    fit->wrong += wrong;
}

void heed_fit_join(heed_fit *fit, const heed_fit *other)
{
    const double a = (double)fit->count, b = (double)other->count, off = other->mean - fit->mean;
    if (other->count == 0)
        return;
    fit->count += other->count;
    fit->squared += other->squared;
    fit->absolute += other->absolute;
    fit->mean += off * b / (a + b);
    fit->deviation += other->deviation + off * off * a * b / (a + b);
    fit->rows += other->rows;
    fit->wrong += other->wrong;
}

heed_status heed_fit_batch(heed_fit *fit, const heed_model *model, heed_tape *tape, const heed_batch *batch,
                           heed_error *error)
{
    const heed_source source = heed_batch_source(batch);
    const heed_values *form = model->target ? heed_values_of(model->target) : NULL;
    const int channels = model->values_out.channels, width = batch->target_length * channels;
    const heed_tensor *y = heed_head_predict(model, tape, &source);
    double *predicted = heed_tape_alloc(tape, 2 * (size_t)width, sizeof *predicted);
    HEED_TRY(heed_tape_check(tape, error));
    double *wanted = predicted + width;
    for (int b = 0; b < batch->rows; b++) {
        const int n = batch->target_lengths[b] * channels;
        for (int i = 0; i < n; i++) {
            const size_t at = (size_t)b * (size_t)width + (size_t)i;
            predicted[i] = heed_values_restore(form, i % channels, (double)y->data[at]);
            wanted[i] = heed_values_restore(form, i % channels, (double)batch->answers[at]);
        }
        heed_fit_add(fit, (size_t)n, predicted, wanted);
    }
    return HEED_OK;
}

double heed_fit_mse(const heed_fit *fit)
{
    return fit->count > 0 ? fit->squared / (double)fit->count : 0;
}

double heed_fit_mae(const heed_fit *fit)
{
    return fit->count > 0 ? fit->absolute / (double)fit->count : 0;
}

double heed_fit_r2(const heed_fit *fit)
{
    return fit->deviation > 0 ? 1 - fit->squared / fit->deviation : 0;
}
