/* Gradients of whole models: the loss with respect to every parameter, in variants of every architecture of
 * models.def. */
#include "base/error.h"
#include "gradient.h"
#include "gradients.h"
#include "models/arch.h"
#include "nn/attention/attention.h"

enum { SOURCE_VOCABULARY = 7, TARGET_VOCABULARY = 8 };
#define SEED 0.5 /* of the backward pass: what training divides a batch by */

/* An architecture with its parameters, without tokenizers: what loss() needs. */
typedef struct network_case {
    heed_model model;
    heed_tape tape;
    heed_batch batch;
    double smoothing;
    heed_rng rng; /* of dropout: every evaluation draws the same */
} network_case;

static double value(void *context) {
    network_case *net = context;
    heed_tape_reset(&net->tape);
    net->tape.recording = false;
    net->tape.rng = net->rng;
    const heed_tensor *loss = net->model.arch->loss(&net->model, &net->tape, &net->batch, net->smoothing);
    return heed_tensor_ok(loss) ? SEED * loss->data[0] : NAN;
}

/* Random ids above the specials, padded rows; row 0 is the longest, row 1 the shortest. */
static void fill_batch(heed_batch *batch, heed_arena *arena, int rows, int source_length, int target_length) {
    heed_rng rng;
    heed_rng_seed(&rng, 5, (uint64_t)(rows * 1000 + source_length * 30 + target_length));
    const size_t sources = (size_t)rows * source_length, targets = (size_t)rows * target_length;
    *batch = (heed_batch){.rows = rows, .source_length = source_length, .target_length = target_length};
    batch->source = heed_arena_alloc_zero(arena, sources * sizeof *batch->source);
    batch->target_in = heed_arena_alloc_zero(arena, targets * sizeof *batch->target_in);
    batch->target_out = heed_arena_alloc_zero(arena, targets * sizeof *batch->target_out);
    batch->source_lengths = heed_arena_alloc_zero(arena, (size_t)rows * sizeof *batch->source_lengths);
    batch->target_lengths = heed_arena_alloc_zero(arena, (size_t)rows * sizeof *batch->target_lengths);
    for (int b = 0; b < rows; b++) {
        int32_t s = b == 0 ? source_length : b == 1 ? 1 : 1 + (int32_t)heed_rng_below(&rng, (uint32_t)source_length);
        int32_t t = b == 0 ? target_length : b == 1 ? 1 : 1 + (int32_t)heed_rng_below(&rng, (uint32_t)target_length);
        for (int i = 0; i < s; i++)
            batch->source[b * source_length + i] =
                HEED_TOKEN_SPECIALS + (int32_t)heed_rng_below(&rng, SOURCE_VOCABULARY - HEED_TOKEN_SPECIALS);
        for (int i = 0; i < t; i++) {
            int32_t id = HEED_TOKEN_SPECIALS + (int32_t)heed_rng_below(&rng, TARGET_VOCABULARY - HEED_TOKEN_SPECIALS);
            batch->target_out[b * target_length + i] = i + 1 < t ? id : HEED_TOKEN_EOS;
            batch->target_in[b * target_length + i] = i ? batch->target_out[b * target_length + i - 1] : HEED_TOKEN_BOS;
        }
        batch->source_lengths[b] = s;
        batch->target_lengths[b] = t;
        batch->tokens += t;
    }
}

/* Every row's target is one label. */
static void make_labels(heed_batch *batch) {
    for (int b = 0; b < batch->rows; b++) {
        batch->target_out[b * batch->target_length] =
            HEED_TOKEN_SPECIALS + b % (TARGET_VOCABULARY - HEED_TOKEN_SPECIALS);
        batch->target_lengths[b] = 1;
    }
    batch->tokens = batch->rows;
}

