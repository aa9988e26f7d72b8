/* heed run: outputs for texts of the command line or of standard input. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct run_settings {
    heed_generate_options generate;
    int best, seed; /* best: outputs printed with their scores; 0: one without */
    bool score, json;
} run_settings;

/* Output k as the model's tokens, symbols separated by blanks. */
static void print_output(const heed_model *model, const heed_generation *generation, int k)
{
    int length = heed_generation_length(generation, k);
    for (int i = 0; i < length; i++)
        printf("%s%s", i > 0 ? " " : "", heed_model_target_token(model, heed_generation_get(generation, k, i).token));
    printf("\n");
}

static void print_best(const heed_model *model, const heed_generation *generation, int best)
{
    for (int k = 0; k < best && k < heed_generation_count(generation); k++) {
        printf("%.6f\t", heed_generation_score(generation, k));
        print_output(model, generation, k);
    }
}

/* log p and perplexity of the target, then every token with its own log p. */
static void print_scored(const heed_model *model, const heed_generation *generation)
{
    int steps = heed_generation_length(generation, 0) + heed_generation_ended(generation, 0);
    double sum = heed_generation_log_probability(generation, 0);
    printf("%.6f\t%.6g\t", sum, exp(-sum / steps));
    for (int i = 0; i < steps; i++) {
        heed_generation_step step = heed_generation_get(generation, 0, i);
        printf("%s%s %.4f", i > 0 ? ", " : "", heed_model_target_token(model, step.token), step.log_probability);
    }
    printf("\n");
}

/* A table: a column per input token, a row per output token with its weights in percent. */
static void print_attention(const heed_model *model, const heed_generation *generation, const char *json)
{
    int length = heed_generation_length(generation, 0);
    const char *source = cli_json_member(json, "source");
    const char *first = source == NULL ? NULL : cli_json_first(source);
    if (first == NULL || heed_generation_get(generation, 0, 0).attention == NULL) {
        printf("  (this model has no attention)\n");
        return;
    }
    int columns = 0;
    printf("      ");
    for (const char *token = first; token != NULL; token = cli_json_next(token), columns++) {
        printf("    ");
        cli_json_print_text(stdout, cli_json_member(token, "token"));
    }
    printf("\n");
    int rows = length + (heed_generation_ended(generation, 0) ? 1 : 0);
    for (int i = 0; i < rows; i++) {
        heed_generation_step step = heed_generation_get(generation, 0, i);
        printf("  %-5s", i < length ? heed_model_target_token(model, step.token) : "<eos>");
        for (int k = 0; k < columns; k++)
            printf(" %3.0f ", 100 * (double)step.attention[k]);
        printf("\n");
    }
}

static heed_status print_generation(const heed_model *model, const heed_generation *generation,
                                    const run_settings *settings, heed_error *error)
{
    char *json = NULL;
    if (settings->json || settings->generate.trace != NULL) {
        heed_status status = heed_generation_json(generation, &json, error);
        if (status != HEED_OK)
            return status;
    }
    if (settings->json) {
        printf("%s\n", json);
    } else {
        if (settings->generate.target != NULL)
            print_scored(model, generation);
        else if (settings->best > 0)
            print_best(model, generation, settings->best);
        else
            print_output(model, generation, 0);
        if (settings->generate.trace != NULL)
            print_attention(model, generation, json);
    }
    heed_text_free(json);
    return HEED_OK;
}

/* As the input is written: "0.5 1;0.25 0"; after the loss, where there is a target. */
static heed_status run_numbers(const heed_model *model, const char *text, size_t size, const run_settings *settings,
                               heed_error *error)
{
    const heed_predict_options options = {.target = settings->generate.target, .trace = settings->generate.trace};
    char *json = NULL;
    heed_status status = heed_predict_json(model, text, size, &options, &json, error);
    if (status != HEED_OK)
        return status;
    if (settings->json) {
        printf("%s\n", json);
    } else {
        const char *values = cli_json_member(json, "values"), *loss = cli_json_member(json, "loss");
        if (loss != NULL)
            printf("%.7g\t", strtod(loss, NULL));
        for (const char *step = cli_json_first(values); step != NULL; step = cli_json_next(step))
            for (const char *value = cli_json_first(step), *next; value != NULL; value = next) {
                next = cli_json_next(value);
                printf("%.7g%s", strtod(value, NULL), next != NULL ? " " : cli_json_next(step) != NULL ? ";" : "");
            }
        printf("\n");
    }
    heed_text_free(json);
    return HEED_OK;
}

