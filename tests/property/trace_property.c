/* Every name that an architecture lists is kept when a run is traced, with the right shape; softmax rows sum to one
 * over their real entries and are zero beyond. */
#include "heed/generate.h"
#include "ops/ops.h"
#include "small_model.h"

enum { MODELS = 24, ROWS = 3 };

static void softmax_rows(heed_rng *rng) {
    heed_error error = {0};
    heed_tape tape;
    CHECK_OK(heed_tape_init(&tape, &error), &error);
    for (int i = 0; i < 60; i++) {
        const int rows = 1 + (int)heed_rng_below(rng, 4), queries = 1 + (int)heed_rng_below(rng, 4);
        const int keys = 1 + (int)heed_rng_below(rng, 70);
        const double size = i % 3 == 0 ? 1 : i % 3 == 1 ? 80 : 3e30; /* up to rows that are one-hot */
        int32_t lengths[4];
        heed_tape_reset(&tape);
        heed_tensor *x = heed_tensor_new(&tape, false, 3, (int[]){rows, queries, keys});
        for (size_t k = 0; k < heed_tensor_count(x); k++)
            x->data[k] = (heed_real)((2 * heed_rng_uniform(rng) - 1) * size);
        for (int b = 0; b < rows; b++)
            lengths[b] = 1 + (int32_t)heed_rng_below(rng, (uint32_t)keys);
        heed_tensor *y = heed_masked_softmax(&tape, x, i % 2 ? lengths : NULL);
        if (!CHECK_OK(heed_tape_check(&tape, &error), &error))
            break;
        for (int row = 0; row < rows * queries; row++) {
            const int real = i % 2 ? lengths[row / queries] : keys;
            double sum = 0;
            bool in_range = true, zero = true;
            for (int k = 0; k < keys; k++) {
                const double w = (double)y->data[(size_t)row * keys + k];
                sum += w;
                in_range = in_range && w >= 0 && w <= 1 + 1e-6;
                zero = zero && (k < real || w == 0);
            }
            heed_compare_one("sum of a softmax row", (size_t)row, sum, 1, 1e-5);
            CHECK(in_range && zero);
        }
    }
    heed_tape_free(&tape);
}

/* What follows "encoder.", "encoder.reverse.", "decoder." or the same of a layer below the top ("encoder.0.reverse.") in
 * the name of a trace that a recurrent layer makes; NULL for other traces. */
static const char *recurrent_part(const char *name) {
    const char *part = strncmp(name, "encoder.", 8) == 0 || strncmp(name, "decoder.", 8) == 0 ? name + 8 : "";
    const bool below = part[0] >= '0' && part[0] <= '9';
    part += below ? 2 : 0;
    part += strncmp(part, "reverse.", 8) == 0 ? 8 : 0;
    return strncmp(part, "gate.", 5) == 0 || strcmp(part, "cell") == 0 || strcmp(part, "h.gradient_norm") == 0 ||
                   (below && strcmp(part, "h") == 0)
               ? part
               : NULL;
}

static bool step_by_step(const small_config *config) {
    return config->input_feeding || (config->more && strstr(config->more, "before"));
}

/* The shape that a trace of seq2seq has in a pass over `steps` target steps. */
static void expect_shape(const heed_trace_entry *entry, const heed_model *model, const small_config *config,
                         const heed_batch *batch, int steps) {
    const int memory = 2 * config->encoder_hidden, hidden = config->decoder_hidden;
    const bool before = config->more && strstr(config->more, "before");
    const char *const of_attention = "decoder.attention.";
    const char *part = strncmp(entry->name, of_attention, strlen(of_attention)) == 0 ? entry->name + strlen(of_attention)
                                                                                     : "";
    int want[3] = {batch->rows, steps, 0};
    if (strcmp(entry->name, "encoder.summary") == 0) {
        CHECK_INT(entry->rank, 2);
        CHECK_INT(entry->dims[1], memory);
        return;
    }
    if (recurrent_part(entry->name) && entry->name[0] == 'e')
        want[1] = batch->source_length,
        want[2] = strcmp(recurrent_part(entry->name), "h") == 0 ? memory : config->encoder_hidden;
    else if (recurrent_part(entry->name))
        want[2] = config->decoder_hidden;
    else if (strcmp(entry->name, "encoder.h") == 0)
        want[1] = batch->source_length, want[2] = memory;
    else if (strcmp(entry->name, "decoder.h") == 0)
        want[2] = config->decoder_hidden;
    else if (strcmp(entry->name, "encoder.x") == 0)
        want[1] = batch->source_length, want[2] = 5;
    else if (strcmp(entry->name, "decoder.x") == 0)
        want[2] = 4 + (before ? memory : 0) + (config->input_feeding ? hidden : 0);
    else if (strcmp(entry->name, "decoder.readout") == 0 || strcmp(part, "query") == 0)
        want[2] = hidden;
    else if (strcmp(part, "keys") == 0)
        want[1] = batch->source_length, want[2] = entry->dims[2]; /* as the score likes them */
    else if (strcmp(part, "place") == 0)
        want[2] = 1;
    else if (strcmp(part, "weights") == 0 || strcmp(part, "scores") == 0 || strcmp(part, "distribution") == 0)
        want[2] = batch->source_length;
    else if (strcmp(entry->name, "decoder.context") == 0)
        want[2] = memory;
    else if (strcmp(entry->name, "decoder.logits") == 0)
        want[2] = heed_tokenizer_count(model->target);
    CHECK(want[2] > 0); /* no other name */
    CHECK_INT(entry->rank, 3);
    for (int i = 0; i < 3; i++)
        CHECK_INT(entry->dims[i], want[i]);
}