/* A side as the model's shape has it: numbers in place of ids, zero in the padding. Answers are from 0 to 1. */
static void make_values(const heed_model *model, heed_batch *batch, heed_arena *arena) {
    const int in = model->values_in.channels, out = model->values_out.channels;
    heed_rng rng;
    heed_rng_seed(&rng, 17, 0);
    if (in > 0) {
        batch->source = NULL;
        batch->values = heed_arena_alloc_zero(arena, (size_t)batch->rows * batch->source_length * in * sizeof(heed_real));
    }
    for (int b = 0; in > 0 && b < batch->rows; b++)
        for (int i = 0; i < batch->source_lengths[b] * in; i++)
            batch->values[b * batch->source_length * in + i] = 2 * heed_rng_uniform(&rng) - 1;
    if (out == 0)
        return;
    const int length = model->head.every ? batch->source_length : model->values_out.steps;
    batch->target_in = batch->target_out = NULL;
    batch->target_length = length;
    batch->answers = heed_arena_alloc_zero(arena, (size_t)batch->rows * length * out * sizeof(heed_real));
    batch->tokens = 0;
    for (int b = 0; b < batch->rows; b++) {
        batch->target_lengths[b] = model->head.every ? batch->source_lengths[b] : length;
        for (int i = 0; i < batch->target_lengths[b] * out; i++, batch->tokens++)
            batch->answers[b * length * out + i] = heed_rng_uniform(&rng);
    }
}

/* Makes the network, runs it forth and back, checks every parameter. Sides are text where their shape is zero. */
static void check_sides(const char *name, const heed_arch *arch, heed_value_shape in, heed_value_shape out,
                        const char *config, double dropout, double smoothing, int rows, int source_length,
                        int target_length) {
    heed_error error = {0};
    network_case net = {.smoothing = smoothing, .model = {.values_in = in, .values_out = out}};
    heed_model *model = &net.model;
    model->arch = arch;
    model->config = heed_json_parse(&model->arena, config, strlen(config), "config", &error);
    if (!CHECK_OK(arch->configure(model, model->config, arch == &heed_arch_transformer_lm ? TARGET_VOCABULARY
                                                                       : SOURCE_VOCABULARY,
                                  TARGET_VOCABULARY, &error), &error) ||
        !CHECK_OK(heed_params_allocate(&model->params, &error), &error) ||
        !CHECK_OK(heed_tape_init(&net.tape, &error), &error))
        return;
    /* Larger than a real initialisation, so that nothing is linear or even. */
    heed_rng_seed(&net.rng, 11, 0);
    for (size_t i = 0; i < model->params.size; i++)
        model->params.values[i] = 1.4 * heed_rng_uniform(&net.rng) - 0.7;
    for (size_t i = model->params.trained; i < model->params.size; i++)
        model->params.values[i] = 0.2 + fabs(model->params.values[i]); /* variances are among them */
    fill_batch(&net.batch, &model->arena, rows, source_length, target_length);
    if (arch->labels)
        make_labels(&net.batch);
    make_values(model, &net.batch, &model->arena);

    heed_real *grads = heed_arena_alloc_zero(&model->arena, model->params.size * sizeof *grads);
    net.tape.recording = true;
    net.tape.training = dropout > 0;
    net.tape.parameter_grads = grads;
    net.tape.rng = net.rng;
    heed_tensor *loss = arch->loss(model, &net.tape, &net.batch, smoothing);
    if (CHECK_OK(heed_tape_check(&net.tape, &error), &error) &&
        CHECK_OK(heed_tape_backward(&net.tape, loss, SEED, &error), &error)) {
        heed_variable *variables = calloc((size_t)model->params.count, sizeof *variables);
        for (int i = 0; i < model->params.count; i++) {
            const heed_param *param = &model->params.list[i];
            variables[i] = (heed_variable){param->name, model->params.values + param->offset, grads + param->offset,
                                           param->count};
        }
        heed_gradient_error(name, value, &net, variables, model->params.count, 1);
        free(variables);
    }
    heed_tape_free(&net.tape);
    heed_params_free(&model->params);
    heed_arena_free(&model->arena);
}

static void check(const char *name, const heed_arch *arch, const char *config, double dropout, double smoothing,
                  int rows, int source_length, int target_length) {
    const heed_value_shape text = {0};
    check_sides(name, arch, text, text, config, dropout, smoothing, rows, source_length, target_length);
}

typedef struct seq2seq_case {
    int encoder_layers, decoder_layers, encoder_hidden, decoder_hidden;
    double dropout, smoothing;
    int rows, source_length, target_length; /* rows are ragged */
    const char *cell;
} seq2seq_case;

