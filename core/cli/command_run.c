/* heed run: outputs for texts of the command line or of standard input. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct run_settings {
    heed_generate_options generate;
    bool json;
} run_settings;

/* The output as the model's tokens, symbols separated by blanks. */
static void print_output(const heed_model *model, const heed_generation *generation)
{
    int length = heed_generation_length(generation, 0);
    for (int i = 0; i < length; i++)
        printf("%s%s", i > 0 ? " " : "", heed_model_target_token(model, heed_generation_get(generation, 0, i).token));
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
        print_output(model, generation);
        if (settings->generate.trace != NULL)
            print_attention(model, generation, json);
    }
    heed_text_free(json);
    return HEED_OK;
}

static heed_status run_text(const heed_model *model, const char *text, size_t size, const run_settings *settings,
                            heed_error *error)
{
    heed_generation *generation = NULL;
    bool done = false;
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

/* Whether every name of the comma-separated list is one that the model can keep; a message on the first that is not. */
static bool known_traces(const cli_command *command, const heed_model *model, const char *list, int *code)
{
    heed_error error = {0};
    char *json = NULL;
    if (heed_model_describe(model, &json, &error) != HEED_OK) {
        *code = cli_fail_error(command, &error);
        return false;
    }
    const char *traces = cli_json_member(json, "traces");
    bool known = true;
    while (known && *list != '\0') {
        size_t n = strcspn(list, ",");
        known = n == strlen("attention") && memcmp(list, "attention", n) == 0;
        for (const char *name = cli_json_first(traces); name != NULL && !known; name = cli_json_next(name))
            known = (size_t)(cli_json_end(name) - name) == n + 2 && memcmp(name + 1, list, n) == 0;
        if (!known)
            *code = cli_usage(command, "there is no trace \"%.*s\"; heed inspect MODEL --traces lists them", (int)n,
                              list);
        list += n + (list[n] == ',');
    }
    heed_text_free(json);
    return known;
}

static int run(const cli_command *command, int count, char **arguments)
{
    run_settings settings = {.generate = {.beam = 1}};
    heed_load_options load;
    const char *dtype = NULL;
    int code;
    const cli_option table[] = {
        {"--beam", "K", "hypotheses kept; 1, the default, is greedy", CLI_INT, &settings.generate.beam, 1,
         HEED_BEAM_MAX},
        {"--attention-temperature", "T", "flattens (above 1) or sharpens (below 1) what the model attends to", CLI_REAL,
         &settings.generate.attention_temperature, 0, 0},
        {"--mute", "NAMES", "attention heads that contribute zero, by comma: encoder.0.self_attention.2", CLI_TEXT,
         &settings.generate.mute, 0, 0},
        {"--trace", "NAMES", "\"attention\": the weights as a table; with --json any names, by comma", CLI_TEXT,
         &settings.generate.trace, 0, 0},
        CLI_DTYPE(&dtype),
        {"--json", NULL, "one JSON object per input", CLI_FLAG, &settings.json, 0, 0},
        {NULL, NULL, NULL, CLI_FLAG, NULL, 0, 0},
    };
    int positional = cli_parse(command, table, count, arguments, &code);
    if (positional < 0)
        return code;
    if (positional == 0)
        return cli_usage(command, "the MODEL folder is missing");
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
    "an object with \"error\"), a message on standard error, and exit code 1 in the end.\n",
    run};