static const heed_trace_entry *entry_of(const heed_trace *trace, const char *name) {
    for (int e = 0; e < trace->count; e++)
        if (strcmp(trace->entries[e].name, name) == 0)
            return &trace->entries[e];
    return NULL;
}

/* The weights of a soft, global attention are the softmax of the scores that are told; a hard one's are 1 for the
 * likeliest of its distribution; and the local place is within the source. */
static void scores_explain_weights(const heed_trace *trace, const small_config *config, const heed_batch *batch) {
    const heed_trace_entry *scores = entry_of(trace, "decoder.attention.scores");
    const heed_trace_entry *weights = entry_of(trace, "decoder.attention.weights");
    const heed_trace_entry *distribution = entry_of(trace, "decoder.attention.distribution");
    const heed_trace_entry *place = entry_of(trace, "decoder.attention.place");
    const bool local = config->more && strstr(config->more, "local");
    CHECK((scores != NULL) == (strcmp(config->score, "none") != 0));
    CHECK((distribution != NULL) == (config->more && strstr(config->more, "hard")));
    CHECK((place != NULL) == (config->more && strstr(config->more, "predictive")));
    for (int row = 0; weights && row < batch->rows * weights->dims[1]; row++) {
        const int length = batch->source_lengths[row / weights->dims[1]], keys = weights->dims[2];
        const size_t at = (size_t)row * keys;
        double sum = 0;
        int best = 0;
        for (int k = 0; k < length; k++)
            sum += exp((double)scores->values[at + k]);
        for (int k = 0; k < length && !local; k++) {
            const double want = exp((double)scores->values[at + k]) / sum;
            heed_compare_one("softmax of the scores", at + k, (double)(distribution ? distribution : weights)->values[at + k],
                             want, 1e-5);
            best = distribution && distribution->values[at + k] > distribution->values[at + best] ? k : best;
        }
        if (distribution)
            CHECK(weights->values[at + best] == 1);
        if (place)
            CHECK(place->values[row] >= 0 && place->values[row] <= (heed_real)(length - 1));
    }
}

static void names_are_kept(const heed_model *model, const small_config *config, const heed_batch *batch,
                           heed_tape *tape) {
    heed_trace trace = {0};
    const double plain = small_loss(model, tape, batch, 0, NULL);
    tape->trace = &trace;
    const double traced = small_loss(model, tape, batch, 0, NULL);
    tape->trace = NULL;
    CHECK(plain == traced);
    for (const char *const *name = model->traces; *name; name++) {
        int found = 0;
        for (int e = 0; e < trace.count; e++)
            if (strcmp(trace.entries[e].name, *name) == 0)
                found++;
        const char *part = recurrent_part(*name);
        const bool once = !step_by_step(config) || strncmp(*name, "encoder.", 8) == 0;
        const bool absent = part && strcmp(part, "h.gradient_norm") == 0; /* of a backward pass */
        CHECK_INT(found, absent ? 0 : once ? 1 : batch->target_length);
    }
    for (int e = 0; e < trace.count; e++) {
        bool listed = false;
        for (const char *const *name = model->traces; *name; name++)
            listed = listed || strcmp(trace.entries[e].name, *name) == 0;
        CHECK(listed);
        expect_shape(&trace.entries[e], model, config, batch, step_by_step(config) ? 1 : batch->target_length);
    }
    scores_explain_weights(&trace, config, batch);
    heed_trace_free(&trace);
}

