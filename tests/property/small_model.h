/* Small models with random weights, and random batches for them. Everything follows from a seed. */
#ifndef HEED_TEST_SMALL_MODEL_H
#define HEED_TEST_SMALL_MODEL_H

#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "compare.h"
#include "models/arch.h"
#include "nn/attention/attention.h"

enum { SMALL_SOURCE_LETTERS = 6, SMALL_TARGET_LETTERS = 5 };

typedef struct small_config {
    const char *score;
    bool input_feeding;
    int encoder_layers, decoder_layers, encoder_hidden, decoder_hidden;
    double dropout;
    const char *cell;
    const char *more; /* further fields: ", \"attend\": \"before\""; NULL: none */
} small_config;

/* A config drawn at random, valid for its score. */
static inline small_config small_config_random(heed_rng *rng) {
    static const char *const scores[] = {
#define HEED_SCORE(name) #name,
#include "nn/attention/scores.def"
#undef HEED_SCORE
        "none"};
    static const char *const cells[] = {"lstm", "rnn", "rnn_relu", "gru"};
    small_config config = {
        .score = scores[heed_rng_below(rng, sizeof scores / sizeof *scores)],
        .input_feeding = heed_rng_below(rng, 2),
        .encoder_layers = 1 + (int)heed_rng_below(rng, 2),
        .decoder_layers = 1 + (int)heed_rng_below(rng, 3),
        .encoder_hidden = 1 + (int)heed_rng_below(rng, 9),
    };
    config.decoder_hidden = 2 * config.encoder_hidden;
    const heed_score *score = heed_score_find(config.score);
    heed_params scratch = {0};
    heed_attention attention;
    const bool any_sizes = !score || score->declare(&scratch, "score", 1, 2, &attention);
    heed_params_free(&scratch);
    if (any_sizes && heed_rng_below(rng, 2))
        config.decoder_hidden = 1 + (int)heed_rng_below(rng, 20);
    config.cell = cells[heed_rng_below(rng, 4)];
    if (heed_rng_below(rng, 4) == 0)
        config.more = ", \"attend\": \"before\"";
    else if (score && !config.input_feeding && heed_rng_below(rng, 5) == 0)
        config.more = ", \"hard\": true";
    else if (score && heed_rng_below(rng, 4) == 0)
        config.more = heed_rng_below(rng, 2) ? ", \"local\": \"monotonic\", \"reach\": 1" : ", \"local\": \"predictive\"";
    else if (!score && heed_rng_below(rng, 2))
        config.more = ", \"vector\": \"once\"";
    return config;
}

static inline const char *small_config_text(const small_config *config, char out[512]) {
    snprintf(out, 512,
             "{\"model_type\": \"seq2seq\", \"source_embedding\": 5, \"target_embedding\": 4, \"encoder_hidden\": %d, "
             "\"encoder_layers\": %d, \"decoder_hidden\": %d, \"decoder_layers\": %d, \"score\": \"%s\", "
             "\"input_feeding\": %s, \"dropout\": %g, \"cell\": \"%s\"%s}",
             config->encoder_hidden, config->encoder_layers, config->decoder_hidden, config->decoder_layers,
             config->score, config->input_feeding ? "true" : "false", config->dropout, config->cell,
             config->more ? config->more : "");
    return out;
}

static const char small_tokenizers[] =
    "{\"source\": {\"type\": \"char\", \"case\": \"lower\", \"tokens\": [\"<pad>\", \"<bos>\", \"<eos>\", \"<unk>\", "
    "\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"]}, \"target\": {\"type\": \"symbol\", \"tokens\": [\"<pad>\", \"<bos>\", "
    "\"<eos>\", \"<unk>\", \"P\", \"Q\", \"R\", \"S\", \"T\"]}}";

