/* The gradient of heed_arch_seq2seq.loss as a whole, for every parameter of every variant. */
#include "base/error.h"
#include "gradient.h"
#include "models/arch.h"

enum { SOURCE_VOCABULARY = 7, TARGET_VOCABULARY = 8 };

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
    return heed_tensor_ok(loss) ? loss->data[0] : NAN;
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

static void check(const char *score, bool feeding, int encoder_layers, int decoder_layers, int encoder_hidden,
                  int decoder_hidden, double dropout, double smoothing, int rows, int source_length,
                  int target_length) {
    char config[512], name[256];
    snprintf(config, sizeof config,
             "{\"model_type\": \"seq2seq\", \"source_embedding\": 3, \"target_embedding\": 4, \"encoder_hidden\": %d, "
             "\"encoder_layers\": %d, \"decoder_hidden\": %d, \"decoder_layers\": %d, \"score\": \"%s\", "
             "\"input_feeding\": %s, \"dropout\": %g}",
             encoder_hidden, encoder_layers, decoder_hidden, decoder_layers, score, feeding ? "true" : "false",
             dropout);
    snprintf(name, sizeof name, "seq2seq %s%s layers %d/%d hidden %d/%d dropout %g smoothing %g [%d, %d -> %d]", score,
             feeding ? " fed" : "", encoder_layers, decoder_layers, encoder_hidden, decoder_hidden, dropout, smoothing,
             rows, source_length, target_length);
    heed_error error = {0};
    network_case net = {.smoothing = smoothing};
    heed_model *model = &net.model;
    model->arch = &heed_arch_seq2seq;
    model->config = heed_json_parse(&model->arena, config, strlen(config), "config", &error);
    if (!CHECK_OK(model->arch->configure(model, model->config, SOURCE_VOCABULARY, TARGET_VOCABULARY, &error), &error) ||
        !CHECK_OK(heed_params_allocate(&model->params, &error), &error) ||
        !CHECK_OK(heed_tape_init(&net.tape, &error), &error))
        return;
    /* Larger than a real initialisation, so that nothing is linear or even. */
    heed_rng_seed(&net.rng, 11, 0);
    for (size_t i = 0; i < model->params.size; i++)
        model->params.values[i] = 1.4 * heed_rng_uniform(&net.rng) - 0.7;
    fill_batch(&net.batch, &model->arena, rows, source_length, target_length);

    heed_real *grads = heed_arena_alloc_zero(&model->arena, model->params.size * sizeof *grads);
    net.tape.recording = true;
    net.tape.training = dropout > 0;
    net.tape.parameter_grads = grads;
    net.tape.rng = net.rng;
    heed_tensor *loss = model->arch->loss(model, &net.tape, &net.batch, smoothing);
    if (CHECK_OK(heed_tape_check(&net.tape, &error), &error) &&
        CHECK_OK(heed_tape_backward(&net.tape, loss, 1, &error), &error)) {
        heed_variable variables[96];
        for (int i = 0; i < model->params.count; i++) {
            const heed_param *param = &model->params.list[i];
            variables[i] = (heed_variable){param->name, model->params.values + param->offset, grads + param->offset,
                                           param->count};
        }
        heed_gradient_error(name, value, &net, variables, model->params.count, 1);
    }
    heed_tape_free(&net.tape);
    heed_params_free(&model->params);
    heed_arena_free(&model->arena);
}

int main(void) {
    const char *scores[] = {"dot", "general", "additive", "none"};
    for (int s = 0; s < 4; s++)
        for (int feeding = 0; feeding < 2; feeding++) {
            check(scores[s], feeding, 1, 1, 3, 6, 0, 0, 3, 5, 4);
            check(scores[s], feeding, 1, 1, 3, 6, 0, 0.1, 1, 1, 1);
            check(scores[s], feeding, 2, 2, 2, 4, 0.3, 0.1, 4, 6, 5);
            if (strcmp(scores[s], "dot") != 0)
                check(scores[s], feeding, 1, 2, 2, 5, 0, 0, 3, 4, 6);
            if (strcmp(scores[s], "dot") != 0)
                check(scores[s], feeding, 3, 1, 2, 3, 0, 0, 2, 3, 2);
        }
    printf("worst relative error %.2g\n", heed_gradient_worst);
    return heed_test_finish("seq2seq_gradient");
}
