/* Outputs that are not searched for: given ones have the score that the search and the loss give them; drawn ones
 * follow the seed, and the chances that the definition of temperature, top-k and top-p gives. */
#include "heed/generate.h"
#include "models/generation.h"
#include "small_model.h"

enum { MODELS = 48, LIMIT = 9, DRAWS = 2000, VOCABULARY_MAX = 16 };

static heed_generation *generate(const heed_model *model, const char *text, const heed_generate_options *options) {
    heed_error error = {0};
    heed_generation *g = NULL;
    if (!CHECK_OK(heed_generation_start(model, text, strlen(text), options, &g, &error), &error))
        return NULL;
    for (bool done = false; !done;)
        if (!CHECK_OK(heed_generation_advance(g, &done, &error), &error))
            break;
    return g;
}

/* The output's text; the buffer owns it. */
static const char *text_of(const heed_model *model, const heed_generation *g, heed_string_buffer *buffer) {
    heed_string_clear(buffer);
    for (int i = 0; i < heed_generation_length(g, 0); i++) {
        const int32_t id = heed_generation_get(g, 0, i).token;
        if (i > 0 && strcmp(heed_tokenizer_kind_name(model->target), "symbol") == 0)
            heed_string_append(buffer, " ", 1);
        heed_tokenizer_decode(model->target, &id, 1, buffer);
    }
    return buffer->text ? buffer->text : "";
}

/* -log p of the hypothesis by the loss that training takes, over one row or several of them. */
static double loss_of(const heed_model *model, heed_tape *tape, const heed_generation *g) {
    heed_arena arena = {0};
    const int length = heed_generation_length(g, 0), steps = length + !model->arch->labels;
    heed_batch batch = {.rows = 1, .source_length = g->encoding.count, .target_length = steps};
    int32_t source_length = g->encoding.count, target_length = steps;
    batch.source = g->encoding.ids;
    batch.source_lengths = &source_length;
    batch.target_lengths = &target_length;
    batch.target_in = heed_arena_alloc_zero(&arena, (size_t)steps * sizeof(int32_t));
    batch.target_out = heed_arena_alloc_zero(&arena, (size_t)steps * sizeof(int32_t));
    for (int i = 0; i < steps; i++) {
        batch.target_out[i] = i < length ? heed_generation_get(g, 0, i).token : HEED_TOKEN_EOS;
        batch.target_in[i] = i ? batch.target_out[i - 1] : HEED_TOKEN_BOS;
    }
    const double loss = small_loss(model, tape, &batch, 0, NULL);
    heed_arena_free(&arena);
    return loss;
}

/* A model that predicts its source as well has that in its loss. */
static bool learns_target_only(const heed_model *model) {
    const heed_json *predict = heed_json_get(model->config, "predict");
    return !predict || strcmp(predict->string, "all") != 0;
}

/* Forced with what `beam` found (or with what was drawn), the score is the same, and that of the loss. */
static void forced_is_what_was_found(const heed_model *model, heed_tape *tape, const char *text,
                                     const heed_generate_options *options) {
    heed_string_buffer buffer = {0};
    heed_generation *found = generate(model, text, options);
    if (!found)
        return;
    const int length = heed_generation_length(found, 0);
    if (heed_generation_ended(found, 0) || model->arch->labels) {
        const heed_generate_options forced = {.target = text_of(model, found, &buffer), .trace = options->trace};
        heed_generation *g = generate(model, text, &forced);
        if (g && CHECK_INT(heed_generation_count(g), 1) && CHECK_INT(heed_generation_length(g, 0), length)) {
            CHECK(heed_generation_ended(g, 0) == !model->arch->labels);
            for (int i = 0; i < length + heed_generation_ended(g, 0); i++) {
                const heed_generation_step a = heed_generation_get(found, 0, i), b = heed_generation_get(g, 0, i);
                CHECK_INT(b.token, a.token);
                CHECK_INT(b.rank, a.rank);
                heed_compare_one("log p of a forced token", (size_t)i, b.log_probability, a.log_probability, 1e-6);
                CHECK(b.rank > 1 || b.token == b.candidates[0]);
            }
            heed_compare_one("forced score", 0, heed_generation_score(g, 0), heed_generation_log_probability(found, 0),
                             1e-6);
            if (learns_target_only(model))
                heed_compare_one("loss of the forced output", 0, loss_of(model, tape, g), -heed_generation_score(g, 0),
                                 1e-5);
        }
        heed_generation_free(g);
    }
    heed_generation_free(found);
    heed_string_free(&buffer);
}

