/* What holds for a Transformer beside what holds for every model: causal, cached, muted, traced as it says. */
#include "heed/generate.h"
#include "models/transformer.h"
#include "small_model.h"

enum { MODELS = 30, ROWS = 3, STEPS = 6 };

/* The entry `name` of a trace; NULL when it is absent or there twice. */
static const heed_trace_entry *entry_of(const heed_trace *trace, const char *name) {
    const heed_trace_entry *found = NULL;
    int count = 0;
    for (int e = 0; e < trace->count; e++)
        if (strcmp(trace->entries[e].name, name) == 0) {
            found = &trace->entries[e];
            count++;
        }
    return count == 1 ? found : NULL;
}

static heed_trace traced(const heed_model *model, heed_tape *tape, const heed_batch *batch) {
    heed_trace trace = {0};
    tape->trace = &trace;
    small_loss(model, tape, batch, 0, NULL);
    tape->trace = NULL;
    return trace;
}

static size_t count_of(const heed_trace_entry *entry) {
    size_t n = 1;
    for (int i = 0; i < entry->rank; i++)
        n *= (size_t)entry->dims[i];
    return n;
}

/* Other tokens from step `from` on change no logit before it, to the last bit. */
static void the_future_is_not_seen(const heed_model *model, heed_tape *tape, const heed_batch *batch, int from) {
    heed_arena arena = {0};
    heed_batch other = *batch;
    const int steps = batch->target_length;
    other.target_in = heed_arena_alloc_zero(&arena, (size_t)batch->rows * steps * sizeof(int32_t));
    for (int i = 0; i < batch->rows * steps; i++)
        other.target_in[i] = i % steps < from ? batch->target_in[i]
                                              : HEED_TOKEN_SPECIALS + (batch->target_in[i] + 2) % SMALL_TARGET_LETTERS;
    heed_trace traces[2] = {traced(model, tape, batch), traced(model, tape, &other)};
    const heed_trace_entry *a = entry_of(&traces[0], "decoder.logits"), *b = entry_of(&traces[1], "decoder.logits");
    if (CHECK(a && b)) {
        const size_t vocabulary = (size_t)a->dims[2], row = steps * vocabulary;
        for (int r = 0; r < batch->rows; r++)
            CHECK(memcmp(a->values + r * row, b->values + r * row, from * vocabulary * sizeof(heed_real)) == 0);
        CHECK(from == steps || memcmp(a->values, b->values, batch->rows * row * sizeof(heed_real)) != 0);
    }
    heed_trace_free(&traces[0]);
    heed_trace_free(&traces[1]);
    heed_arena_free(&arena);
}

/* Every name is kept once in a pass over a batch, and no other; the weights of real queries are rows that sum to
 * one. */
static void names_are_kept(const heed_model *model, heed_tape *tape, const heed_batch *batch) {
    heed_trace trace = traced(model, tape, batch);
    int names = 0;
    for (const char *const *name = model->traces; *name; name++) {
        const bool backward = strstr(*name, ".gradient_norm") != NULL;
        heed_test_report((entry_of(&trace, *name) != NULL) != backward, __FILE__, __LINE__, *name);
        names += !backward;
    }
    CHECK_INT(names, trace.count);
    for (int e = 0; e < trace.count; e++) {
        const heed_trace_entry *entry = &trace.entries[e];
        const int keys = entry->dims[entry->rank - 1], queries = entry->dims[entry->rank - 2];
        const int per_batch = entry->rank == 4 ? entry->dims[1] * queries : queries;
        const bool encoder = strncmp(entry->name, "encoder", 7) == 0;
        if (!strstr(entry->name, ".weights"))
            continue;
        for (size_t row = 0; row * keys < count_of(entry); row++) {
            const int query = (int)row % queries, b = (int)row / per_batch;
            double sum = 0;
            if (encoder && query >= batch->source_lengths[b])
                continue; /* with a window it may see nothing */
            for (int k = 0; k < keys; k++)
                sum += (double)entry->values[row * keys + k];
            heed_compare_one(entry->name, row, sum, 1, 1e-5);
        }
    }
    heed_trace_free(&trace);
}