/* Entries of the trace in a generation's JSON, and how many numbers each holds. */
static int traced(const heed_model *model, const char *list, size_t values) {
    heed_error error = {0};
    heed_arena arena = {0};
    heed_generation *g = NULL;
    char *text = NULL;
    const heed_generate_options options = {.max_length = 4, .trace = list};
    int count = 0;
    bool done = false;
    if (!CHECK_OK(heed_generation_start(model, "face", 4, &options, &g, &error), &error))
        return -1;
    while (!done && CHECK_OK(heed_generation_advance(g, &done, &error), &error))
        continue;
    if (CHECK_OK(heed_generation_json(g, &text, &error), &error)) {
        const heed_json *json = heed_json_parse(&arena, text, strlen(text), "json", &error);
        const heed_json *trace = heed_json_get(json, "trace");
        for (const heed_json *entry = trace ? trace->first : NULL; entry; entry = entry->next, count++) {
            int64_t size = 1;
            for (const heed_json *dim = heed_json_get(entry, "shape")->first; dim; dim = dim->next)
                size *= (int64_t)dim->number;
            CHECK_INT(heed_json_get(entry, "values")->count, size);
            CHECK(values == 0 || (size_t)size == values);
        }
    }
    heed_text_free(text);
    heed_arena_free(&arena);
    heed_generation_free(g);
    return count;
}

/* What a caller asks for is what it gets: these names, each step's, and no others. */
static void names_are_given(void) {
    const small_config config = {"general", false, 1, 1, 4, 6, 0, "lstm", NULL};
    heed_model *model = small_model(&config, 1, 0.7);
    if (!model)
        return;
    CHECK_INT(traced(model, NULL, 0), 0);
    CHECK_INT(traced(model, "", 0), 0);
    CHECK_INT(traced(model, "encoder.h", 4 * 8), 1);
    const int steps = traced(model, "decoder.h", 6);
    CHECK(steps >= 1 && steps <= 4);
    CHECK_INT(traced(model, "decoder.logits", 9), steps);
    CHECK_INT(traced(model, "attention", 4), steps);
    CHECK_INT(traced(model, "decoder.combine.weight", 6 * (6 + 8)), 1);
    CHECK_INT(traced(model, "decoder.attention.weights", 4), steps);
    CHECK_INT(traced(model, "decoder.h,encoder.h,decoder.context", 0), 2 * steps + 1);
    const char *const wrong[] = {"decoder", "decoder.h,", "decoder.h.", ",", "decoder.h,nothing", "Attention"};
    const bool fine[] = {false, true, false, false, false, false}; /* a comma at the end does no harm */
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        heed_error error = {0};
        heed_generation *g = NULL;
        const heed_generate_options options = {.trace = wrong[i]};
        const heed_status status = heed_generation_start(model, "face", 4, &options, &g, &error);
        CHECK_INT(status, fine[i] ? HEED_OK : HEED_ERROR_UNKNOWN);
        if (!fine[i])
            CHECK_CONTAINS(error.message, "trace");
        heed_generation_free(g);
    }
    heed_model_free(model);
}

/* The gradients of the states of an rnn without input, begun near zero so that tanh is nearly linear, with Wh = 0.5 I:
 * the norm halves with every step back, and at the last step is that of Wo^T (p - target). Truncated, none goes back
 * past the last step whose number is a multiple of `truncate`. */