static bool same_tokens(const heed_generation *a, const heed_generation *b) {
    bool same = heed_generation_length(a, 0) == heed_generation_length(b, 0);
    for (int i = 0; same && i < heed_generation_length(a, 0); i++)
        same = heed_generation_get(a, 0, i).token == heed_generation_get(b, 0, i).token;
    return same;
}

/* Whether two ways of generating give the same tokens. */
static bool agree(const heed_model *model, const char *text, heed_generate_options a, heed_generate_options b) {
    a.max_length = b.max_length = LIMIT;
    heed_generation *first = generate(model, text, &a), *second = generate(model, text, &b);
    const bool same = first && second && same_tokens(first, second);
    heed_generation_free(first);
    heed_generation_free(second);
    return same;
}

/* The chances of one step by their definition. Returns how many tokens have one. */
static int chances_of(const heed_model *model, const heed_real *logits, int vocabulary,
                      const heed_generate_options *options, double out[VOCABULARY_MAX]) {
    double weights[VOCABULARY_MAX] = {0}, kept = 0;
    int32_t order[VOCABULARY_MAX];
    int n = 0, count = 0;
    for (int32_t v = 0; v < vocabulary; v++)
        if (v >= HEED_TOKEN_SPECIALS || (v == HEED_TOKEN_EOS && !model->arch->labels))
            order[n++] = v;
    for (int i = 1; i < n; i++) /* insertion sort, the likeliest first */
        for (int k = i; k > 0 && logits[order[k]] > logits[order[k - 1]]; k--) {
            const int32_t token = order[k];
            order[k] = order[k - 1];
            order[k - 1] = token;
        }
    if (options->top_k > 0 && options->top_k < n)
        n = options->top_k;
    double sum = 0, so_far = 0;
    for (int i = 0; i < n; i++)
        sum += weights[order[i]] = exp((double)logits[order[i]] / (options->temperature > 0 ? options->temperature : 1));
    while (count < n && (options->top_p == 0 || count == 0 || so_far < options->top_p * sum))
        so_far += weights[order[count++]];
    memset(out, 0, VOCABULARY_MAX * sizeof *out);
    for (int i = 0; i < count; i++)
        kept += weights[order[i]];
    for (int i = 0; i < count; i++)
        out[order[i]] = weights[order[i]] / kept;
    return count;
}

/* The first token of many seeds against the definition: what it says of its chances, and how often it comes. */
static void draws_follow_the_definition(const heed_model *model, const char *text, heed_generate_options options) {
    double chances[VOCABULARY_MAX];
    int counts[VOCABULARY_MAX] = {0}, kept = 0;
    options.max_length = 1;
    for (uint64_t seed = 0; seed < DRAWS; seed++) {
        options.seed = seed;
        heed_generation *g = generate(model, text, &options);
        if (!g)
            return;
        const heed_generation_step step = heed_generation_get(g, 0, 0);
        if (seed == 0) {
            kept = chances_of(model, g->decoding.logits, g->decoding.vocabulary, &options, chances);
            for (int i = 0; i < step.candidate_count; i++)
                heed_compare_one("chance", (size_t)i, step.chances[i], chances[step.candidates[i]], 1e-5);
        }
        heed_compare_one("chance of what was drawn", (size_t)seed, step.chance, chances[step.token], 1e-5);
        counts[step.token]++;
        heed_generation_free(g);
    }
    CHECK(kept >= 1);
    for (int v = 0; v < VOCABULARY_MAX; v++) { /* within five standard deviations */
        CHECK((counts[v] > 0) <= (chances[v] > 0));
        CHECK(fabs(counts[v] - DRAWS * chances[v]) <= 5 * sqrt(DRAWS * chances[v] * (1 - chances[v])) + 1e-9);
    }
}

