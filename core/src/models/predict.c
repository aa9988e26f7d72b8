#include "heed/predict.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "models/head.h"

enum { SLICE = 256 /* rows at once: a picture of a plane has thousands */ };

int heed_model_gives_numbers(const heed_model *model)
{
    return model->values_out.channels > 0;
}

static heed_status check_kind(const heed_model *model, heed_error *error)
{
    if (model->head.loss != NULL)
        return HEED_OK;
    return heed_fail(error, HEED_ERROR_ARGUMENT, "model_type \"%s\" writes token after token: it generates, and predicts "
                     "nothing at once", model->arch->name);
}

static heed_status prepare(const heed_model *model, int rows, int steps, heed_prediction *out, heed_error *error)
{
    const heed_head *head = &model->head;
    const int channels = model->values_out.channels > 0 ? model->values_out.channels : head->size;
    *out = (heed_prediction){.rows = rows, .steps = head->every ? steps : head->size / channels, .channels = channels,
                             .labels = head->loss->of == NULL, .first_label = HEED_TOKEN_SPECIALS};
    out->values = heed_alloc((size_t)rows * (size_t)out->steps * (size_t)channels, sizeof *out->values);
    return out->values != NULL ? HEED_OK : heed_fail(error, HEED_ERROR_MEMORY, "out of memory: %d predictions", rows);
}

/* The rows of `source` as rows of `out`, from row `first` on. */
static heed_status run(const heed_model *model, heed_tape *tape, const heed_source *source, int first,
                       heed_prediction *out, heed_error *error)
{
    const heed_values *form = heed_values_of(model->target);
    const size_t width = (size_t)out->steps * (size_t)out->channels;
    const heed_tensor *y = heed_head_predict(model, tape, source);
    HEED_TRY(heed_tape_check(tape, error));
    for (size_t i = 0; i < (size_t)source->rows * width; i++)
        out->values[(size_t)first * width + i] =
            (float)heed_values_restore(form, (int)(i % (size_t)out->channels), (double)y->data[i]);
    return HEED_OK;
}

/* Rows of numbers as the model reads them. */
static heed_status read_values(const heed_model *model, const float *values, size_t rows, size_t width, heed_real *to,
                               heed_error *error)
{
    const heed_values *form = heed_values_of(model->source);
    for (size_t i = 0; i < rows * width; i++) {
        const size_t c = i % (size_t)form->channels;
        const double value = (double)values[i];
        if (!isfinite(value))
            return heed_fail(error, HEED_ERROR_NUMERIC, "value %zu is not finite", i + 1);
        to[i] = (heed_real)(form->mean != NULL ? (value - form->mean[c]) / form->scale[c] : value);
    }
    return HEED_OK;
}

static heed_status predict(const heed_model *model, heed_tape *tape, const float *values, int rows, int steps,
                           heed_prediction *out, heed_error *error)
{
    const size_t width = (size_t)steps * (size_t)model->values_in.channels;
    HEED_TRY(heed_tape_init(tape, error));
    HEED_TRY(prepare(model, rows, steps, out, error));
    for (int first = 0; first < rows; first += SLICE) {
        const int n = rows - first < SLICE ? rows - first : SLICE;
        heed_tape_reset(tape);
        heed_real *read = heed_tape_alloc(tape, (size_t)n * width, sizeof *read);
        int32_t *lengths = heed_tape_alloc(tape, (size_t)n, sizeof *lengths);
        HEED_TRY(heed_tape_check(tape, error));
        HEED_TRY(read_values(model, values + (size_t)first * width, (size_t)n, width, read, error));
        for (int row = 0; row < n; row++)
            lengths[row] = steps;
        const heed_source source = {n, steps, NULL, read, lengths};
        HEED_TRY(run(model, tape, &source, first, out, error));
    }
    return HEED_OK;
}

heed_status heed_predict(const heed_model *model, const float *values, int rows, int steps, int channels,
                         heed_prediction *out, heed_error *error)
{
    const heed_value_shape *shape = &model->values_in;
    *out = (heed_prediction){0};
    HEED_TRY(check_kind(model, error));
    if (shape->channels == 0)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "the model reads text, not numbers");
    if (rows < 1 || steps < 1 || steps > HEED_STEPS_MAX || channels != shape->channels)
        return heed_fail(error, HEED_ERROR_SHAPE, "values of %d rows, %d steps and %d channels; the model reads %d channels",
                         rows, steps, channels, shape->channels);
    heed_tape tape = {0};
    heed_status status = predict(model, &tape, values, rows, steps, out, error);
    heed_tape_free(&tape);
    if (status != HEED_OK)
        heed_prediction_free(out);
    return status;
}

heed_status heed_predict_text(const heed_model *model, const char *text, size_t size, heed_prediction *out,
                              heed_error *error)
{
    heed_tape tape = {0};
    heed_encoding read;
    *out = (heed_prediction){0};
    HEED_TRY(check_kind(model, error));
    heed_status status = heed_tape_init(&tape, error);
    if (status == HEED_OK)
        status = heed_tokenizer_encode(model->source, text, size, &tape.arena, &read, error);
    if (status == HEED_OK && read.count == 0)
        status = heed_fail(error, HEED_ERROR_EMPTY_INPUT, "the input has nothing that the model reads");
    if (status == HEED_OK)
        status = prepare(model, 1, read.count, out, error);
    if (status == HEED_OK) {
        const int32_t length = read.count;
        const heed_source source = {1, length, read.ids, read.values, &length};
        status = run(model, &tape, &source, 0, out, error);
    }
    heed_tape_free(&tape);
    if (status != HEED_OK)
        heed_prediction_free(out);
    return status;
}

void heed_prediction_free(heed_prediction *prediction)
{
    heed_free(prediction->values);
    *prediction = (heed_prediction){0};
}