static const seq2seq_case seq2seq_cases[] = {
    {1, 1, 3, 6, 0, 0, 3, 5, 4, "lstm"},
    {1, 1, 3, 6, 0, 0.1, 1, 1, 1, "lstm"},
    {2, 2, 2, 4, 0.3, 0.1, 4, 6, 5, "lstm"},
    {1, 2, 2, 5, 0, 0, 3, 4, 6, "lstm"},  /* bridged: the decoder's size is not twice the encoder's */
    {3, 1, 2, 3, 0, 0, 2, 3, 2, "lstm"},
    {1, 1, 2, 4, 0, 0, 3, 4, 3, "rnn"},
    {2, 1, 2, 3, 0, 0, 2, 4, 3, "gru"},
};

/* One variant in all shapes that its score allows; `more` are further fields of the config. */
static int check_seq2seq(const char *score, bool feeding, const char *more) {
    int count = 0;
    for (size_t k = 0; k < sizeof seq2seq_cases / sizeof *seq2seq_cases; k++) {
        const seq2seq_case *test = &seq2seq_cases[k];
        char config[512], name[256];
        heed_params scratch = {0};
        heed_attention attention = {.score = heed_score_find(score)};
        const bool fits = !attention.score || attention.score->declare(&scratch, "score", test->decoder_hidden,
                                                                       2 * test->encoder_hidden, &attention);
        heed_params_free(&scratch);
        if (!fits)
            continue;
        snprintf(config, sizeof config,
                 "{\"model_type\": \"seq2seq\", \"source_embedding\": 3, \"target_embedding\": 4, "
                 "\"encoder_hidden\": %d, \"encoder_layers\": %d, \"decoder_hidden\": %d, \"decoder_layers\": %d, "
                 "\"score\": \"%s\", \"input_feeding\": %s, \"dropout\": %g, \"cell\": \"%s\"%s}",
                 test->encoder_hidden, test->encoder_layers, test->decoder_hidden, test->decoder_layers, score,
                 feeding ? "true" : "false", test->dropout, test->cell, more);
        snprintf(name, sizeof name, "seq2seq %s%s%s, case %zu", score, feeding ? " with input feeding" : "", more, k);
        check(name, &heed_arch_seq2seq, config, test->dropout, test->smoothing, test->rows, test->source_length,
              test->target_length);
        count++;
    }
    return count;
}

static int gradients_of_seq2seq(void) {
    static const char *const scores[] = {
#define HEED_SCORE(name) #name,
#include "nn/attention/scores.def"
#undef HEED_SCORE
        "none"};
    int count = 0;
    for (size_t s = 0; s < sizeof scores / sizeof *scores; s++)
        for (int feeding = 0; feeding < 2; feeding++)
            count += check_seq2seq(scores[s], feeding, "");
    count += check_seq2seq("general", false, ", \"attend\": \"before\"");
    count += check_seq2seq("additive", true, ", \"attend\": \"before\"");
    count += check_seq2seq("none", false, ", \"attend\": \"before\"");
    count += check_seq2seq("none", false, ", \"vector\": \"once\"");
    count += check_seq2seq("general", true, ", \"local\": \"monotonic\", \"reach\": 1");
    count += check_seq2seq("dot", false, ", \"local\": \"predictive\", \"reach\": 2");
    return count;
}

/* Numbers in, numbers out, or one of both; every cell, loss and pooling. */
static int gradients_of_numbers(void) {
    static const struct {
        const char *cell, *pooling, *loss;
        heed_value_shape in, out;
        int rows, length;
    } cases[] = {
        {"lstm", "last", "mse", {2, 0}, {1, 1}, 1, 1},      {"gru", "last", "mae", {2, 0}, {3, 2}, 3, 5},
        {"rnn", "mean", "binary_cross_entropy", {1, 0}, {2, 1}, 3, 4},
        {"rnn_relu", "none", "mse", {3, 0}, {2, 0}, 4, 6},  {"lstm", "none", "mae", {1, 0}, {1, 0}, 3, 5},
        {"gru", "none", "binary_cross_entropy", {2, 0}, {1, 0}, 2, 4},
        {"lstm", "last", "cross_entropy", {2, 0}, {0, 0}, 3, 5}, {"gru", "last", "mse", {0, 0}, {2, 1}, 3, 5},
    };
    const int count = (int)(sizeof cases / sizeof *cases);
    for (int k = 0; k < count; k++) {
        char config[256], name[128];
        snprintf(config, sizeof config,
                 "{\"model_type\": \"classifier\", \"hidden\": 3, \"cell\": \"%s\", \"pooling\": \"%s\", "
                 "\"loss\": \"%s\"}", cases[k].cell, cases[k].pooling, cases[k].loss);
        snprintf(name, sizeof name, "classifier of numbers, case %d", k);
        check_sides(name, &heed_arch_classifier, cases[k].in, cases[k].out, config, 0, 0, cases[k].rows,
                    cases[k].length, 1);
    }
    check_sides("seq2seq of numbers", &heed_arch_seq2seq, (heed_value_shape){3, 0}, (heed_value_shape){0},
                "{\"model_type\": \"seq2seq\", \"target_embedding\": 4, \"encoder_hidden\": 2, \"decoder_hidden\": 4}",
                0, 0, 3, 5, 4);
    return count + 1;
}