static void draws(const heed_model *model, heed_tape *tape, const char *text, int i) {
    const heed_generate_options greedy = {.beam = 1};
    CHECK(agree(model, text, (heed_generate_options){.temperature = 1.3, .seed = 7},
                (heed_generate_options){.temperature = 1.3, .seed = 7}));
    CHECK(agree(model, text, (heed_generate_options){.top_k = 1, .temperature = 5}, greedy));
    CHECK(agree(model, text, (heed_generate_options){.top_p = 1e-9}, greedy));
    CHECK(agree(model, text, (heed_generate_options){.top_p = 1, .top_k = 3, .seed = 2},
                (heed_generate_options){.temperature = 1, .top_k = 3, .seed = 2}));
    forced_is_what_was_found(model, tape, text, &(heed_generate_options){.temperature = 2, .seed = (uint64_t)i});
    if (i % 8 != 0)
        return;
    draws_follow_the_definition(model, text, (heed_generate_options){.temperature = 1});
    draws_follow_the_definition(model, text, (heed_generate_options){.temperature = 2.5, .top_k = 4});
    draws_follow_the_definition(model, text, (heed_generate_options){.temperature = 1.5, .top_p = 0.7});
    draws_follow_the_definition(model, text, (heed_generate_options){.temperature = 3, .top_k = 5, .top_p = 0.8});
}

/* Every trace that a model lists is in the JSON of a run that asks for all, and no number of it is missing. */
static void all_traces_are_given(const heed_model *model, const char *text, const char *target) {
    heed_string_buffer list = {0};
    heed_error error = {0};
    char *json = NULL;
    for (const char *const *name = model->traces; *name; name++) {
        heed_string_append(&list, *name, strlen(*name));
        heed_string_append(&list, ",", 1);
    }
    heed_generation *g = generate(model, text, &(heed_generate_options){.max_length = target ? 0 : 4, .trace = list.text,
                                                                        .target = target});
    if (g && CHECK_OK(heed_generation_json(g, &json, &error), &error)) {
        CHECK(strstr(json, "null,null") == NULL);
        for (const char *const *name = model->traces; *name; name++) {
            char quoted[128];
            snprintf(quoted, sizeof quoted, "{\"name\":\"%s\"", *name);
            heed_test_report(strstr(json, quoted) != NULL, __FILE__, __LINE__, *name);
        }
    }
    heed_text_free(json);
    heed_generation_free(g);
    heed_string_free(&list);
}

