/* Regression: coefficients, predictions and figures of every method. */
#include "golden_parts.h"
#include "heed/regression.h"

static double *doubles(const golden_case *test, const char *name, size_t count) {
    const heed_real *from = golden_reals(test, name, count);
    double *to = heed_arena_alloc_zero(&test->file->arena, count * sizeof *to);
    for (size_t i = 0; i < count; i++)
        to[i] = (double)from[i];
    return to;
}

static void compare(const golden_case *test, const char *name, const double *got, size_t count) {
    heed_real *reals = heed_arena_alloc_zero(&test->file->arena, count * sizeof *reals);
    for (size_t i = 0; i < count; i++)
        reals[i] = (heed_real)got[i];
    golden_compare(test, name, reals, count);
}

void golden_check_regression(const golden_case *test) {
    const heed_safetensor *x = golden_find(test, "x");
    heed_error error = {0};
    heed_regression fit;
    if (!CHECK(x && x->rank == 2))
        return;
    const size_t rows = (size_t)x->dims[0];
    const heed_real *penalties = golden_reals(test, "penalties", 2);
    const heed_regression_options options = {.method = (heed_regression_method)golden_int(test, "method", 0),
                                             .degree = golden_int(test, "degree", 0),
                                             .standardise = golden_int(test, "standardise", 0),
                                             .l1 = (double)penalties[0],
                                             .l2 = (double)penalties[1],
                                             .steps = 1000000};
    if (!CHECK_OK(heed_regress(doubles(test, "x", x->count), doubles(test, "y", rows), (int)rows, (int)x->dims[1], &options,
                               &fit, &error), &error))
        return;
    CHECK(fit.converged);
    double all[1 + HEED_REGRESSION_FEATURES_MAX] = {fit.intercept};
    memcpy(all + 1, fit.coefficients, (size_t)fit.features * sizeof *all);
    compare(test, "fit", all, (size_t)fit.features + 1);
    compare(test, "predictions", fit.predictions, rows);
    compare(test, "residuals", fit.residuals, rows);
    compare(test, "figures", (const double[]){fit.mse, fit.rmse, fit.mae, fit.r2}, 4);
    heed_regression_free(&fit);
}