static int gradients_of_classifier(void) {
    static const struct {
        const char *cell, *pooling, *bidirectional;
        int layers, hidden, rows, length;
        double dropout, smoothing;
    } cases[] = {
        {"lstm", "last", "false", 1, 3, 1, 1, 0, 0},
        {"lstm", "last", "true", 2, 3, 4, 5, 0.3, 0.1},
        {"gru", "mean", "true", 1, 3, 3, 6, 0, 0},
        {"rnn", "last", "false", 2, 4, 3, 7, 0, 0.1},
        {"rnn", "mean", "false", 1, 4, 3, 4, 0.2, 0},
        {"rnn_relu", "last", "false", 1, 3, 3, 4, 0, 0},
    };
    const int count = (int)(sizeof cases / sizeof *cases);
    for (int k = 0; k < count; k++) {
        char config[256], name[128];
        snprintf(config, sizeof config,
                 "{\"model_type\": \"classifier\", \"embedding\": 3, \"hidden\": %d, \"layers\": %d, "
                 "\"bidirectional\": %s, \"cell\": \"%s\", \"pooling\": \"%s\", \"dropout\": %g}",
                 cases[k].hidden, cases[k].layers, cases[k].bidirectional, cases[k].cell, cases[k].pooling,
                 cases[k].dropout);
        snprintf(name, sizeof name, "classifier %s, case %d", cases[k].cell, k);
        check(name, &heed_arch_classifier, config, cases[k].dropout, cases[k].smoothing, cases[k].rows,
              cases[k].length, 1);
    }
    return count + gradients_of_numbers();
}

/* Every activation with every loss, one hidden layer or several or none. */
static int gradients_of_mlp(void) {
    static const char *const activations[] = {"sigmoid", "tanh", "relu", "gelu"};
    static const char *const losses[] = {"mse", "mae", "binary_cross_entropy", "cross_entropy"};
    static const struct {
        const char *hidden;
        heed_value_shape in, out;
        int rows;
        double dropout;
    } cases[] = {{"[]", {1, 1}, {1, 1}, 1, 0}, {"[5]", {2, 1}, {1, 1}, 4, 0}, {"[4, 3, 5]", {2, 3}, {3, 2}, 5, 0.3}};
    int count = 0;
    for (int a = 0; a < 4; a++)
        for (int l = 0; l < 4; l++)
            for (size_t k = 0; k < sizeof cases / sizeof *cases; k++, count++) {
                char config[256], name[128];
                snprintf(config, sizeof config,
                         "{\"model_type\": \"mlp\", \"hidden\": %s, \"activation\": \"%s\", \"loss\": \"%s\", "
                         "\"dropout\": %g}", cases[k].hidden, activations[a], losses[l], cases[k].dropout);
                snprintf(name, sizeof name, "mlp %s %s, case %zu", activations[a], losses[l], k);
                check_sides(name, &heed_arch_mlp, cases[k].in, l == 3 ? (heed_value_shape){0} : cases[k].out, config,
                            cases[k].dropout, l == 3 ? 0.1 : 0, cases[k].rows, cases[k].in.steps, 1);
            }
    static const char *const normed[] = {"\"hidden\": [3], \"activation\": \"tanh\"",
                                         "\"hidden\": [4, 3], \"activation\": \"gelu\""};
    for (int k = 0; k < 4; k++, count++) { /* by running statistics, and by those of the batch */
        char config[256];
        snprintf(config, sizeof config, "{\"model_type\": \"mlp\", %s, \"batch_norm\": true}", normed[k / 2]);
        check_sides(config, &heed_arch_mlp, (heed_value_shape){2, 2}, (heed_value_shape){2, 1}, config, k % 2 ? 1e-9 : 0, 0, 6,
                    2, 1);
    }
    return count;
}

