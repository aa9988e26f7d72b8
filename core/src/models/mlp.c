/* A multilayer perceptron (Rumelhart, Hinton and Williams 1986) that reads numbers, all steps of a source as one vector
 * x:
 *
 *   h_0 = x;  h_i = f(W_i h_i-1 + b_i)                    [B, hidden_i]  f: sigmoid, tanh, relu or gelu
 *   outputs = Wo h_n + bo                                 [B, size]
 *
 * With "batch_norm" a batch norm stands before f, whose bias is then that of the layer (Ioffe and Szegedy 2015).
 * "hidden": [] has no hidden layer, and is linear. What outputs are, and what they are learnt by, says
 * models/head.h. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "models/head.h"
#include "nn/layers.h"

enum { LAYERS_MAX = 16, NAME_SIZE = 16 };

typedef struct network {
    int layers, width; /* width: of the input */
    heed_linear_layer hidden[LAYERS_MAX], output;
    bool batch_norm;
    heed_norm_layer norms[LAYERS_MAX];
    heed_tensor *(*activation)(heed_tape *tape, heed_tensor *x);
    double dropout;
    char names[LAYERS_MAX][NAME_SIZE]; /* of the traces */
    const char *traces[LAYERS_MAX + 2];
} network;

static const struct {
    const char *name;
    heed_tensor *(*apply)(heed_tape *tape, heed_tensor *x);
} activations[] = {{"sigmoid", heed_sigmoid}, {"tanh", heed_tanh}, {"relu", heed_relu}, {"gelu", heed_gelu}};
enum { ACTIVATIONS = sizeof activations / sizeof *activations };

static heed_status read_hidden(const heed_json *config, network *net, int sizes[LAYERS_MAX], heed_error *error)
{
    const heed_json *list = heed_json_get(config, "hidden");
    if (list == NULL || list->type != HEED_JSON_ARRAY || list->count > LAYERS_MAX)
        return heed_fail(error, HEED_ERROR_FORMAT, "config: hidden must be a list of the sizes of at most %d layers, [8, 8]",
                         LAYERS_MAX);
    for (const heed_json *size = list->first; size != NULL; size = size->next) {
        if (size->type != HEED_JSON_NUMBER || !(size->number >= 1 && size->number <= 4096) ||
            size->number != (int)size->number)
            return heed_fail(error, HEED_ERROR_FORMAT, "config: hidden[%d] must be a whole number from 1 to 4096",
                             net->layers);
        sizes[net->layers++] = (int)size->number;
    }
    return HEED_OK;
}

static heed_status read_activation(const heed_json *config, network *net, heed_error *error)
{
    const char *name = activations[1].name;
    HEED_TRY(heed_json_string(config, "config", "activation", &name, error));
    for (int i = 0; i < ACTIVATIONS; i++)
        if (strcmp(activations[i].name, name) == 0)
            net->activation = activations[i].apply;
    return net->activation ? HEED_OK
                           : heed_fail(error, HEED_ERROR_UNKNOWN,
                                       "config: activation \"%.60s\" is not one of: sigmoid tanh relu gelu", name);
}

static heed_norm_layer declare_norm(heed_params *params, const char *layer, int size)
{
    char name[2 * NAME_SIZE];
    snprintf(name, sizeof name, "%s.norm", layer);
    return heed_norm_declare(params, name, HEED_BATCH_NORM, size, 1e-5);
}

/* x [B, C] as B rows of one step, which is how norms take it. */
static heed_tensor *normalise(heed_tape *tape, const heed_params *params, const heed_norm_layer *norm, heed_tensor *x)
{
    if (!heed_tensor_ok(x))
        return x;
    const int rows = x->dims[0], size = x->dims[1];
    x = heed_norm_apply(tape, params, norm, heed_tensor_reshape(tape, x, 3, (int[]){rows, 1, size}), NULL);
    return heed_tensor_reshape(tape, x, 2, (int[]){rows, size});
}

static heed_status configure(heed_model *model, const heed_json *config, int source_vocabulary, int target_vocabulary,
                             heed_error *error)
{
    static const char *const fields[] = {"model_type", "hidden", "activation", "batch_norm", "dropout", "loss", NULL};
    const heed_value_shape *in = &model->values_in;
    int sizes[LAYERS_MAX];
    (void)source_vocabulary;
    network *net = heed_arena_alloc_zero(&model->arena, sizeof *net);
    if (!net)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: mlp");
    HEED_TRY(heed_json_only(config, "config", fields, error));
    HEED_TRY(read_hidden(config, net, sizes, error));
    HEED_TRY(read_activation(config, net, error));
    HEED_TRY(heed_json_bool(config, "config", "batch_norm", &net->batch_norm, error));
    HEED_TRY(heed_json_real(config, "config", "dropout", 0, 0.95, &net->dropout, error));
    HEED_TRY(heed_head_read(model, config, target_vocabulary, false, error));
    if (in->steps == 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "config: an mlp reads as many steps of every source; here they differ");
    int width = net->width = in->steps * in->channels;
    for (int i = 0; i < net->layers; width = sizes[i++]) {
        snprintf(net->names[i], NAME_SIZE, "hidden.%d", i);
        net->traces[i] = net->names[i];
        net->hidden[i] = heed_linear_declare(&model->params, net->names[i], width, sizes[i], !net->batch_norm);
        if (net->batch_norm)
            net->norms[i] = declare_norm(&model->params, net->names[i], sizes[i]);
    }
    net->traces[net->layers] = "logits";
    net->output = heed_linear_declare(&model->params, "output", width, model->head.size, true);
    model->network = net;
    model->traces = net->traces;
    return HEED_OK;
}

static heed_tensor *outputs(const heed_model *model, heed_tape *tape, const heed_source *source)
{
    const network *net = model->network;
    const heed_params *params = &model->params;
    const heed_value_shape *in = &model->values_in;
    if (source->length != in->steps)
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "a source of %d steps; the mlp reads %d", source->length, in->steps);
    heed_tensor *x =
        heed_tensor_view(tape, (heed_real *)source->values, NULL, 2, (int[]){source->rows, net->width}); /* only read */
    /* [book:mlp] */
    for (int i = 0; i < net->layers; i++) {
        x = heed_linear_apply(tape, params, &net->hidden[i], x);
        if (net->batch_norm)
            x = normalise(tape, params, &net->norms[i], x);
        x = net->activation(tape, x);
        heed_trace_keep(tape, net->names[i], x);
        x = heed_dropout(tape, x, net->dropout);
    }
    heed_tensor *y = heed_linear_apply(tape, params, &net->output, x);
    /* [/book] */
    heed_trace_keep(tape, "logits", y);
    return y;
}

const heed_arch heed_arch_mlp = {
    .name = "mlp",
    .labels = true,
    .reads_values = true,
    .configure = configure,
    .outputs = outputs,
    .loss = heed_head_loss,
    .start = heed_head_start,
    .step = heed_head_step,
    .reorder = heed_head_reorder,
};
