/* Gradients by name: those of parameters are central differences of the loss, which the public API tells; those of what
 * is kept fit them by the chain rule; what has none is refused. In double. */
#include "heed/generate.h"
#include "heed/predict.h"
#include "small_model.h"

enum { MODELS = 9, PLACES = 6 /* of each parameter */ };
static const double STEP = 1e-5, TOLERANCE = 6e-7; /* numbers of the JSON have 7 digits */

static const char numbers[] =
    "{\"source\": {\"type\": \"values\", \"channels\": 2, \"steps\": 0}, "
    "\"target\": {\"type\": \"values\", \"channels\": 1, \"steps\": 1}}";
static const char pair[] =
    "{\"source\": {\"type\": \"values\", \"channels\": 2, \"steps\": 1}, "
    "\"target\": {\"type\": \"values\", \"channels\": 1, \"steps\": 1}}";

/* What is asked of a model, and what it answered. */
typedef struct question {
    heed_model *model;
    const char *input, *target;
    bool numbers;
} question;

/* The result as JSON, NULL after a failure, whose status and message are left; the loss in any case of success. */
static char *ask(const question *q, const char *trace, double *loss, heed_error *error) {
    heed_generation *g = NULL;
    char *json = NULL;
    bool done = false;
    *error = (heed_error){0};
    if (q->numbers) {
        const heed_predict_options options = {.target = q->target, .trace = trace};
        heed_predict_json(q->model, q->input, strlen(q->input), &options, &json, error);
        if (json)
            *loss = strtod(strstr(json, "\"loss\":") + 7, NULL);
        return json;
    }
    const heed_generate_options options = {.target = q->target, .trace = trace};
    heed_status status = heed_generation_start(q->model, q->input, strlen(q->input), &options, &g, error);
    while (status == HEED_OK && !done)
        status = heed_generation_advance(g, &done, error);
    if (status == HEED_OK) {
        heed_generation_json(g, &json, error);
        *loss = -heed_generation_log_probability(g, 0);
    }
    heed_generation_free(g);
    return json;
}

/* The values of the trace `name`, of all its entries one after another, in `arena`; their number is *count. */
static double *values_of(const question *q, const char *name, heed_arena *arena, int *count) {
    heed_error error;
    double loss, *out = NULL;
    char *text = ask(q, name, &loss, &error);
    *count = 0;
    if (!CHECK(text != NULL)) {
        printf("%s: %s\n", name, error.message);
        return NULL;
    }
    const heed_json *json = heed_json_parse(arena, text, strlen(text), "json", &error);
    const heed_json *entries = heed_json_get(json, "trace");
    for (const heed_json *entry = entries->first; entry; entry = entry->next)
        *count += heed_json_get(entry, "values")->count;
    out = heed_arena_alloc(arena, (size_t)(*count + 1) * sizeof *out);
    int i = 0;
    for (const heed_json *entry = entries->first; entry; entry = entry->next)
        for (const heed_json *v = heed_json_get(entry, "values")->first; v; v = v->next)
            out[i++] = v->number;
    heed_text_free(text);
    CHECK(*count > 0);
    return out;
}

static double loss_of(const question *q) {
    heed_error error;
    double loss = NAN;
    char *json = ask(q, NULL, &loss, &error);
    CHECK(json != NULL);
    heed_text_free(json);
    return loss;
}

static void parameters_are_differences(const question *q) {
    const heed_params *params = &q->model->params;
    for (int i = 0; i < params->count; i++) {
        const heed_param *param = &params->list[i];
        char name[128];
        heed_arena arena = {0};
        int count;
        snprintf(name, sizeof name, "%s.gradient", param->name);
        if (param->statistic) {
            heed_error error;
            double loss;
            CHECK(ask(q, name, &loss, &error) == NULL);
            CHECK_CONTAINS(error.message, name);
            continue;
        }
        const double *got = values_of(q, name, &arena, &count);
        CHECK_INT(count, (int)param->count);
        for (int p = 0; got && p < PLACES; p++) {
            const size_t at = param->count * (size_t)p / PLACES;
            heed_real *w = params->values + param->offset + at, before = *w;
            *w = before + (heed_real)STEP;
            const double above = loss_of(q);
            *w = before - (heed_real)STEP;
            const double below = loss_of(q);
            *w = before;
            const double want = (above - below) / (2 * STEP);
            heed_compare_one(name, at, got[at], want, TOLERANCE * (1 + fabs(want)));
        }
        heed_arena_free(&arena);
    }
}

