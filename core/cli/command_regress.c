/* heed regress: a line, or a polynomial, through the rows of a table. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "heed/regression.h"

/* "x1 x2^2", a feature as the product that it is. */
static void print_feature(const int *powers, int columns)
{
    const char *separator = "";
    for (int c = 0; c < columns; c++) {
        if (powers[c] == 0)
            continue;
        printf("%sx%d", separator, c + 1);
        if (powers[c] > 1)
            printf("^%d", powers[c]);
        separator = " ";
    }
}

static int print_table(const cli_command *command, const heed_regression *fit)
{
    const size_t columns = (size_t)fit->columns, features = (size_t)fit->features;
    double *values = calloc(columns + features, sizeof *values);
    int *powers = calloc(features * columns, sizeof *powers);
    if (values == NULL || powers == NULL) {
        free(values);
        free(powers);
        return cli_fail(command, "out of memory");
    }
    heed_polynomial_features(values, fit->columns, fit->degree, values + columns, powers);
    printf("%.6g\tintercept\n", fit->intercept);
    for (int j = 0; j < fit->features; j++) {
        printf("%.6g\t", fit->coefficients[j]);
        print_feature(powers + (size_t)j * columns, fit->columns);
        printf("\n");
    }
    printf("R2 %.6g, RMSE %.6g, MAE %.6g of %d rows", fit->r2, fit->rmse, fit->mae, fit->rows);
    if (fit->steps > 0)
        printf("; %d steps%s", fit->steps, fit->converged ? "" : ", still moving");
    printf("\n");
    free(values);
    free(powers);
    return cli_finish(command);
}

static int print_json(const cli_command *command, const heed_regression *fit)
{
    heed_error error = {0};
    char *json = NULL;
    if (heed_regression_json(fit, NULL, 0, &json, &error) != HEED_OK)
        return cli_fail_error(command, &error);
    printf("%s\n", json);
    heed_text_free(json);
    return cli_finish(command);
}

static bool find_method(const cli_command *command, const char *name, heed_regression_options *options)
{
    for (int i = 0; heed_regression_methods[i] != NULL; i++)
        if (strcmp(heed_regression_methods[i], name) == 0) {
            options->method = (heed_regression_method)i;
            return true;
        }
    cli_usage(command, "--method is \"%s\"; it must be auto, normal, gradient or coordinates", name);
    return false;
}

static int run(const cli_command *command, int count, char **arguments)
{
    heed_regression_options options = {.degree = 1};
    const char *method = heed_regression_methods[0];
    bool json = false;
    int code;
    const cli_option table[] = {
        {"--degree", "N", "polynomials of the columns up to this degree; default 1", CLI_INT, &options.degree, 1,
         HEED_DEGREE_MAX},
        {"--l1", "P", "penalty of the coefficients' absolute values: the lasso", CLI_REAL, &options.l1, 0, 0},
        {"--l2", "P", "penalty of their squares: ridge regression; with --l1 the elastic net", CLI_REAL, &options.l2, 0,
         0},
        {"--standardise", NULL, "penalties are of features of mean 0 and variance 1", CLI_FLAG, &options.standardise, 0,
         0},
        {"--method", "NAME", "auto, normal (equation), gradient (descent), coordinates (descent)", CLI_TEXT, &method, 0,
         0},
        {"--steps", "N", "of a descent, at most; default 10000", CLI_INT, &options.steps, 1, INT_MAX},
        {"--rate", "R", "of gradient descent; default the fastest that is safe", CLI_REAL, &options.rate, 0, 0},
        {"--json", NULL, "as JSON, with predictions and residuals", CLI_FLAG, &json, 0, 0},
        {NULL, NULL, NULL, CLI_FLAG, NULL, 0, 0},
    };
    if (!cli_parse_exactly(command, table, count, arguments, 1, "one FILE", &code))
        return code;
    if (!find_method(command, method, &options))
        return CLI_USAGE;
    size_t size;
    char *text = cli_read_file(command, arguments[0], &size);
    if (text == NULL)
        return CLI_FAILED;
    heed_error error = {0};
    heed_regression fit;
    const heed_status status = heed_regress_table(text, size, arguments[0], &options, &fit, &error);
    free(text);
    if (status != HEED_OK)
        return cli_fail_error(command, &error);
    code = json ? print_json(command, &fit) : print_table(command, &fit);
    heed_regression_free(&fit);
    return code;
}

const cli_command heed_command_regress = {
    "regress", "FILE", "linear regression of a table, with or without penalties",
    "Fits the last column of FILE, a CSV or TSV, to the others, x1, x2, ..: prints each coefficient and its feature, and\n"
    "how well the fit does on these rows.\n",
    run};