static heed_status run_text(const heed_model *model, const char *text, size_t size, const run_settings *settings,
                            heed_error *error)
{
    heed_generation *generation = NULL;
    bool done = false;
    run_settings own = *settings;
    if (settings->score) {
        const char *tab = memchr(text, '\t', size);
        if (tab == NULL) {
            *error = (heed_error){HEED_ERROR_FORMAT, "--score: no tab between input and target"};
            return HEED_ERROR_FORMAT;
        }
        size = (size_t)(tab - text);
        own.generate.target = tab + 1;
    }
    settings = &own;
    if (heed_model_gives_numbers(model))
        return run_numbers(model, text, size, settings, error);
    heed_status status = heed_generation_start(model, text, size, &settings->generate, &generation, error);
    while (status == HEED_OK && !done)
        status = heed_generation_advance(generation, &done, error);
    if (status == HEED_OK)
        status = print_generation(model, generation, settings, error);
    heed_generation_free(generation);
    return status;
}

/* One input's failure is reported and the others go on: line n of the output belongs to line n of the input. */
static int run_or_report(const cli_command *command, const heed_model *model, const char *text, size_t size,
                         const run_settings *settings)
{
    heed_error error = {0};
    if (run_text(model, text, size, settings, &error) == HEED_OK)
        return CLI_OK;
    if (settings->json) {
        printf("{\"input\":");
        cli_print_json_string(stdout, text, size);
        printf(",\"error\":{\"code\":\"%s\",\"message\":", heed_status_name(error.status));
        cli_print_json_string(stdout, error.message, strlen(error.message));
        printf("}}\n");
    } else {
        printf("\n");
    }
    return cli_fail(command, "\"%.*s\": %s", size > 60 ? 60 : (int)size, text, error.message);
}

static int run_lines(const cli_command *command, const heed_model *model, const run_settings *settings)
{
    char *line = NULL;
    size_t capacity = 0, length;
    int code = CLI_OK;
    while (cli_read_line(stdin, &line, &capacity, &length)) {
        if (run_or_report(command, model, line == NULL ? "" : line, length, settings) != CLI_OK)
            code = CLI_FAILED;
        fflush(stdout); /* a pipe's other end may wait for each answer */
    }
    free(line);
    return code;
}

/* Whether a JSON string is text[0..n). */
static bool is_name(const char *string, const char *text, size_t n)
{
    return (size_t)(cli_json_end(string) - string) == n + 2 && memcmp(string + 1, text, n) == 0;
}

/* Whether every name of the comma-separated list is one that the model can keep; a message on the first that is not. */
static bool known_traces(const cli_command *command, const heed_model *model, const char *list, int *code)
{
    static const char gradient[] = ".gradient";
    heed_error error = {0};
    char *json = NULL;
    if (heed_model_describe(model, &json, &error) != HEED_OK) {
        *code = cli_fail_error(command, &error);
        return false;
    }
    const char *traces = cli_json_member(json, "traces"), *tensors = cli_json_member(json, "tensors");
    bool known = true;
    while (known && *list != '\0') {
        size_t n = strcspn(list, ","), whole = n;
        if (n > sizeof gradient - 1 && memcmp(list + n - (sizeof gradient - 1), gradient, sizeof gradient - 1) == 0)
            n -= sizeof gradient - 1; /* of what it is the gradient */
        known = n == strlen("attention") && memcmp(list, "attention", n) == 0;
        for (const char *name = cli_json_first(traces); name != NULL && !known; name = cli_json_next(name))
            known = is_name(name, list, n);
        for (const char *tensor = cli_json_first(tensors); tensor != NULL && !known; tensor = cli_json_next(tensor))
            known = is_name(cli_json_member(tensor, "name"), list, n);
        if (!known)
            *code = cli_usage(command, "there is no trace \"%.*s\"; heed inspect MODEL lists tensors, and with --traces the others",
                              (int)whole, list);
        list += whole + (list[whole] == ',');
    }
    heed_text_free(json);
    return known;
}