static void gradients_fade(int truncate) {
    enum { STEPS = 5, HIDDEN = 3, LABELS = 5 };
    char text[128];
    snprintf(text, sizeof text,
             "{\"model_type\": \"classifier\", \"embedding\": 2, \"hidden\": 3, \"cell\": \"rnn\", \"truncate\": %d}",
             truncate);
    const int reaches = truncate ? (STEPS - 1) / truncate * truncate : 0;
    heed_error error = {0};
    heed_arena arena = {0};
    heed_generation *g = NULL;
    heed_model *model = NULL;
    heed_tokenizer *source = NULL, *target = NULL;
    bool done = false;
    char *json = NULL;
    const heed_json *config = heed_json_parse(&arena, text, strlen(text), "config", &error);
    const heed_generate_options options = {.trace = "encoder.h.gradient_norm,encoder.h"};
    if (!CHECK_OK(heed_tokenizers_parse(small_tokenizers, strlen(small_tokenizers), &source, &target, &error), &error) ||
        !CHECK_OK(heed_model_create(config, source, target, 1, &model, &error), &error))
        return;
    heed_params *params = &model->params;
    memset(params->values, 0, params->size * sizeof *params->values);
    heed_real *wh = params->values + params->list[heed_params_find(params, "encoder.rnn.0.weight_hh")].offset;
    heed_real *wo = params->values + params->list[heed_params_find(params, "output.weight")].offset;
    for (int i = 0; i < HIDDEN; i++)
        wh[i * HIDDEN + i] = (heed_real)0.5;
    for (int i = 0; i < LABELS * HIDDEN; i++)
        wo[i] = (heed_real)(i % 4 - 1.5);
    double want = 0; /* all labels have p = 1/5; the first one is chosen */
    for (int k = 0; k < HIDDEN; k++) {
        double d = 0;
        for (int label = 0; label < LABELS; label++)
            d += (1.0 / LABELS - (label == 0)) * (double)wo[label * HIDDEN + k];
        want += d * d;
    }
    if (CHECK_OK(heed_generation_start(model, "facea", STEPS, &options, &g, &error), &error) &&
        CHECK_OK(heed_generation_advance(g, &done, &error), &error) &&
        CHECK_OK(heed_generation_json(g, &json, &error), &error)) {
        const heed_json *result = heed_json_parse(&arena, json, strlen(json), "json", &error);
        const heed_json *entry = heed_json_get(result, "trace")->first;
        CHECK_STRING(entry->next ? heed_json_get(entry->next, "name")->string : "", "encoder.h.gradient_norm");
        const heed_json *values = entry->next ? heed_json_get(entry->next, "values") : NULL;
        int t = 0;
        for (const heed_json *v = values ? values->first : NULL; v; v = v->next, t++)
            heed_compare_one("gradient norm", (size_t)t, v->number,
                             t < reaches ? 0 : sqrt(want) * pow(0.5, STEPS - 1 - t), 1e-5);
        CHECK_INT(t, STEPS);
    }
    heed_text_free(json);
    heed_generation_free(g);
    heed_model_free(model);
    heed_arena_free(&arena);
}

/* The attention weights of the first step at a temperature; one check a number. */
static void first_weights(const heed_model *model, double temperature, double out[4]) {
    heed_error error = {0};
    heed_generation *g = NULL;
    bool done = false;
    const heed_generate_options options = {.attention_temperature = temperature};
    if (CHECK_OK(heed_generation_start(model, "face", 4, &options, &g, &error), &error) &&
        CHECK_OK(heed_generation_advance(g, &done, &error), &error))
        for (int k = 0; k < 4; k++)
            out[k] = (double)heed_generation_get(g, 0, 0).attention[k];
    heed_generation_free(g);
}

/* Weights at temperature T are softmax(log(weights at 1) / T). */
static void temperature(void) {
    static const char *const scores[] = {
#define HEED_SCORE(name) #name,
#include "nn/attention/scores.def"
#undef HEED_SCORE
    };
    for (size_t s = 0; s < sizeof scores / sizeof *scores; s++) {
        const small_config config = {scores[s], false, 1, 1, 4, 8, 0, "lstm", NULL};
        heed_model *model = small_model(&config, 3, 0.7);
        double plain[4] = {0}, one[4] = {0}, sharp[4] = {0}, sum = 0;
        if (!model)
            return;
        first_weights(model, 0, plain);
        first_weights(model, 1, one);
        first_weights(model, 0.25, sharp);
        for (int k = 0; k < 4; k++)
            sum += pow(plain[k], 4);
        for (int k = 0; k < 4; k++) {
            heed_compare_one(scores[s], (size_t)k, one[k], plain[k], 1e-7);
            heed_compare_one(scores[s], (size_t)k, sharp[k], pow(plain[k], 4) / sum, 1e-5);
        }
        heed_model_free(model);
    }
    heed_error error = {0};
    heed_generation *g = NULL;
    const small_config config = {"dot", false, 1, 1, 4, 8, 0, "lstm", NULL};
    heed_model *model = small_model(&config, 3, 0.7);
    const heed_generate_options options = {.attention_temperature = -1};
    if (model)
        CHECK_STATUS(heed_generation_start(model, "face", 4, &options, &g, &error), HEED_ERROR_ARGUMENT, &error);
    CHECK_CONTAINS(error.message, "attention_temperature: -1 is not in 0.01..100");
    heed_model_free(model);
}

int main(void) {
    heed_rng rng;
    heed_rng_seed(&rng, 6, 6);
    temperature();
    softmax_rows(&rng);
    names_are_given();
    gradients_fade(0);
    gradients_fade(3);
    for (int i = 0; i < MODELS; i++) {
        const small_config config = small_config_random(&rng);
        small_setting set;
        if (!small_open(&set, &config, (uint64_t)i))
            break;
        const heed_batch batch =
            small_batch(&set.arena, &rng, ROWS, 1 + (int)heed_rng_below(&rng, 6), 1 + (int)heed_rng_below(&rng, 6));
        names_are_kept(set.model, &config, &batch, &set.tape);
        small_close_setting(&set);
    }
    return heed_test_finish("trace_property");
}