/* The gradients of `kept` [.., width], summed over all but the columns, are those of `bias` from place `first` on. */
static void sums_to_bias(const question *q, const char *kept, const char *bias, int first, int width) {
    heed_arena arena = {0};
    int n = 0, m = 0;
    char name[128];
    snprintf(name, sizeof name, "%s.gradient", kept);
    const double *got = values_of(q, name, &arena, &n);
    snprintf(name, sizeof name, "%s.gradient", bias);
    const double *want = values_of(q, name, &arena, &m);
    CHECK(n % width == 0 && m >= first + width);
    for (int k = 0; got && want && k < width; k++) {
        double sum = 0;
        for (int i = k; i < n; i += width)
            sum += got[i];
        heed_compare_one(kept, (size_t)k, sum, want[first + k], 1e-6 * (1 + fabs(want[first + k])));
    }
    heed_arena_free(&arena);
}

static void is_refused(const question *q, const char *name, const char *why) {
    heed_error error;
    double loss;
    char *json = ask(q, name, &loss, &error);
    CHECK(json == NULL);
    CHECK_CONTAINS(error.message, why);
    heed_text_free(json);
}

static heed_model *of_numbers(const char *config, const char *tokenizers) {
    heed_error error = {0};
    heed_arena arena = {0};
    heed_tokenizer *source = NULL, *target = NULL;
    heed_model *model = NULL;
    const heed_json *json = heed_json_parse(&arena, config, strlen(config), "config", &error);
    if (CHECK_OK(heed_tokenizers_parse(tokenizers, strlen(tokenizers), &source, &target, &error), &error))
        CHECK_OK(heed_model_create(json, source, target, 3, &model, &error), &error);
    heed_arena_free(&arena);
    return model;
}

static void of_stacks(void) {
    static const struct {
        const char *cell, *gates[4];
        int biases;
    } cells[] = {{"lstm", {"gate.input", "gate.forget", "gate.candidate", "gate.output"}, 4},
                 {"gru", {"gate.reset", "gate.update", "gate.candidate"}, 3},
                 {"rnn", {"gate"}, 1}};
    for (int c = 0; c < 3; c++)
        for (int l = 0; l < 2; l++)
            for (int d = 0; d < 2; d++) {
                char config[256], bias[64], kept[64];
                snprintf(config, sizeof config,
                         "{\"model_type\": \"classifier\", \"embedding\": 3, \"hidden\": 3, \"layers\": 2, "
                         "\"bidirectional\": true, \"pooling\": \"mean\", \"cell\": \"%s\"}", cells[c].cell);
                question q = {small_model_of(config, 7, 0.7), "faced", "Q", false};
                if (!q.model)
                    return;
                snprintf(bias, sizeof bias, "encoder.%s.%d.bias%s", cells[c].cell, l, d ? "_reverse" : "");
                for (int k = 0; k < cells[c].biases; k++) {
                    snprintf(kept, sizeof kept, "encoder.%s%s%s.pre", l ? "" : "0.", d ? "reverse." : "", cells[c].gates[k]);
                    sums_to_bias(&q, kept, bias, 3 * k, 3);
                }
                is_refused(&q, "encoder.0.h.gradient_norm.gradient", "encoder.0.h.gradient_norm.gradient");
                if (c == 0)
                    is_refused(&q, "encoder.0.cell.gradient", "no gradient of its own");
                heed_model_free(q.model);
            }
}