static int run(const cli_command *command, int count, char **arguments)
{
    run_settings settings = {0};
    heed_load_options load;
    const char *dtype = NULL;
    bool no_cache = false;
    int code;
    const cli_option table[] = {
        {"--beam", "K", "hypotheses kept; 1, the default, is greedy", CLI_INT, &settings.generate.beam, 1,
         HEED_BEAM_MAX},
        {"--n-best", "N", "prints the N best of the beam, which is N when not given, each after its score", CLI_INT,
         &settings.best, 1, HEED_BEAM_MAX},
        {"--length-penalty", "A", "scores are log p / length^A", CLI_REAL, &settings.generate.length_penalty, 0, 0},
        {"--max-length", "N", "output tokens at most; 2 x input + 10 by default", CLI_INT,
         &settings.generate.max_length, 1, HEED_OUTPUT_MAX},
        {"--temperature", "T", "draws the tokens: below 1 nearer to the likeliest, above 1 more evenly", CLI_REAL,
         &settings.generate.temperature, 0, 0},
        {"--top-k", "K", "draws among the K likeliest", CLI_INT, &settings.generate.top_k, 1, INT_MAX},
        {"--top-p", "P", "draws among the fewest likeliest that together have the probability P", CLI_REAL,
         &settings.generate.top_p, 0, 0},
        {"--seed", "N", "of what is drawn; 0 by default", CLI_INT, &settings.seed, 0, INT_MAX},
        {"--target", "TEXT", "scores this output: log p, perplexity, and log p of each token; of numbers, the loss", CLI_TEXT,
         &settings.generate.target, 0, 0},
        {"--score", NULL, "the same; every TEXT or line is an input, a tab, its target", CLI_FLAG, &settings.score, 0, 0},
        {"--attention-temperature", "T", "flattens (above 1) or sharpens (below 1) what the model attends to", CLI_REAL,
         &settings.generate.attention_temperature, 0, 0},
        {"--mute", "NAMES", "attention heads that contribute zero, by comma: encoder.0.self_attention.2", CLI_TEXT,
         &settings.generate.mute, 0, 0},
        {"--trace", "NAMES", "\"attention\": the weights as a table; with --json any traces and tensors, by comma", CLI_TEXT,
         &settings.generate.trace, 0, 0},
        {"--no-cache", NULL, "a Transformer's decoding keeps no keys and values: each step reads all tokens again", CLI_FLAG,
         &no_cache, 0, 0},
        CLI_DTYPE(&dtype),
        {"--json", NULL, "one JSON object per input", CLI_FLAG, &settings.json, 0, 0},
        {NULL, NULL, NULL, CLI_FLAG, NULL, 0, 0},
    };
    int positional = cli_parse(command, table, count, arguments, &code);
    if (positional < 0)
        return code;
    if (positional == 0)
        return cli_usage(command, "the MODEL folder is missing");
    if (settings.generate.beam == 0)
        settings.generate.beam = settings.best > 0 ? settings.best : 1;
    if (settings.best > settings.generate.beam)
        return cli_usage(command, "--n-best is %d; it must be at most --beam, which is %d", settings.best,
                         settings.generate.beam);
    if (settings.score && settings.generate.target != NULL)
        return cli_usage(command, "--score and --target both say what to score; give one of them");
    settings.generate.no_cache = no_cache;
    settings.generate.seed = (uint64_t)settings.seed;
    const char *trace = settings.generate.trace;
    if (trace != NULL && !settings.json && strcmp(trace, "attention") != 0)
        return cli_usage(command, "--trace %s needs --json; only \"attention\" is shown as text", trace);
    if (!cli_load_options(command, dtype, &load, &code))
        return code;
    heed_error error = {0};
    heed_model *model;
    if (heed_model_load_folder(arguments[0], &load, &model, &error) != HEED_OK)
        return cli_fail_error(command, &error);
    if (trace != NULL && !known_traces(command, model, trace, &code)) {
        heed_model_free(model);
        return code;
    }
    for (int i = 1; i < positional; i++)
        if (run_or_report(command, model, arguments[i], strlen(arguments[i]), &settings) != CLI_OK)
            code = CLI_FAILED;
    if (positional == 1)
        code = run_lines(command, model, &settings);
    heed_model_free(model);
    int finished = cli_finish(command);
    return code != CLI_OK ? code : finished;
}

const cli_command heed_command_run = {
    "run", "MODEL [TEXT...]", "what a model makes of texts",
    "Prints the output of the model in the folder MODEL for every TEXT, or for every line of standard input when there\n"
    "is none: one line each, symbols separated by blanks. A text that cannot be read gives an empty line (with --json\n"
    "an object with \"error\"), a message on standard error, and exit code 1 in the end. Where the model reads numbers a\n"
    "TEXT is steps of them, \"0.5 1; 0.25 0\", and so is the output where it gives numbers.\n",
    run};