/* The weights are the softmax of the scores over the keys that are seen. */
static void scores_explain_weights(const heed_model *model, heed_tape *tape, const heed_batch *batch) {
    heed_trace trace = traced(model, tape, batch);
    for (const char *const *name = model->traces; *name; name++) {
        char full[96];
        const char *end = strstr(*name, ".scores");
        if (!end)
            continue;
        snprintf(full, sizeof full, "%.*s.weights", (int)(end - *name), *name);
        const heed_trace_entry *scores = entry_of(&trace, *name), *weights = entry_of(&trace, full);
        if (!CHECK(scores && weights))
            continue;
        const size_t keys = (size_t)scores->dims[3];
        for (size_t row = 0; row < count_of(scores); row += keys) {
            double sum = 0, largest = -INFINITY;
            for (size_t k = row; k < row + keys; k++) /* what is not seen has both zero */
                largest = weights->values[k] > 0 ? fmax(largest, (double)scores->values[k]) : largest;
            for (size_t k = row; k < row + keys; k++)
                sum += weights->values[k] > 0 ? exp((double)scores->values[k] - largest) : 0;
            for (size_t k = row; k < row + keys; k++) {
                const bool seen = weights->values[k] > 0 || scores->values[k] != 0;
                heed_compare_one(full, k, (double)weights->values[k],
                                 seen ? exp((double)scores->values[k] - largest) / sum : 0, 1e-5);
            }
        }
    }
    heed_trace_free(&trace);
}

/* The gradient by depth. At the bottom it is that of the table of embeddings, whose rows are read once each here,
 * without the factor sqrt(C); at the top, with the mean over the text, Wo^T (p - target) / T at every step. */
static void gradients_by_depth(heed_tape *tape) {
    enum { TOKENS = 4, SIZE = 6, LABELS = 5 };
    heed_model *model = small_model_of("{\"model_type\": \"transformer_classifier\", \"d_model\": 6, \"heads\": 2, "
                                       "\"ffn\": 5, \"layers\": 3, \"positions\": \"none\"}", 4, 0.5);
    int32_t source[TOKENS] = {4, 7, 5, 9}, length = TOKENS, in = HEED_TOKEN_BOS, out = HEED_TOKEN_SPECIALS + 2, one = 1;
    const heed_batch batch = {.rows = 1, .source_length = TOKENS, .target_length = 1, .source = source,
                              .source_lengths = &length, .target_in = &in, .target_out = &out, .target_lengths = &one,
                              .tokens = 1};
    heed_trace trace = {0};
    if (!model)
        return;
    heed_real *grads = heed_alloc(model->params.size, sizeof *grads);
    tape->trace = &trace;
    small_loss(model, tape, &batch, 0, grads);
    tape->trace = NULL;
    const heed_real *table = grads + model->params.list[heed_params_find(&model->params, "embedding.weight")].offset;
    const heed_real *wo = model->params.values + model->params.list[heed_params_find(&model->params, "output.weight")].offset;
    const heed_trace_entry *bottom = entry_of(&trace, "encoder.x.gradient_norm"), *logits = entry_of(&trace, "logits");
    const heed_trace_entry *top = entry_of(&trace, "encoder.2.h.gradient_norm");
    CHECK(entry_of(&trace, "encoder.1.h.gradient_norm") != NULL);
    if (CHECK(bottom && top && logits) && CHECK_INT(bottom->rank, 2) && CHECK_INT(top->dims[1], TOKENS)) {
        double sum = 0, squares = 0;
        for (int v = 0; v < LABELS; v++)
            sum += exp((double)logits->values[v]);
        for (int k = 0; k < SIZE; k++) {
            double d = 0;
            for (int v = 0; v < LABELS; v++)
                d += (exp((double)logits->values[v]) / sum - (v == 2)) * (double)wo[v * SIZE + k];
            squares += d * d;
        }
        for (int t = 0; t < TOKENS; t++) {
            double row = 0;
            for (int k = 0; k < SIZE; k++)
                row += pow((double)table[source[t] * SIZE + k], 2);
            heed_compare_one("gradient of the embedding", (size_t)t, (double)bottom->values[t], sqrt(row / SIZE), 1e-5);
            heed_compare_one("gradient at the top", (size_t)t, (double)top->values[t], sqrt(squares) / TOKENS, 1e-5);
        }
    }
    heed_trace_free(&trace);
    heed_free(grads);
    heed_model_free(model);
}