/* The same for both sides, for models of one vocabulary. */
static const char small_tokenizers_alike[] =
    "{\"source\": {\"type\": \"char\", \"case\": \"lower\", \"tokens\": [\"<pad>\", \"<bos>\", \"<eos>\", \"<unk>\", "
    "\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"]}, \"target\": {\"type\": \"char\", \"case\": \"lower\", \"tokens\": "
    "[\"<pad>\", \"<bos>\", \"<eos>\", \"<unk>\", \"a\", \"b\", \"c\", \"d\", \"e\", \"f\"]}}";

/* Pixels in and text out: rows of SMALL_PIXELS. */
enum { SMALL_PIXELS = 9 };
static const char small_tokenizers_pixels[] =
    "{\"source\": {\"type\": \"values\", \"channels\": 9, \"steps\": 0}, \"target\": {\"type\": \"symbol\", \"tokens\": "
    "[\"<pad>\", \"<bos>\", \"<eos>\", \"<unk>\", \"P\", \"Q\", \"R\", \"S\", \"T\"]}}";

/* NULL, after a failed check, when it cannot be made. Weights are uniform in +-range: 0.7 makes outputs that differ
 * a lot from token to token. Free with heed_model_free. */
static inline heed_model *small_model_of(const char *config, uint64_t seed, double range) {
    heed_error error = {0};
    heed_arena arena = {0};
    heed_tokenizer *source = NULL, *target = NULL;
    heed_model *model = NULL;
    const heed_json *json = heed_json_parse(&arena, config, strlen(config), "config", &error);
    const char *tokenizers = strstr(config, "transformer_lm") ? small_tokenizers_alike
                             : strstr(config, "image_reader") ? small_tokenizers_pixels
                                                              : small_tokenizers;
    if (CHECK(json != NULL) &&
        CHECK_OK(heed_tokenizers_parse(tokenizers, strlen(tokenizers), &source, &target, &error), &error))
        CHECK_OK(heed_model_create(json, source, target, seed, &model, &error), &error);
    heed_arena_free(&arena);
    heed_rng rng;
    heed_rng_seed(&rng, seed, 1000);
    for (size_t i = 0; model && i < model->params.size; i++)
        model->params.values[i] = (heed_real)((2 * heed_rng_uniform(&rng) - 1) * range);
    for (size_t i = model ? model->params.trained : 0; model && i < model->params.size; i++)
        model->params.values[i] = (heed_real)(0.2 + heed_rng_uniform(&rng)); /* variances are among them */
    return model;
}

static inline heed_model *small_model(const small_config *config, uint64_t seed, double range) {
    char text[512];
    return small_model_of(small_config_text(config, text), seed, range);
}

/* A Transformer's config drawn at random; `kind` is its model_type. */
static inline const char *small_transformer_text(heed_rng *rng, const char *kind, double dropout, char out[512]) {
    static const char *const positions[] = {"sinusoidal", "learned", "none"};
    const bool lm = strcmp(kind, "transformer_lm") == 0, classifier = strcmp(kind, "transformer_classifier") == 0;
    const int heads = 1 + (int)heed_rng_below(rng, 3), layers = 1 + (int)heed_rng_below(rng, 2);
    const bool coin = heed_rng_below(rng, 2), bias = heed_rng_below(rng, 2);
    int at = snprintf(out, 512,
                      "{\"model_type\": \"%s\", \"d_model\": %d, \"heads\": %d, \"ffn\": %d, \"norm\": \"%s\", "
                      "\"norm_kind\": \"%s\", "
                      "\"positions\": \"%s\", \"activation\": \"%s\", \"window\": %d, \"max_length\": 80, "
                      "\"dropout\": %g",
                      kind, heads * (3 + (int)heed_rng_below(rng, 4)), heads, 1 + (int)heed_rng_below(rng, 20),
                      heed_rng_below(rng, 2) ? "pre" : "post", heed_rng_below(rng, 3) ? "layer" : "batch",
                      positions[heed_rng_below(rng, 3)],
                      heed_rng_below(rng, 2) ? "gelu" : "relu",
                      heed_rng_below(rng, 3) ? 0 : 2 + (int)heed_rng_below(rng, 4), dropout);
    if (classifier)
        snprintf(out + at, 512 - (size_t)at, ", \"layers\": %d, \"pooling\": \"%s\"}", layers, coin ? "mean" : "first");
    else if (lm)
        snprintf(out + at, 512 - (size_t)at,
                 ", \"layers\": %d, \"tied\": \"%s\", \"output_bias\": %s, \"predict\": \"%s\"}", layers,
                 coin ? "all" : "none", bias ? "true" : "false", heed_rng_below(rng, 2) ? "all" : "target");
    else
        snprintf(out + at, 512 - (size_t)at,
                 ", \"encoder_layers\": %d, \"decoder_layers\": %d, \"tied\": \"%s\", \"output_bias\": %s}", layers,
                 1 + (int)heed_rng_below(rng, 3), coin ? "target" : "none", bias ? "true" : "false");
    return out;
}