/* Options that cannot be, each refused by a message that names it. */
static void impossible_is_refused(const heed_model *model) {
    const struct {
        heed_generate_options options;
        heed_status status;
        const char *part;
    } cases[] = {
        {{.beam = -1}, HEED_ERROR_ARGUMENT, "beam: -1 is not in 1..16"},
        {{.beam = 17}, HEED_ERROR_ARGUMENT, "beam: 17"},
        {{.max_length = -1}, HEED_ERROR_ARGUMENT, "max_length: -1 is not in 0..1024"},
        {{.length_penalty = -1}, HEED_ERROR_ARGUMENT, "length_penalty: -1"},
        {{.attention_temperature = 1000}, HEED_ERROR_ARGUMENT, "attention_temperature: 1000 is not in 0.01..100"},
        {{.temperature = 1e-3}, HEED_ERROR_ARGUMENT, "temperature: 0.001 is not in 0.01..100"},
        {{.temperature = -1}, HEED_ERROR_ARGUMENT, "temperature: -1"},
        {{.temperature = NAN}, HEED_ERROR_ARGUMENT, "temperature: nan"},
        {{.top_k = -2}, HEED_ERROR_ARGUMENT, "top_k: -2"},
        {{.top_p = 1.5}, HEED_ERROR_ARGUMENT, "top_p: 1.5 is not in 0..1"},
        {{.top_p = NAN}, HEED_ERROR_ARGUMENT, "top_p: nan"},
        {{.beam = 2, .temperature = 1}, HEED_ERROR_ARGUMENT, "beam and temperature, top_k and top_p contradict"},
        {{.beam = 2, .top_p = 0.5}, HEED_ERROR_ARGUMENT, "beam and temperature, top_k and top_p contradict"},
        {{.beam = 2, .target = "P"}, HEED_ERROR_ARGUMENT, "beam and target contradict"},
        {{.top_k = 2, .target = "P"}, HEED_ERROR_ARGUMENT, "top_k and top_p and target contradict"},
        {{.beam = 2, .top_k = 2, .target = "P"}, HEED_ERROR_ARGUMENT, "contradict"},
        {{.max_length = 2, .target = "P"}, HEED_ERROR_ARGUMENT, "max_length and target contradict"},
        {{.target = "P Z Q"}, HEED_ERROR_UNKNOWN, "target: the model has no token for \"Z\""},
        {{.trace = "no.such"}, HEED_ERROR_UNKNOWN, "trace: \"no.such\" is not kept by this model"},
        {{.mute = "encoder.0.self_attention.0"}, HEED_ERROR_UNKNOWN, "mute: \"encoder.0.self_attention.0\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        heed_error error = {0};
        heed_generation *g = NULL;
        CHECK_STATUS(heed_generation_start(model, "abc", 3, &cases[i].options, &g, &error), cases[i].status, &error);
        CHECK_CONTAINS(error.message, cases[i].part);
        CHECK(g == NULL);
    }
}

/* A label is one token; an output too long for the model is refused before the first step. */
static void refuses(const heed_model *model, const char *text, const char *target, heed_status status, const char *part) {
    heed_error error = {0};
    heed_generation *g = NULL;
    CHECK_STATUS(heed_generation_start(model, text, strlen(text), &(heed_generate_options){.target = target}, &g, &error),
                 status, &error);
    CHECK_CONTAINS(error.message, part);
}

static void targets_that_do_not_fit(heed_rng *rng) {
    heed_model *classifier = small_classifier(rng, 2);
    heed_model *transformer = small_model_of("{\"model_type\": \"transformer\", \"d_model\": 4, \"heads\": 2, \"ffn\": 3, "
                                             "\"encoder_layers\": 1, \"decoder_layers\": 1, \"max_length\": 4}", 1, 0.7);
    if (!classifier || !transformer)
        return;
    refuses(classifier, "abc", "P Q", HEED_ERROR_ARGUMENT, "target: \"P Q\" has 2 tokens; it must be one label");
    refuses(classifier, "", "P", HEED_ERROR_EMPTY_INPUT, "empty");
    refuses(transformer, "abc", "P P P P", HEED_ERROR_LONG_INPUT, "target: 5 steps; the model can take 4");
    heed_generation_free(generate(transformer, "abc", &(heed_generate_options){.target = "P P P"}));
    heed_model_free(classifier);
    heed_model_free(transformer);
}

/* The probabilities of all labels, each forced, sum to one; the perplexity of the JSON is that of its steps. */
static void labels_share_one(heed_rng *rng) {
    static const char *const labels[] = {"P", "Q", "R", "S", "T"};
    double sum = 0;
    heed_model *model = small_classifier(rng, 0);
    for (int i = 0; model && i < 5; i++) {
        heed_generation *g = generate(model, "fade", &(heed_generate_options){.target = labels[i]});
        char *json = NULL;
        heed_error error = {0};
        if (!g || !CHECK_OK(heed_generation_json(g, &json, &error), &error))
            break;
        const double p = exp(heed_generation_score(g, 0)), perplexity = strtod(strstr(json, "perplexity") + 12, NULL);
        heed_compare_one("perplexity", 0, perplexity * p, 1, 1e-5);
        sum += p;
        heed_text_free(json);
        heed_generation_free(g);
    }
    heed_compare_one("sum of the labels", 0, sum, 1, 1e-5);
    heed_model_free(model);
}

int main(void) {
    heed_rng rng;
    heed_error error = {0};
    heed_tape tape;
    heed_rng_seed(&rng, 31, 4);
    if (!CHECK_OK(heed_tape_init(&tape, &error), &error))
        return heed_test_finish("choice_property");
    for (int i = 0; i < MODELS; i++) {
        heed_model *model = i % 4 == 3 ? small_classifier(&rng, (uint64_t)i) : small_model_any(&rng, i, 0);
        const char *text = i % 5 ? "facade" : "b";
        if (!model)
            break;
        if (model->arch->starts_empty && i % 2)
            text = "";
        const heed_generate_options greedy = {.max_length = LIMIT}, beam = {.beam = 4, .max_length = LIMIT};
        forced_is_what_was_found(model, &tape, text, &greedy);
        forced_is_what_was_found(model, &tape, text, &beam);
        draws(model, &tape, text, i);
        all_traces_are_given(model, "fade", i % 3 ? NULL : model->arch->starts_empty ? "face" : "P");
        if (i == 0)
            impossible_is_refused(model);
        heed_model_free(model);
    }
    targets_that_do_not_fit(&rng);
    labels_share_one(&rng);
    heed_tape_free(&tape);
    return heed_test_finish("choice_property");
}
