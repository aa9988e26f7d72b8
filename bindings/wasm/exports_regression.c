/* heed/regression.h as a flat call; see exports.c for what NULL means. */
#include <stddef.h>

#include "export.h"
#include "heed/regression.h"

/* Regression is plain C: it comes without kernels. */
const char *EXPORT(heed_wasm_isa)(void) { return "scalar"; }

/* heed_regress of y [rows] and x [rows, columns], as the JSON of heed_regression_json with the further rows at [more,
 * columns]. numbers[7]: method, degree, l1, l2, standardise, steps, rate. */
char *EXPORT(heed_wasm_regress)(const double *x, const double *y, int rows, int columns, const double *numbers,
                                const double *at, int more)
{
    const heed_regression_options options = {
        .method = (heed_regression_method)(int)numbers[0], .degree = (int)numbers[1], .l1 = numbers[2], .l2 = numbers[3],
        .standardise = numbers[4] != 0, .steps = (int)numbers[5], .rate = numbers[6]};
    char *json = NULL;
    heed_regression fit;
    heed_error *error = fresh_error();
    if (heed_regress(x, y, rows, columns, &options, &fit, error) == HEED_OK)
        heed_regression_json(&fit, at, more, &json, error);
    heed_regression_free(&fit);
    return json;
}
