/* A network that looks at an image and writes what it reads (Xu et al. 2015, "Show, attend and tell"):
 *
 *   cells  = encoder(pixels) + places            [B, H' W', D]   a grid, row after row
 *   h_0    = tanh(W mean(cells) + b)             the decoder's first state, and c_0 likewise
 *
 * and from there the decoder of seq2seq, with the cells as its memory: any cell, any score, soft or hard. The source is
 * numbers, a step of them being a row of pixels; images of one model are as wide as each other. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/power.h"
#include "models/head.h"
#include "models/image_reader.h"
#include "models/transformer.h"

static const heed_image_encoder *const encoders[] = {
#define HEED_IMAGE_ENCODER(name) &heed_image_encoder_##name,
#include "models/image/encoders.def"
#undef HEED_IMAGE_ENCODER
    NULL};

static const char *const encoder_names[] = {
#define HEED_IMAGE_ENCODER(name) #name,
#include "models/image/encoders.def"
#undef HEED_IMAGE_ENCODER
    NULL};

void heed_image_declare(heed_params *params, const char *name, heed_image_reader *reader, int l, int in, int out)
{
    const heed_linear_layer layer = heed_linear_declare(params, name, reader->kernel * reader->kernel * in, out, true);
    reader->weight[l] = layer.weight;
    reader->bias[l] = layer.bias;
}

/* Place p in numbers [0, size) at `out`. */
static void write_place(int p, int size, heed_real *out)
{
    for (int j = 0; j < size; j++) {
        const double angle = p / heed_power(100, (double)(j - j % 2) / size);
        out[j] = (heed_real)(j % 2 ? cos(angle) : sin(angle));
    }
}

/* [rows columns, size]: the first half of a cell's numbers says its row, the second its column, each by sinusoids as
 * those of a Transformer with 100 in place of 10000. */
static heed_tensor *places(heed_tape *tape, int rows, int columns, int size)
{
    const int half = size / 2;
    heed_tensor *table = heed_tensor_new_dirty(tape, false, 2, (int[]){rows * columns, size});
    for (int i = 0; heed_tensor_ok(table) && i < rows * columns; i++) {
        heed_real *place = table->data + (size_t)i * (size_t)size;
        write_place(i / columns, half, place);
        write_place(i % columns, size - half, place + half);
    }
    return table;
}

static heed_encoded encode(const heed_model *model, heed_tape *tape, const heed_source *source)
{
    const heed_image_reader *reader = model->network;
    const heed_params *params = &model->params;
    const heed_encoded failed = {.memory = &tape->invalid};
    const int rows = source->rows;
    int32_t *heights = heed_tape_alloc(tape, (size_t)rows, sizeof *heights);
    if (!heights)
        return failed;
    memcpy(heights, source->lengths, (size_t)rows * sizeof *heights);
    /* The pixels are not written to: they have no gradient. */
    heed_tensor *x = heed_tensor_view(tape, (heed_real *)source->values, NULL, 4,
                                      (int[]){rows, source->length, reader->width, 1});
    heed_tensor *grid = heed_tensor_ok(x) ? reader->encoder->cells(tape, params, reader, x, heights) : x;
    if (!heed_tensor_ok(grid))
        return failed;
    const int high = grid->dims[1], cells = high * reader->columns;
    if (high < 1) {
        heed_op_fail(tape, HEED_ERROR_SHAPE, "an image of %d rows is too low for this model", source->length);
        return failed;
    }
    for (int b = 0; b < rows; b++)
        heights[b] *= reader->columns;
    heed_encoded result = {.lengths = heights, .columns = reader->columns};
    /* [book:cells] */
    heed_tensor *memory = heed_tensor_reshape(tape, grid, 3, (int[]){rows, cells, reader->size});
    if (reader->encoder->refine)
        heed_trace_keep(tape, "encoder.embedding", memory);
    if (reader->placed)
        memory = heed_add_positions(tape, memory, 1, places(tape, high, reader->columns, reader->size), 0);
    if (reader->encoder->refine)
        memory = reader->encoder->refine(tape, params, reader, memory, heights);
    heed_trace_keep(tape, "encoder.cells",
                    heed_tensor_reshape(tape, memory, 4, (int[]){rows, high, reader->columns, reader->size}));
    result.memory = heed_dropout(tape, memory, reader->decoder.dropout);
    result.summary = heed_mean_over_time(tape, result.memory, heights);
    /* [/book] */
    heed_trace_keep(tape, "encoder.summary", result.summary);
    if (reader->decoder.attends)
        result.prepared =
            reader->decoder.attention.score->prepare(tape, params, &reader->decoder.attention, result.memory);
    for (int l = 0; l < reader->decoder.decoder.layers; l++)
        heed_decoder_begin(model, tape, result.summary, reader->decoder.decoder.cell->has_c ? result.summary : NULL, l,
                           &result.state);
    return result;
}

