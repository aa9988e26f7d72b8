/* One text's numbers with what a trace asks for, as JSON. */
#include <string.h>

#include "base/error.h"
#include "heed/predict.h"
#include "models/head.h"
#include "models/trace_names.h"

enum { DIGITS = 7, LOSS_DIGITS = 15 }; /* of a float that is shown or compared; of one that differences are taken of */

typedef struct work {
    const heed_model *model;
    const heed_predict_options *options;
    heed_tape tape;
    heed_trace trace;
    heed_encoding read, answers;
    int32_t lengths[2]; /* of source and target */
    double loss;
} work;

static heed_status check(const heed_model *model, const heed_predict_options *options, heed_error *error)
{
    if (!heed_model_gives_numbers(model))
        return heed_fail(error, HEED_ERROR_ARGUMENT, "the model gives text, not numbers: heed_generation_start");
    if (!options->trace)
        return HEED_OK;
    HEED_TRY(heed_trace_check(model, options->trace, error));
    return !options->target && heed_trace_wants_gradients(options->trace)
               ? heed_fail(error, HEED_ERROR_ARGUMENT, "trace: a gradient is of the loss, which needs a target")
               : HEED_OK;
}

/* The loss of the target, and the gradients that are asked for. */
static heed_status judge(work *w, heed_error *error)
{
    const heed_model *model = w->model;
    const char *text = w->options->target;
    HEED_TRY(heed_tokenizer_encode(model->target, text, strlen(text), &w->tape.arena, &w->answers, error));
    w->lengths[1] = w->answers.count;
    const heed_example example = {.source_length = w->read.count, .target_length = w->answers.count,
                                  .answers = w->answers.values};
    const char *objection = heed_head_objection(model, &example);
    if (w->answers.count == 0 || objection)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "target: %s", objection ? objection : "there is no number");
    const heed_batch batch = {.rows = 1, .source_length = w->read.count, .target_length = w->answers.count,
                              .source = w->read.ids, .values = w->read.values, .answers = w->answers.values,
                              .source_lengths = &w->lengths[0], .target_lengths = &w->lengths[1],
                              .tokens = w->answers.count};
    if (w->options->trace && heed_trace_wants_gradients(w->options->trace))
        return heed_trace_gradients(model, &batch, w->options->trace, &w->tape, &w->loss, error);
    w->tape.trace = NULL; /* it has what there is to see */
    const heed_tensor *loss = model->arch->loss(model, &w->tape, &batch, 0);
    HEED_TRY(heed_tape_check(&w->tape, error));
    w->loss = (double)loss->data[0];
    return HEED_OK;
}

static void write(const work *w, const char *text, size_t size, const heed_tensor *y, heed_json_writer *writer)
{
    const heed_values *form = heed_values_of(w->model->target);
    const int steps = y->dims[1], channels = y->dims[2];
    heed_json_write_object(writer, NULL);
    heed_json_write_string_n(writer, "input", text, size);
    heed_json_write_array(writer, "values");
    for (int t = 0; t < steps; t++) {
        heed_json_write_array(writer, NULL);
        for (int c = 0; c < channels; c++)
            heed_json_write_real(writer, NULL, heed_values_restore(form, c, (double)y->data[t * channels + c]), DIGITS);
        heed_json_write_end_array(writer);
    }
    heed_json_write_end_array(writer);
    if (w->options->target)
        heed_json_write_real(writer, "loss", w->loss, LOSS_DIGITS);
    if (w->options->trace)
        heed_trace_write(w->model, w->options->trace, &w->trace, DIGITS, writer);
    heed_json_write_end_object(writer);
}

static heed_status run(work *w, const char *text, size_t size, char **json, heed_error *error)
{
    const heed_model *model = w->model;
    heed_string_buffer out = {0};
    heed_json_writer writer = {.out = &out};
    HEED_TRY(heed_tape_init(&w->tape, error));
    if (w->options->trace)
        w->tape.trace = &w->trace;
    HEED_TRY(heed_tokenizer_encode(model->source, text, size, &w->tape.arena, &w->read, error));
    if (w->read.count == 0)
        return heed_fail(error, HEED_ERROR_EMPTY_INPUT, "the input has nothing that the model reads");
    w->lengths[0] = w->read.count;
    const heed_source source = {1, w->read.count, w->read.ids, w->read.values, &w->lengths[0]};
    const heed_tensor *y = heed_head_predict(model, &w->tape, &source);
    HEED_TRY(heed_tape_check(&w->tape, error));
    if (w->options->target)
        HEED_TRY(judge(w, error));
    write(w, text, size, y, &writer);
    if (out.failed) {
        heed_string_free(&out);
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the result of a prediction");
    }
    *json = out.text;
    return HEED_OK;
}

heed_status heed_predict_json(const heed_model *model, const char *text, size_t size,
                              const heed_predict_options *options, char **json, heed_error *error)
{
    static const heed_predict_options none;
    work w = {.model = model, .options = options ? options : &none};
    *json = NULL;
    HEED_TRY(check(model, w.options, error));
    const heed_status status = run(&w, text, size, json, error);
    heed_trace_free(&w.trace);
    heed_tape_free(&w.tape);
    return status;
}