/* Longer than the cache begins with: it grows, and the steps are still those of the whole pass. The second time nothing
 * is allocated. */
static void cache_grows(const heed_model *model, heed_tape *tape, heed_rng *rng) {
    enum { LONG = 75 };
    heed_arena arena = {0};
    heed_error error = {0};
    heed_decoding decoding;
    const heed_batch batch = small_batch(&arena, rng, 1, 5, LONG);
    heed_trace trace = traced(model, tape, &batch);
    const heed_trace_entry *forced = entry_of(&trace, "decoder.logits");
    uint64_t before = 0;
    for (int time = 0; time < 3; time++) {
        if (time == 2) /* the first merged what the pass above left in pieces */
            before = heed_alloc_count();
        heed_tape_reset(tape);
        CHECK_OK(model->arch->start(model, tape,
                                    &(heed_source){1, 5, batch.source, NULL, batch.source_lengths},
                                    1, &decoding, &error),
                 &error);
        for (int t = 0; forced && t < LONG; t++) {
            if (!CHECK_OK(model->arch->step(model, tape, &decoding, &batch.target_in[t], &error), &error))
                break;
            small_close("logits of a late step", (size_t)decoding.vocabulary, decoding.logits,
                        forced->values + (size_t)t * decoding.vocabulary, 1e-5);
        }
    }
    CHECK_INT(heed_alloc_count() - before, 0);
    heed_trace_free(&trace);
    heed_arena_free(&arena);
}

/* A step beyond max_length, and a source beyond it, are refused by name; greedy decoding stops at it. */
static void length_is_limited(heed_tape *tape) {
    heed_error error = {0};
    heed_decoding decoding;
    int32_t source[5] = {4, 5, 6, 7, 8}, four = 4, five = 5, token = HEED_TOKEN_BOS, out[9], length;
    heed_model *model = small_model_of("{\"model_type\": \"transformer\", \"d_model\": 4, \"heads\": 2, \"ffn\": 3, "
                                       "\"encoder_layers\": 1, \"decoder_layers\": 1, \"max_length\": 4, "
                                       "\"positions\": \"none\"}", 1, 0.7);
    if (!model)
        return;
    heed_tape_reset(tape);
    CHECK_OK(model->arch->start(model, tape, &(heed_source){1, 4, source, NULL, &four}, 1, &decoding, &error), &error);
    for (int t = 0; t < 4; t++)
        CHECK_OK(model->arch->step(model, tape, &decoding, &token, &error), &error);
    CHECK_STATUS(model->arch->step(model, tape, &decoding, &token, &error), HEED_ERROR_LONG_INPUT, &error);
    CHECK_CONTAINS(error.message, "decoder: 5 steps");
    heed_tape_reset(tape);
    CHECK_STATUS(model->arch->start(model, tape,
                                    &(heed_source){1, 5, source, NULL, &five},
                                    1, &decoding, &error), HEED_ERROR_LONG_INPUT,
                 &error);
    CHECK_CONTAINS(error.message, "max_length 4");
    CHECK_OK(heed_greedy_decode(model, tape, &(heed_source){1, 4, source, NULL, &four}, 9, out, &length, &error), &error);
    CHECK(length <= 4);
    heed_model_free(model);
}

