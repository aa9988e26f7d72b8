/* Training by a method of regression: a step of it is one of the optimiser's, with all examples at once and in double
 * precision. What is left of the steps when nothing changes any more is not done. */
#include "base/memory.h"
#include "models/regression_degree.h"
#include "models/transformer.h"
#include "regress/least_squares.h"
#include "train/trainer.h"

typedef struct regression_fit {
    heed_regression_options options; /* the steps of a closed form are 1 */
    heed_least_squares squares;      /* empty before the first step */
} regression_fit;

static heed_status read_options(const heed_json *train, heed_regression_options *options, heed_error *error)
{
    static const char *const where = "recipe.train";
    static const char *const fields[] = {"method", "penalty", "standardise", "steps", "rate", NULL};
    static const char *const penalty_fields[] = {"l1", "l2", NULL};
    const heed_json *penalty = NULL;
    int64_t steps = HEED_REGRESSION_STEPS;
    int method = HEED_REGRESSION_AUTO;
    HEED_TRY(heed_json_only(train, where, fields, error));
    HEED_TRY(heed_choice(train, where, "method", heed_regression_methods, &method, error));
    if (heed_json_get(train, "penalty") != NULL)
        HEED_TRY(heed_json_object(train, where, "penalty", &penalty, error));
    HEED_TRY(heed_json_only(penalty, "recipe.train.penalty", penalty_fields, error));
    HEED_TRY(heed_json_real(penalty, "recipe.train.penalty", "l1", 0, 1e9, &options->l1, error));
    HEED_TRY(heed_json_real(penalty, "recipe.train.penalty", "l2", 0, 1e9, &options->l2, error));
    HEED_TRY(heed_json_bool(train, where, "standardise", &options->standardise, error));
    HEED_TRY(heed_json_int(train, where, "steps", 1, 1000000, &steps, error));
    HEED_TRY(heed_json_real(train, where, "rate", 1e-9, 1e9, &options->rate, error));
    options->method = (heed_regression_method)method;
    HEED_TRY(heed_least_squares_method(options, "recipe.train.penalty.", &options->method, error));
    const bool closed = options->method == HEED_REGRESSION_NORMAL;
    const char *idle = closed && heed_json_get(train, "steps") ? "steps"
                       : options->rate > 0 && options->method != HEED_REGRESSION_GRADIENT ? "rate" : NULL;
    if (idle != NULL)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.%s is given; the method \"%s\" has none", where, idle,
                         heed_regression_methods[options->method]);
    options->steps = closed ? 1 : (int)steps;
    return HEED_OK;
}

static heed_status configure(heed_trainer *trainer, heed_error *error)
{
    regression_fit *fit = heed_arena_alloc_zero(&trainer->arena, sizeof *fit);
    trainer->fit = fit;
    if (fit == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a regression");
    HEED_TRY(read_options(trainer->recipe.method, &fit->options, error));
    if (heed_regression_degree(trainer->model) == 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "recipe.train.method is \"%s\"; it fits a recipe.model of type "
                         "\"regression\" to numbers, with the loss \"mse\"", heed_regression_methods[fit->options.method]);
    trainer->steps_per_epoch = fit->options.steps;
    return HEED_OK;
}

/* x [rows, columns] and y [rows, targets] are room for the examples. */
static heed_status begin_with(heed_trainer *trainer, double *x, double *y, int columns, int targets, heed_error *error)
{
    const heed_examples *examples = &trainer->examples;
    regression_fit *fit = trainer->fit;
    for (int32_t i = 0; i < examples->count; i++) {
        for (int c = 0; c < columns; c++)
            x[(size_t)i * columns + c] = (double)examples->list[i].values[c];
        for (int t = 0; t < targets; t++)
            y[(size_t)i * targets + t] = (double)examples->list[i].answers[t];
    }
    return heed_least_squares_begin(&fit->squares, x, y, examples->count, columns, heed_regression_degree(trainer->model),
                                    targets, fit->options.standardise, error);
}

static heed_status begin(heed_trainer *trainer, heed_error *error)
{
    const heed_model *model = trainer->model;
    const int columns = model->values_in.steps * model->values_in.channels, targets = model->head.size;
    const size_t rows = (size_t)trainer->examples.count;
    double *x = heed_alloc(rows * (size_t)(columns + targets), sizeof *x);
    const heed_status status = x ? begin_with(trainer, x, x + rows * (size_t)columns, columns, targets, error)
                                 : heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a regression");
    heed_free(x);
    return status;
}

/* Into the model; returns the mean of the targets' mean squared errors. */
static double put(heed_trainer *trainer, const heed_least_squares *squares)
{
    double coefficients[HEED_REGRESSION_FEATURES_MAX], sum = 0;
    heed_real *weight = trainer->model->params.values, *bias = weight + squares->targets * squares->p;
    for (int t = 0; t < squares->targets; t++) {
        bias[t] = (heed_real)heed_least_squares_coefficients(squares, t, coefficients);
        for (int j = 0; j < squares->p; j++)
            weight[t * squares->p + j] = (heed_real)coefficients[j];
        sum += heed_least_squares_error(squares, t);
    }
    return sum / squares->targets;
}

static heed_status step(heed_trainer *trainer, heed_error *error)
{
    regression_fit *fit = trainer->fit;
    heed_least_squares *squares = &fit->squares;
    heed_trainer_state *state = &trainer->state;
    if (squares->memory == NULL)
        HEED_TRY(begin(trainer, error));
    do { /* of a run that goes on what was done before, once more: the same numbers */
        HEED_TRY(heed_least_squares_advance(squares, &fit->options, 1, error));
    } while (!squares->converged && squares->steps <= state->step);
    trainer->last_tokens = state->tokens = (int64_t)squares->n * squares->targets;
    trainer->last_loss = state->loss_sum = put(trainer, squares) * (double)state->tokens;
    trainer->last_rate = trainer->recipe.schedule_settings.rate = squares->rate;
    state->step++;
    if (squares->converged)
        trainer->steps_per_epoch = trainer->total_steps = state->step;
    return HEED_OK;
}

static void free_fit(heed_trainer *trainer)
{
    heed_least_squares_free(&((regression_fit *)trainer->fit)->squares);
}

const heed_trainer_method heed_trainer_regression = {configure, step, free_fit};