static int gradients_of_regression(void) {
    static const char *const losses[] = {"mse", "mae", "binary_cross_entropy", "cross_entropy"};
    static const struct {
        int degree;
        heed_value_shape in, out;
        int rows;
    } cases[] = {{1, {1, 1}, {1, 1}, 1}, {4, {2, 1}, {1, 1}, 4}, {2, {2, 3}, {3, 2}, 5}};
    int count = 0;
    for (int l = 0; l < 4; l++)
        for (size_t k = 0; k < sizeof cases / sizeof *cases; k++, count++) {
            char config[256];
            snprintf(config, sizeof config, "{\"model_type\": \"regression\", \"degree\": %d, \"loss\": \"%s\"}",
                     cases[k].degree, losses[l]);
            check_sides(config, &heed_arch_regression, cases[k].in, l == 3 ? (heed_value_shape){0} : cases[k].out, config,
                        0, l == 3 ? 0.1 : 0, cases[k].rows, cases[k].in.steps, 1);
        }
    return count;
}

typedef struct transformer_case {
    const char *config; /* without d_model, heads, ffn and max_length */
    int heads;
    double dropout, smoothing;
    int rows, source_length, target_length;
} transformer_case;

static int check_transformers(const heed_arch *arch, const transformer_case *cases, int count) {
    for (int k = 0; k < count; k++) {
        const transformer_case *test = &cases[k];
        char config[512], name[64];
        snprintf(config, sizeof config,
                 "{\"model_type\": \"%s\", \"d_model\": 4, \"heads\": %d, \"ffn\": 5, \"max_length\": 12, "
                 "\"dropout\": %g, %s}",
                 arch->name, test->heads, test->dropout, test->config);
        snprintf(name, sizeof name, "%s, case %d", arch->name, k);
        check(name, arch, config, test->dropout, test->smoothing, test->rows, test->source_length,
              test->target_length);
    }
    return count;
}
#define CHECK_TRANSFORMERS(arch, cases) check_transformers(arch, cases, (int)(sizeof(cases) / sizeof *(cases)))

static int gradients_of_transformer(void) {
    static const transformer_case cases[] = {
        {"\"encoder_layers\": 1, \"decoder_layers\": 1", 2, 0, 0, 1, 1, 1},
        {"\"encoder_layers\": 1, \"decoder_layers\": 2, \"activation\": \"gelu\", \"attention_dropout\": 0.3", 2, 0.2, 0.1, 3, 4, 3},
        {"\"encoder_layers\": 2, \"decoder_layers\": 1, \"norm\": \"pre\", \"activation\": \"gelu\", "
         "\"positions\": \"learned\", \"tied\": \"none\"", 1, 0, 0.1, 3, 3, 4},
        {"\"encoder_layers\": 1, \"decoder_layers\": 1, \"norm\": \"none\", \"positions\": \"none\", "
         "\"output_bias\": true", 4, 0, 0, 3, 5, 3},
        {"\"encoder_layers\": 1, \"decoder_layers\": 1, \"residual\": false, \"window\": 2, \"eps\": 0.01", 2, 0, 0, 2,
         4, 5},
        {"\"encoder_layers\": 1, \"decoder_layers\": 1, \"norm_kind\": \"batch\", \"activation\": \"gelu\"", 2, 0, 0, 3, 4, 3},
        {"\"encoder_layers\": 1, \"decoder_layers\": 1, \"norm_kind\": \"batch\", \"activation\": \"gelu\"", 2, 0.2, 0, 4, 4, 3},
    };
    return CHECK_TRANSFORMERS(&heed_arch_transformer, cases);
}

static int gradients_of_transformer_classifier(void) {
    static const transformer_case cases[] = {
        {"\"layers\": 1, \"activation\": \"gelu\"", 2, 0, 0, 1, 1, 1},
        {"\"layers\": 2, \"activation\": \"gelu\", \"pooling\": \"first\"", 2, 0.2, 0.1, 3, 5, 1},
        {"\"layers\": 1, \"norm\": \"pre\", \"positions\": \"learned\", \"activation\": \"gelu\"", 1, 0, 0.1, 4, 6, 1},
    };
    return CHECK_TRANSFORMERS(&heed_arch_transformer_classifier, cases);
}