/* A norm is that of the gradient beside it. */
static void norms_are_of_gradients(const question *q, const char *h, int cells) {
    heed_arena arena = {0};
    int n = 0, m = 0;
    char name[64];
    snprintf(name, sizeof name, "%s.gradient", h);
    const double *gradient = values_of(q, name, &arena, &n);
    snprintf(name, sizeof name, "%s.gradient_norm", h);
    const double *norm = values_of(q, name, &arena, &m);
    CHECK_INT(n, m * cells);
    for (int t = 0; gradient && norm && t < m; t++) {
        double sum = 0;
        for (int k = 0; k < cells; k++)
            sum += gradient[t * cells + k] * gradient[t * cells + k];
        heed_compare_one(name, (size_t)t, norm[t], sqrt(sum), 1e-6);
    }
    heed_arena_free(&arena);
}

/* Step by step and at once, truncated or not: what the public API calls the gradient of a parameter without truncation is
 * the difference; with it, of what only later steps could reach, nothing arrives. */
static void truncation_cuts(const char *more) {
    static const char form[] =
        "{\"model_type\": \"seq2seq\", \"source_embedding\": 3, \"target_embedding\": 3, \"encoder_hidden\": 2, "
        "\"decoder_hidden\": 4, \"cell\": \"gru\", \"score\": \"none\", \"vector\": \"once\", \"truncate\": %d%s}";
    static const int truncations[] = {0, 2, 100};
    double loss[3][8];
    for (int i = 0; i < 3; i++) {
        char config[400];
        heed_arena arena = {0};
        int n = 0;
        snprintf(config, sizeof config, form, truncations[i], more);
        question q = {small_model_of(config, 4, 0.7), "facade", "P Q R S", false};
        if (!q.model)
            return;
        const double *norm = values_of(&q, "decoder.h.gradient_norm", &arena, &n);
        CHECK_INT(n, 5); /* with <eos> */
        for (int t = 0; norm && t < 5; t++)
            loss[i][t] = norm[t];
        const double *encoder = values_of(&q, "encoder.h.gradient_norm", &arena, &n);
        CHECK_INT(n, 6);
        for (int s = 0; encoder && truncations[i] == 2 && s < 4; s++)
            CHECK(encoder[s] == 0); /* it begins the decoder with its last state, which is cut off at step 4 */
        for (int s = 0; encoder && truncations[i] != 2 && s < 6; s++)
            CHECK(encoder[s] > 0);
        heed_arena_free(&arena);
        heed_model_free(q.model);
    }
    for (int t = 0; t < 5; t++) {
        heed_compare_one("longer than the sequence", (size_t)t, loss[2][t], loss[0][t], 1e-12);
        if (t == 4) /* the last step: nothing comes from later */
            heed_compare_one("last step", (size_t)t, loss[1][t], loss[0][t], 1e-12);
        if (t == 3 || t == 1)
            CHECK(fabs(loss[1][t] - loss[0][t]) > 1e-6); /* a cut behind it */
    }
}

/* Whether a model of these has a trace or a tensor of the name. */
static bool some_has(heed_model *const *models, int count, const char *name) {
    for (int i = 0; i < count; i++) {
        if (models[i] && heed_params_find(&models[i]->params, name) >= 0)
            return true;
        for (const char *const *trace = models[i] ? models[i]->traces : NULL; trace && *trace; trace++)
            if (strcmp(*trace, name) == 0)
                return true;
    }
    return false;
}