/* A muted head contributes zero: as if the columns of the output's matrix that read it were zero. */
static void muted_heads_are_silent(heed_tape *tape, heed_rng *rng) {
    heed_arena arena = {0};
    heed_model *model = small_model_of("{\"model_type\": \"transformer\", \"d_model\": 6, \"heads\": 3, \"ffn\": 5, "
                                       "\"encoder_layers\": 2, \"decoder_layers\": 1}", 3, 0.7);
    if (!model)
        return;
    const heed_batch batch = small_batch(&arena, rng, ROWS, 5, 4);
    const double heard = small_loss(model, tape, &batch, 0, NULL);
    tape->muted = "encoder.1.self_attention.2,decoder.0.cross_attention.0";
    const double muted = small_loss(model, tape, &batch, 0, NULL);
    tape->muted = "encoder.0.cross_attention.1,encoder.1.self_attention.7,decoder.0.ffn.1,"; /* none of them a head */
    CHECK(small_loss(model, tape, &batch, 0, NULL) == heard);
    tape->muted = NULL;
    const char *const names[] = {"encoder.1.self_attention.output.weight", "decoder.0.cross_attention.output.weight"};
    const int heads[] = {2, 0};
    for (int i = 0; i < 2; i++) {
        const heed_param *param = &model->params.list[heed_params_find(&model->params, names[i])];
        for (int row = 0; row < 6; row++)
            for (int k = 0; k < 2; k++)
                model->params.values[param->offset + (size_t)row * 6 + (size_t)heads[i] * 2 + (size_t)k] = 0;
    }
    CHECK(muted != heard);
    heed_compare_one("loss with muted heads", 0, muted, small_loss(model, tape, &batch, 0, NULL), 1e-6);
    heed_arena_free(&arena);
    heed_model_free(model);
}

/* The option of a generation: heads by name; what is none is refused. */
static void heads_are_muted_by_name(void) {
    static const struct {
        const char *mute;
        bool fine;
    } cases[] = {{"decoder.1.cross_attention.1,encoder.0.self_attention.0", true},
                 {"encoder.0.self_attention.2", false},
                 {"encoder.0.cross_attention.0", false},
                 {"decoder.2.self_attention.0", false},
                 {"encoder.0.self_attention", false}};
    heed_error error = {0};
    heed_model *model = small_model_of("{\"model_type\": \"transformer\", \"d_model\": 8, \"heads\": 2, \"ffn\": 9}", 5,
                                       0.7);
    double scores[2] = {0};
    if (!model)
        return;
    for (int i = 0; i < 6; i++) {
        heed_generation *g = NULL;
        const heed_generate_options options = {.max_length = 5, .mute = i < 5 ? cases[i].mute : NULL};
        bool done = false;
        const heed_status status = heed_generation_start(model, "face", 4, &options, &g, &error);
        if (i < 5 && !cases[i].fine) {
            CHECK_INT(status, HEED_ERROR_UNKNOWN);
            CHECK_CONTAINS(error.message, "mute");
            continue;
        }
        while (!done && CHECK_OK(heed_generation_advance(g, &done, &error), &error))
            continue;
        scores[i > 0] = heed_generation_score(g, 0);
        heed_generation_free(g);
    }
    CHECK(scores[0] != scores[1]);
    heed_model_free(model);
}

/* Weights at a high temperature are nearly even. */
static void temperature_flattens(heed_tape *tape, heed_rng *rng) {
    heed_arena arena = {0};
    heed_model *model = small_model_of("{\"model_type\": \"transformer\", \"d_model\": 8, \"heads\": 2, \"ffn\": 9}", 5,
                                       0.7);
    if (!model)
        return;
    const heed_batch batch = small_batch(&arena, rng, 1, 5, 4);
    tape->attention_temperature = 1e5;
    heed_trace trace = traced(model, tape, &batch);
    tape->attention_temperature = 0;
    const heed_trace_entry *weights = entry_of(&trace, "encoder.0.self_attention.weights");
    for (size_t i = 0; CHECK(weights != NULL) && i < count_of(weights); i++)
        heed_compare_one("an even weight", i, (double)weights->values[i], 0.2, 1e-3);
    heed_trace_free(&trace);
    heed_arena_free(&arena);
    heed_model_free(model);
}

