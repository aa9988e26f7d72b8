/* Linear regression of polynomial features, all steps of a source as one vector x:
 *
 *   f = x1, x2, .., x1^2, x1 x2, .., up to a degree       [B, features]   see heed_polynomial_features
 *   outputs = W f + b                                     [B, size]
 *
 * What outputs are, and what they are learnt by, says models/head.h: with labels it is logistic regression. Beside its
 * loss there are the ways of regress/, see train/trainer_fit.c. */
#include "models/regression_degree.h"

#include "base/error.h"
#include "heed/regression.h"
#include "models/head.h"
#include "nn/layers.h"
#include "ops/ops.h"

typedef struct network {
    int degree, width, features; /* width: of the input */
    heed_linear_layer output;
} network;

static heed_status configure(heed_model *model, const heed_json *config, int source_vocabulary, int target_vocabulary,
                             heed_error *error)
{
    static const char *const fields[] = {"model_type", "degree", "loss", NULL};
    const heed_value_shape *in = &model->values_in;
    int64_t degree = 1;
    (void)source_vocabulary;
    network *net = heed_arena_alloc_zero(&model->arena, sizeof *net);
    if (!net)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: regression");
    HEED_TRY(heed_json_only(config, "config", fields, error));
    HEED_TRY(heed_json_int(config, "config", "degree", 1, HEED_DEGREE_MAX, &degree, error));
    HEED_TRY(heed_head_read(model, config, target_vocabulary, false, error));
    if (in->steps == 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "config: regression reads as many steps of every source; here they differ");
    net->degree = (int)degree;
    net->width = in->steps * in->channels;
    net->features = heed_polynomial_count(net->width, net->degree);
    if (net->features == 0)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "config: degree is %d; %d numbers then have more than %d features",
                         net->degree, net->width, HEED_REGRESSION_FEATURES_MAX);
    net->output = heed_linear_declare(&model->params, "output", net->features, model->head.size, true);
    model->network = net;
    return HEED_OK;
}

int heed_regression_degree(const heed_model *model)
{
    const bool is = model->arch == &heed_arch_regression && model->head.loss->of == heed_squared_error;
    return is ? ((const network *)model->network)->degree : 0;
}

static heed_tensor *features(heed_tape *tape, const network *net, const heed_source *source)
{
    double x[HEED_REGRESSION_FEATURES_MAX], f[HEED_REGRESSION_FEATURES_MAX];
    heed_tensor *y = heed_tensor_new_dirty(tape, false, 2, (int[]){source->rows, net->features});
    for (int b = 0; heed_tensor_ok(y) && b < source->rows; b++) {
        for (int c = 0; c < net->width; c++)
            x[c] = (double)source->values[(size_t)b * net->width + c];
        heed_polynomial_features(x, net->width, net->degree, f, NULL);
        for (int j = 0; j < net->features; j++)
            y->data[(size_t)b * net->features + j] = (heed_real)f[j];
    }
    return y;
}

/* What each feature adds to each output, W_oj f_j. */
static void keep_contributions(heed_tape *tape, const heed_model *model, const heed_tensor *f)
{
    const network *net = model->network;
    const int size = model->head.size;
    heed_real weight[HEED_REGRESSION_FEATURES_MAX];
    if (!tape->trace || !heed_tensor_ok(f))
        return;
    heed_tensor *y = heed_tensor_new_dirty(tape, false, 3, (int[]){f->dims[0], size, net->features});
    for (int o = 0; heed_tensor_ok(y) && o < size; o++) {
        heed_params_get_row(&model->params, net->output.weight, (size_t)o, weight);
        for (int b = 0; b < f->dims[0]; b++)
            for (int j = 0; j < net->features; j++)
                y->data[((size_t)b * size + o) * net->features + j] = weight[j] * f->data[(size_t)b * net->features + j];
    }
    heed_trace_keep(tape, "contributions", y);
}

static heed_tensor *outputs(const heed_model *model, heed_tape *tape, const heed_source *source)
{
    const network *net = model->network;
    if (source->length != model->values_in.steps)
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "a source of %d steps; the regression reads %d", source->length,
                            model->values_in.steps);
    heed_tensor *f = features(tape, net, source);
    heed_trace_keep(tape, "features", f);
    keep_contributions(tape, model, f);
    heed_tensor *y = heed_linear_apply(tape, &model->params, &net->output, f);
    heed_trace_keep(tape, "logits", y);
    return y;
}

static const char *const traces[] = {"features", "contributions", "logits", NULL};

const heed_arch heed_arch_regression = {
    .name = "regression",
    .labels = true,
    .reads_values = true,
    .configure = configure,
    .outputs = outputs,
    .loss = heed_head_loss,
    .start = heed_head_start,
    .step = heed_head_step,
    .reorder = heed_head_reorder,
    .traces = traces,
};
