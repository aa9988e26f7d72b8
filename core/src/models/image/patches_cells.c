/* Patches in place of tokens (Dosovitskiy et al. 2021): the image is cut into squares, each becomes a vector by one
 * matrix, and blocks of a Transformer's encoder, norm first, let them look at each other. */
#include "base/error.h"
#include "models/image_reader.h"

static const char *const fields[] = {"patch", "size", "layers", "heads", "ffn", NULL};

static heed_status configure(heed_model *model, const heed_json *config, heed_image_reader *reader, heed_error *error)
{
    static const char where[] = "config.encoder";
    int64_t patch = 4, size = 64, layers = 2, heads = 4, ffn = 128;
    HEED_TRY(heed_json_int(config, where, "patch", 1, 256, &patch, error));
    HEED_TRY(heed_json_int(config, where, "size", 1, 4096, &size, error));
    HEED_TRY(heed_json_int(config, where, "layers", 1, 48, &layers, error));
    HEED_TRY(heed_json_int(config, where, "heads", 1, HEED_HEADS_MAX, &heads, error));
    HEED_TRY(heed_json_int(config, where, "ffn", 1, 16384, &ffn, error));
    if (size % heads != 0)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "%s: heads = %d does not divide size = %d", where, (int)heads,
                         (int)size);
    if (patch > reader->width)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "%s: patch is %d; a row has %d pixels", where, (int)patch,
                         reader->width);
    reader->kernel = (int)patch;
    reader->columns = reader->width / reader->kernel;
    reader->size = (int)size;
    heed_image_declare(&model->params, "encoder.patch", reader, 0, 1, reader->size);
    const heed_stack_options options = {.size = (int)size, .heads = (int)heads, .ffn = (int)ffn, .layers = (int)layers,
                                        .norm = HEED_NORM_PRE, .activation = HEED_GELU, .positions = HEED_NO_POSITIONS,
                                        .residual = true, .dropout = reader->decoder.dropout, .epsilon = 1e-5};
    return heed_stack_declare(&model->params, &model->arena, "encoder", &options, -1, &reader->stack, error);
}

static heed_tensor *cells(heed_tape *tape, const heed_params *params, const heed_image_reader *reader, heed_tensor *x,
                          int32_t *heights)
{
    const heed_window window = {reader->kernel, reader->kernel, reader->kernel, 0};
    const int rows = x->dims[0];
    int32_t *before = heed_tape_alloc(tape, (size_t)rows, sizeof *before);
    for (int b = 0; before && b < rows; b++) {
        before[b] = heights[b];
        heights[b] /= reader->kernel;
    }
    return before ? heed_conv2d(tape, x, heed_params_tensor(tape, params, reader->weight[0]),
                                heed_params_tensor(tape, params, reader->bias[0]), window, before)
                  : &tape->invalid;
}

static heed_tensor *refine(heed_tape *tape, const heed_params *params, const heed_image_reader *reader, heed_tensor *x,
                           const int32_t *lengths)
{
    heed_stack_pass pass = {.lengths = lengths};
    return heed_stack_run(tape, params, &reader->stack, x, &pass);
}

const heed_image_encoder heed_image_encoder_patches = {
    .name = "patches", .fields = fields, .configure = configure, .cells = cells, .refine = refine};