static heed_status read_encoder(heed_model *model, const heed_json *config, heed_image_reader *reader,
                                heed_error *error)
{
    static const char where[] = "config.encoder";
    static const char *const positions[] = {"sinusoidal", "none", NULL};
    const heed_json *object = heed_json_get(config, "encoder");
    const char *fields[8] = {"type", "positions"};
    int type = 0, place = 0, count = 2;
    if (object && object->type != HEED_JSON_OBJECT)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s must be an object", where);
    HEED_TRY(heed_choice(object, where, "type", encoder_names, &type, error));
    reader->encoder = encoders[type];
    for (const char *const *own = reader->encoder->fields; *own; own++)
        fields[count++] = *own;
    if (object)
        HEED_TRY(heed_json_only(object, where, fields, error));
    HEED_TRY(heed_choice(object, where, "positions", positions, &place, error));
    reader->placed = place == 0;
    reader->width = model->values_in.channels;
    return reader->encoder->configure(model, object, reader, error);
}

static heed_status name_traces(heed_model *model, const heed_image_reader *reader, heed_error *error)
{
    static const char *const cells[] = {"cells", "summary", NULL};
    const heed_recurrent_layer *const decoder = &reader->decoder.decoder;
    heed_trace_list list;
    HEED_TRY(heed_recurrent_traces(model, &decoder, 1, &list, error));
    for (int l = 0; l < reader->layers; l++) {
        char name[32];
        snprintf(name, sizeof name, "encoder.%d.h", l);
        heed_trace_list_add(&list, "", (const char *const[]){name, NULL});
    }
    heed_trace_list_add(&list, "encoder.", cells);
    heed_decoder_traces(&reader->decoder, &list);
    HEED_TRY(heed_trace_list_end(&list, error));
    const heed_transformer_stack *const stack = &reader->stack;
    return reader->encoder->refine ? heed_transformer_names(model, &stack, 1, model->traces, error) : HEED_OK;
}

static heed_status configure(heed_model *model, const heed_json *config, int source_vocabulary, int target_vocabulary,
                             heed_error *error)
{
    static const char *const fields[] = {"model_type", "encoder", HEED_DECODER_FIELDS, NULL};
    heed_decoder_options options;
    (void)source_vocabulary;
    HEED_TRY(heed_json_only(config, "config", fields, error));
    HEED_TRY(heed_decoder_options_read(config, &options, error));
    heed_image_reader *reader = heed_arena_alloc_zero(&model->arena, sizeof *reader);
    if (!reader)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a reader of images");
    reader->decoder.encode = encode;
    reader->decoder.dropout = options.dropout;
    HEED_TRY(read_encoder(model, config, reader, error));
    HEED_TRY(heed_decoder_declare(model, &options, reader->size, "a cell's numbers", true, target_vocabulary,
                                  &reader->decoder, error));
    model->network = reader;
    return name_traces(model, reader, error);
}

const heed_arch heed_arch_image_reader = {
    .name = "image_reader",
    .reads_values = true,
    .configure = configure,
    .loss = heed_seq2seq_loss,
    .start = heed_seq2seq_start,
    .step = heed_seq2seq_step,
    .reorder = heed_seq2seq_reorder,
};