static void bad_configs_are_refused(void) {
    static const char *const bad[][2] = {
        {"\"heads\": 3", "heads = 3 does not divide d_model = 8"},
        {"\"norm\": \"layer\"", "norm \"layer\" is not one of: post pre none"},
        {"\"norm_kind\": \"post\"", "norm_kind \"post\" is not one of: layer batch"},
        {"\"activation\": \"tanh\"", "activation \"tanh\" is not one of: relu gelu"},
        {"\"positions\": \"rotary\"", "positions \"rotary\" is not one of: sinusoidal learned none"},
        {"\"tied\": \"source\"", "tied \"source\" is not one of: target all none"},
        {"\"tied\": \"all\"", "the source has 10 tokens, the target 9"},
        {"\"encoder_layers\": 0", "encoder_layers"},
        {"\"max_length\": 0", "max_length"},
        {"\"dropout\": 1", "dropout"},
        {"\"layers\": 2", "layers"},
    };
    static const char lm[] = "{\"model_type\": \"transformer_lm\", \"d_model\": 8}";
    const size_t count = sizeof bad / sizeof *bad;
    for (size_t i = 0; i <= count; i++) {
        char text[256];
        heed_error error = {0};
        heed_arena arena = {0};
        heed_tokenizer *source = NULL, *target = NULL;
        heed_model *model = NULL;
        if (i < count)
            snprintf(text, sizeof text, "{\"model_type\": \"transformer\", \"d_model\": 8, %s}", bad[i][0]);
        else
            snprintf(text, sizeof text, "%s", lm);
        CHECK_OK(heed_tokenizers_parse(small_tokenizers, strlen(small_tokenizers), &source, &target, &error), &error);
        const heed_json *json = heed_json_parse(&arena, text, strlen(text), "config", &error);
        CHECK(heed_model_create(json, source, target, 1, &model, &error) != HEED_OK && model == NULL);
        CHECK_CONTAINS(error.message, i < count ? bad[i][1] : "the source's 10 and the target's 9 tokens differ");
        heed_arena_free(&arena);
    }
}

int main(void) {
    heed_rng rng;
    heed_error error = {0};
    heed_tape tape;
    heed_rng_seed(&rng, 12, 12);
    if (!CHECK_OK(heed_tape_init(&tape, &error), &error))
        return heed_test_finish("transformer_property");
    for (int i = 0; i < MODELS; i++) {
        char text[512];
        heed_arena arena = {0};
        heed_model *model = small_model_of(small_transformer_text(&rng, i % 3 ? "transformer" : "transformer_lm", 0, text), (uint64_t)i, 0.7);
        if (!model)
            break;
        const heed_batch batch = small_batch(&arena, &rng, ROWS, 1 + (int)heed_rng_below(&rng, 9), STEPS);
        the_future_is_not_seen(model, &tape, &batch, (int)heed_rng_below(&rng, STEPS + 1));
        names_are_kept(model, &tape, &batch);
        scores_explain_weights(model, &tape, &batch);
        if (i % 5 == 0)
            cache_grows(model, &tape, &rng);
        heed_arena_free(&arena);
        heed_model_free(model);
    }
    length_is_limited(&tape);
    gradients_by_depth(&tape);
    muted_heads_are_silent(&tape, &rng);
    heads_are_muted_by_name();
    temperature_flattens(&tape, &rng);
    bad_configs_are_refused();
    heed_tape_free(&tape);
    return heed_test_finish("transformer_property");
}