/* Model number i of a series that has every kind of decoder in it. */
static inline heed_model *small_model_any(heed_rng *rng, int i, double dropout) {
    char text[512];
    if (i % 3)
        return small_model_of(small_transformer_text(rng, i % 3 == 1 ? "transformer" : "transformer_lm", dropout, text),
                              (uint64_t)i, 0.7);
    small_config config = small_config_random(rng);
    config.dropout = dropout;
    return small_model(&config, (uint64_t)i, 0.7);
}

/* Model number `seed` of a series that has every kind of classifier in it. */
static inline heed_model *small_classifier(heed_rng *rng, uint64_t seed) {
    static const char *const cells[] = {"lstm", "rnn", "rnn_relu", "gru"};
    char text[512];
    if (seed % 3 == 2)
        return small_model_of(small_transformer_text(rng, "transformer_classifier", 0, text), seed, 0.7);
    snprintf(text, sizeof text,
             "{\"model_type\": \"classifier\", \"embedding\": 5, \"hidden\": %d, \"layers\": %d, \"bidirectional\": %s, "
             "\"cell\": \"%s\", \"pooling\": \"%s\"}",
             1 + (int)heed_rng_below(rng, 19), 1 + (int)heed_rng_below(rng, 2), heed_rng_below(rng, 2) ? "true" : "false",
             cells[heed_rng_below(rng, 4)], heed_rng_below(rng, 2) ? "last" : "mean");
    return small_model_of(text, seed, 0.7);
}

/* A model of one turn of a property test, with a tape, and an arena for its batches. */
typedef struct small_setting {
    heed_model *model;
    heed_tape tape;
    heed_arena arena;
} small_setting;

/* With a model that becomes the setting's. False after a failed check; close it in either case. */
static inline bool small_open_model(small_setting *setting, heed_model *model) {
    heed_error error = {0};
    *setting = (small_setting){.model = model};
    return model && CHECK_OK(heed_tape_init(&setting->tape, &error), &error);
}

static inline bool small_open(small_setting *setting, const small_config *config, uint64_t seed) {
    return small_open_model(setting, small_model(config, seed, 0.7));
}

static inline void small_close_setting(small_setting *setting) {
    heed_tape_free(&setting->tape);
    heed_arena_free(&setting->arena);
    heed_model_free(setting->model);
}

