/* A convolutional network (LeCun et al. 1998): every layer looks at windows of its input, and keeps the largest of
 * every 2 x 2:
 *
 *   x = max_pool(relu([batch_norm](conv2d(x, kernel x kernel))))
 *
 * with "channels" in the first layer and twice as many in each next. A cell is what is left of 2^layers x 2^layers
 * pixels, and has seen some more around them. */
#include <stdio.h>

#include "base/error.h"
#include "models/image_reader.h"

static const char *const fields[] = {"channels", "layers", "kernel", "batch_norm", NULL};

static heed_status configure(heed_model *model, const heed_json *config, heed_image_reader *reader, heed_error *error)
{
    static const char where[] = "config.encoder";
    int64_t channels = 16, layers = 3, kernel = 3;
    HEED_TRY(heed_json_int(config, where, "channels", 1, 512, &channels, error));
    HEED_TRY(heed_json_int(config, where, "layers", 1, HEED_IMAGE_LAYERS_MAX, &layers, error));
    HEED_TRY(heed_json_int(config, where, "kernel", 1, 15, &kernel, error));
    HEED_TRY(heed_json_bool(config, where, "batch_norm", &reader->batch_norm, error));
    if (kernel % 2 == 0)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "%s: kernel is %d; it must be odd", where, (int)kernel);
    reader->layers = (int)layers;
    reader->kernel = (int)kernel;
    reader->columns = reader->width >> layers;
    reader->size = (int)channels << (layers - 1);
    if (reader->columns < 1)
        return heed_fail(error, HEED_ERROR_ARGUMENT,
                         "%s: layers is %d; of %d pixels in a row so many halvings leave nothing", where, (int)layers,
                         reader->width);
    for (int l = 0; l < reader->layers; l++) {
        const int out = (int)channels << l;
        char name[32];
        snprintf(name, sizeof name, "encoder.%d", l);
        heed_image_declare(&model->params, name, reader, l, l ? out / 2 : 1, out);
        snprintf(name, sizeof name, "encoder.%d.norm", l);
        if (reader->batch_norm)
            reader->norm[l] = heed_norm_declare(&model->params, name, HEED_BATCH_NORM, out, 1e-5);
    }
    return HEED_OK;
}

static heed_tensor *normalise(heed_tape *tape, const heed_params *params, const heed_norm_layer *norm, heed_tensor *x,
                              const int32_t *heights)
{
    if (!heed_tensor_ok(x))
        return x;
    int32_t *lengths = heed_tape_alloc(tape, (size_t)x->dims[0], sizeof *lengths);
    for (int b = 0; lengths && b < x->dims[0]; b++)
        lengths[b] = heights[b] * x->dims[2];
    heed_tensor *rows = heed_tensor_reshape(tape, x, 3, (int[]){x->dims[0], x->dims[1] * x->dims[2], x->dims[3]});
    rows = lengths ? heed_norm_apply(tape, params, norm, rows, lengths) : &tape->invalid;
    return heed_tensor_reshape(tape, rows, 4, x->dims);
}

static heed_tensor *cells(heed_tape *tape, const heed_params *params, const heed_image_reader *reader, heed_tensor *x,
                          int32_t *heights)
{
    const heed_window window = {reader->kernel, reader->kernel, 1, reader->kernel / 2};
    const int rows = x->dims[0];
    for (int l = 0; l < reader->layers && heed_tensor_ok(x); l++) {
        char name[32];
        int32_t *before = heed_tape_alloc(tape, (size_t)rows, sizeof *before); /* the backward pass reads them */
        for (int b = 0; before && b < rows; b++) {
            before[b] = heights[b];
            heights[b] = heed_window_count(before[b], 2, 2, 0);
        }
        if (!before)
            return &tape->invalid;
        /* [book:conv_cells] */
        x = heed_conv2d(tape, x, heed_params_tensor(tape, params, reader->weight[l]),
                        heed_params_tensor(tape, params, reader->bias[l]), window, before);
        if (reader->batch_norm)
            x = normalise(tape, params, &reader->norm[l], x, before);
        x = heed_max_pool(tape, heed_relu(tape, x), 2, 2, before);
        /* [/book] */
        snprintf(name, sizeof name, "encoder.%d.h", l);
        heed_trace_keep(tape, name, x);
    }
    return x;
}

const heed_image_encoder heed_image_encoder_conv = {
    .name = "conv", .fields = fields, .configure = configure, .cells = cells};