static int gradients_of_transformer_lm(void) {
    static const transformer_case cases[] = {
        {"\"layers\": 1, \"activation\": \"gelu\"", 2, 0, 0, 1, 1, 1},
        {"\"layers\": 2, \"activation\": \"gelu\", \"predict\": \"all\", \"norm\": \"pre\"", 2, 0.2, 0.1, 3, 5, 4},
        {"\"layers\": 1, \"norm\": \"pre\", \"activation\": \"gelu\", \"tied\": \"none\", \"output_bias\": true", 4, 0, 0.1, 3,
         3, 6},
        {"\"layers\": 1, \"norm\": \"pre\", \"norm_kind\": \"batch\", \"activation\": \"gelu\"", 2, 0.1, 0.1, 4, 3, 4},
    };
    return CHECK_TRANSFORMERS(&heed_arch_transformer_lm, cases);
}

/* Images in which no unit is about to change sides and no window its largest pixel: no gradient is defined there. */
static int gradients_of_image_reader(void) {
    static const struct {
        const char *encoder, *decoder;
        double dropout;
        int rows, height, target_length;
    } cases[] = {
        {"{\"type\": \"conv\", \"channels\": 2, \"layers\": 1}", "\"score\": \"general\"", 0, 1, 2, 1},
        {"{\"channels\": 2, \"layers\": 2, \"positions\": \"none\"}",
         "\"score\": \"additive\", \"attend\": \"before\"", 0, 3, 9, 4},
        {"{\"channels\": 3, \"layers\": 1, \"kernel\": 5, \"batch_norm\": true}",
         "\"score\": \"dot\", \"cell\": \"gru\"", 0, 3, 4, 3},
        {"{\"channels\": 3, \"layers\": 1, \"batch_norm\": true}",
         "\"score\": \"general\", \"dropout\": 0.2", 0.2, 4, 5, 3},
        {"{\"type\": \"patches\", \"patch\": 2, \"size\": 4, \"heads\": 2, \"ffn\": 5, \"layers\": 1}",
         "\"score\": \"general\", \"input_feeding\": true", 0, 3, 7, 3},
        {"{\"type\": \"patches\", \"patch\": 3, \"size\": 6, \"heads\": 1, \"ffn\": 3, \"layers\": 2}",
         "\"score\": \"none\", \"decoder_layers\": 2, \"cell\": \"rnn\", \"dropout\": 0.1", 0.1, 2, 6, 4},
    };
    static const char *const types[] = { /* as a case must have it */
#define HEED_IMAGE_ENCODER(name) "\"type\": \"" #name "\"",
#include "models/image/encoders.def"
#undef HEED_IMAGE_ENCODER
    };
    const int count = (int)(sizeof cases / sizeof *cases);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        int k = 0;
        while (k < count && !strstr(cases[k].encoder, types[i]))
            k++;
        heed_test_report(k < count, "no gradient case of an image encoder", __LINE__, types[i]);
    }
    for (int k = 0; k < count; k++) {
        char config[512], name[64];
        snprintf(config, sizeof config,
                 "{\"model_type\": \"image_reader\", \"encoder\": %s, \"target_embedding\": 3, "
                 "\"decoder_hidden\": 3, %s}",
                 cases[k].encoder, cases[k].decoder);
        snprintf(name, sizeof name, "image_reader, case %d", k);
        check_sides(name, &heed_arch_image_reader, (heed_value_shape){.channels = 7}, (heed_value_shape){0}, config,
                    cases[k].dropout, 0.1, cases[k].rows, cases[k].height, cases[k].target_length);
    }
    return count;
}

/* One line per architecture. */
static const struct {
    const char *model;
    int (*check)(void);
} checks[] = {
    {"classifier", gradients_of_classifier},
    {"mlp", gradients_of_mlp},
    {"regression", gradients_of_regression},
    {"image_reader", gradients_of_image_reader},
    {"seq2seq", gradients_of_seq2seq},
    {"transformer", gradients_of_transformer},
    {"transformer_classifier", gradients_of_transformer_classifier},
    {"transformer_lm", gradients_of_transformer_lm},
};

int gradients_of_model(const char *model) {
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (strcmp(checks[i].model, model) == 0)
            return checks[i].check();
    return 0;
}