/* A batch of `rows` rows of random lengths up to the ones given (the first row is that long), in `arena`. */
static inline heed_batch small_batch(heed_arena *arena, heed_rng *rng, int rows, int source_length,
                                     int target_length) {
    heed_batch batch = {.rows = rows, .source_length = source_length, .target_length = target_length};
    batch.source = heed_arena_alloc_zero(arena, (size_t)rows * source_length * sizeof(int32_t));
    batch.target_in = heed_arena_alloc_zero(arena, (size_t)rows * target_length * sizeof(int32_t));
    batch.target_out = heed_arena_alloc_zero(arena, (size_t)rows * target_length * sizeof(int32_t));
    batch.source_lengths = heed_arena_alloc_zero(arena, (size_t)rows * sizeof(int32_t));
    batch.target_lengths = heed_arena_alloc_zero(arena, (size_t)rows * sizeof(int32_t));
    for (int b = 0; b < rows; b++) {
        const int32_t s = b ? 1 + (int32_t)heed_rng_below(rng, (uint32_t)source_length) : source_length;
        const int32_t t = b ? 1 + (int32_t)heed_rng_below(rng, (uint32_t)target_length) : target_length;
        int32_t *in = batch.target_in + b * target_length, *out = batch.target_out + b * target_length;
        for (int i = 0; i < s; i++)
            batch.source[b * source_length + i] =
                HEED_TOKEN_SPECIALS + (int32_t)heed_rng_below(rng, SMALL_SOURCE_LETTERS);
        for (int i = 0; i < t; i++)
            out[i] = i + 1 < t ? HEED_TOKEN_SPECIALS + (int32_t)heed_rng_below(rng, SMALL_TARGET_LETTERS)
                               : HEED_TOKEN_EOS;
        for (int i = 0; i < t; i++)
            in[i] = i ? out[i - 1] : HEED_TOKEN_BOS;
        batch.source_lengths[b] = s;
        batch.target_lengths[b] = t;
        batch.tokens += t;
    }
    return batch;
}

/* Rows [from, from + rows) of a batch, cut or padded to other lengths. */
static inline heed_batch small_batch_part(heed_arena *arena, const heed_batch *whole, int from, int rows,
                                          int source_length, int target_length) {
    heed_batch part = {.rows = rows, .source_length = source_length, .target_length = target_length};
    part.source = heed_arena_alloc_zero(arena, (size_t)rows * source_length * sizeof(int32_t));
    part.target_in = heed_arena_alloc_zero(arena, (size_t)rows * target_length * sizeof(int32_t));
    part.target_out = heed_arena_alloc_zero(arena, (size_t)rows * target_length * sizeof(int32_t));
    part.source_lengths = whole->source_lengths + from;
    part.target_lengths = whole->target_lengths + from;
    for (int b = 0; b < rows; b++) {
        const int s = part.source_lengths[b], t = part.target_lengths[b];
        memcpy(part.source + b * source_length, whole->source + (from + b) * whole->source_length,
               (size_t)s * sizeof(int32_t));
        memcpy(part.target_in + b * target_length, whole->target_in + (from + b) * whole->target_length,
               (size_t)t * sizeof(int32_t));
        memcpy(part.target_out + b * target_length, whole->target_out + (from + b) * whole->target_length,
               (size_t)t * sizeof(int32_t));
        part.tokens += t;
    }
    return part;
}

/* The summed loss of a batch; with `grads` (zeroed by the caller, or not, to add) its gradient too. NAN after a failed
 * check. */
static inline double small_loss(const heed_model *model, heed_tape *tape, const heed_batch *batch, double smoothing,
                                heed_real *grads) {
    heed_error error = {0};
    heed_tape_reset(tape);
    tape->recording = grads != NULL;
    tape->parameter_grads = grads;
    heed_tensor *loss = model->arch->loss(model, tape, batch, smoothing);
    if (!CHECK_OK(heed_tape_check(tape, &error), &error))
        return NAN;
    const double value = (double)loss->data[0];
    if (grads)
        CHECK_OK(heed_tape_backward(tape, loss, 1, &error), &error);
    return value;
}

/* Fills what the tape's arena gives out next with NaN: who reads what nobody has written shows it. */
static inline void small_poison(heed_tape *tape) {
    enum { BYTES = 1 << 20 };
    heed_tape_reset(tape);
    void *block = heed_tape_alloc(tape, 1, BYTES);
    if (CHECK(block != NULL))
        memset(block, 0xFF, BYTES);
    heed_tape_reset(tape);
}

/* Closeness of blocks relative to the largest magnitude of `want`: one check. */
static inline bool small_close(const char *name, size_t n, const heed_real *got, const heed_real *want,
                               double tolerance) {
    double largest = 1e-6;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs((double)want[i]));
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)got[i] - (double)want[i]) <= tolerance * largest))
            return heed_compare_one(name, i, (double)got[i], (double)want[i], tolerance * largest);
    return heed_test_report(true, "close", 0, name);
}

#endif