/* What core/doc/traces.md says of a figure's traces, in the second column of its last table, is there. */
static void figures_have_their_traces(void) {
    static const char *const configs[] = {
        "{\"model_type\": \"classifier\", \"hidden\": 2, \"bidirectional\": true}",
        "{\"model_type\": \"classifier\", \"hidden\": 2, \"cell\": \"rnn\"}",
        "{\"model_type\": \"seq2seq\", \"encoder_hidden\": 2, \"decoder_hidden\": 4, \"hard\": true}",
        "{\"model_type\": \"seq2seq\", \"encoder_hidden\": 2, \"decoder_hidden\": 4, \"local\": \"predictive\"}",
        "{\"model_type\": \"transformer\", \"d_model\": 4, \"heads\": 2}",
        "{\"model_type\": \"image_reader\"}",
    };
    enum { MADE = sizeof configs / sizeof *configs };
    heed_model *models[MADE + 1];
    for (int i = 0; i < MADE; i++)
        models[i] = small_model_of(configs[i], 1, 0.1);
    models[MADE] = of_numbers("{\"model_type\": \"mlp\", \"hidden\": [2]}", pair);
    FILE *file = fopen(HEED_SOURCE_DIR "/core/doc/traces.md", "r");
    char line[1024];
    int figures = 0, names = 0;
    while (CHECK(file != NULL) && fgets(line, sizeof line, file)) {
        if (strncmp(line, "| F", 3) != 0)
            continue;
        char *column = strchr(line + 1, '|'), *end = strchr(column + 1, '|');
        *end = '\0';
        figures++;
        for (char *name = strchr(column, '`'); name; name = strchr(name, '`')) {
            char *close = strchr(++name, '`'), *ending;
            *close = '\0';
            if ((ending = strstr(name, ".gradient")) != NULL && strcmp(ending, ".gradient") == 0)
                *ending = '\0';
            if (!CHECK(some_has(models, MADE + 1, name)))
                printf("%s\n", name);
            names++;
            name = close + 1;
        }
    }
    CHECK(figures > 20 && names > 40);
    if (file)
        fclose(file);
    for (int i = 0; i <= MADE; i++)
        heed_model_free(models[i]);
}

int main(void) {
    heed_rng rng;
    heed_rng_seed(&rng, 11, 5);
    for (int i = 0; i < MODELS; i++) {
        question q = {small_model_any(&rng, i, 0), "face", i % 3 == 2 ? "abc" : "P Q R", false};
        if (q.model)
            parameters_are_differences(&q);
        if (q.model && i % 3)
            sums_to_bias(&q, "decoder.0.ffn.output", "decoder.0.ffn.down.bias", 0, q.model->params.list[heed_params_find(
                             &q.model->params, "decoder.0.ffn.down.bias")].dims[0]);
        heed_model_free(q.model);
        q = (question){small_classifier(&rng, (uint64_t)i), "face", "R", false};
        if (q.model) {
            parameters_are_differences(&q);
            sums_to_bias(&q, "logits", "output.bias", 0, 5);
            is_refused(&q, "logits.gradients", "logits.gradients");
            is_refused(&q, ".gradient", ".gradient");
        }
        heed_model_free(q.model);
    }
    question q = {of_numbers("{\"model_type\": \"mlp\", \"hidden\": [3, 2], \"loss\": \"binary_cross_entropy\"}", pair),
                  "0.5 -1", "1", true};
    if (q.model) {
        parameters_are_differences(&q);
        sums_to_bias(&q, "logits", "output.bias", 0, 1);
        is_refused(&q, "hidden.2.gradient", "hidden.2.gradient");
        q.target = "2";
        is_refused(&q, NULL, "from 0 to 1");
        q.target = "1 2";
        is_refused(&q, NULL, "more than 1 number");
    }
    heed_model_free(q.model);
    q = (question){of_numbers("{\"model_type\": \"classifier\", \"hidden\": 3, \"cell\": \"gru\"}", numbers),
                   "0.5 -1; 0.25 1; 0 0", "0.75", true};
    if (q.model) {
        parameters_are_differences(&q);
        norms_are_of_gradients(&q, "encoder.h", 3);
    }
    heed_model_free(q.model);
    of_stacks();
    figures_have_their_traces();
    truncation_cuts("");
    truncation_cuts(", \"input_feeding\": true");
    return heed_test_finish("gradient_trace_property");
}
