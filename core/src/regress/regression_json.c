/* A regression as JSON: what a figure draws. */
#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "heed/regression.h"

enum { DIGITS = 10 };

static void write_list(heed_json_writer *writer, const char *key, const double *list, int count)
{
    heed_json_write_array(writer, key);
    for (int i = 0; i < count; i++)
        heed_json_write_real(writer, NULL, list[i], DIGITS);
    heed_json_write_end_array(writer);
}

static void write_powers(heed_json_writer *writer, const heed_regression *r, const int *powers)
{
    heed_json_write_array(writer, "powers");
    for (int j = 0; j < r->features; j++) {
        heed_json_write_array(writer, NULL);
        for (int c = 0; c < r->columns; c++)
            heed_json_write_int(writer, NULL, powers[j * r->columns + c]);
        heed_json_write_end_array(writer);
    }
    heed_json_write_end_array(writer);
}

static void write_all(heed_json_writer *writer, const heed_regression *r, const int *powers, const double *at, int rows)
{
    const struct {
        const char *name;
        double value;
    } figures[] = {{"intercept", r->intercept}, {"mse", r->mse}, {"rmse", r->rmse}, {"mae", r->mae},
                   {"r2", r->r2},               {"loss", r->loss}, {"rate", r->rate}, {"steps", r->steps}};
    heed_json_write_object(writer, NULL);
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        heed_json_write_real(writer, figures[i].name, figures[i].value, DIGITS);
    heed_json_write_bool(writer, "converged", r->converged);
    write_powers(writer, r, powers);
    write_list(writer, "coefficients", r->coefficients, r->features);
    write_list(writer, "inflation", r->inflation, r->features);
    write_list(writer, "predictions", r->predictions, r->rows);
    write_list(writer, "residuals", r->residuals, r->rows);
    write_list(writer, "at", at, rows);
    heed_json_write_end_object(writer);
}

heed_status heed_regression_json(const heed_regression *regression, const double *x, int rows, char **json,
                                 heed_error *error)
{
    const size_t features = (size_t)regression->features, columns = (size_t)regression->columns;
    heed_string_buffer text = {0};
    heed_json_writer writer = {.out = &text};
    int *powers = heed_alloc(features * columns, sizeof *powers);
    double *at = heed_alloc((size_t)rows + columns + features, sizeof *at); /* with a row of zeros and its features */
    if (powers != NULL && at != NULL) {
        heed_polynomial_features(at + rows, regression->columns, regression->degree, at + rows + columns, powers);
        heed_regression_predict(regression, x, rows, at);
        write_all(&writer, regression, powers, at, rows);
    }
    const bool failed = powers == NULL || at == NULL || text.failed;
    heed_free(powers);
    heed_free(at);
    if (failed) {
        heed_string_free(&text);
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the result of a regression");
    }
    *json = text.text; /* the buffer's memory comes from heed_alloc and is handed over */
    return HEED_OK;
}
