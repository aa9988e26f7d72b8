/* heed golden: inputs with the tokens and logits that this model gives, for other builds to be compared with. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* Prints the values of every "decoder.logits" in the trace, a list per step. */
static void print_logits(const char *json)
{
    const char *trace = cli_json_member(json, "trace");
    const char *comma = "";
    for (const char *entry = trace == NULL ? NULL : cli_json_first(trace); entry != NULL;
         entry = cli_json_next(entry)) {
        const char *name = cli_json_member(entry, "name"), *values = cli_json_member(entry, "values");
        if (name == NULL || values == NULL || strncmp(name, "\"decoder.logits\"", 16) != 0)
            continue;
        printf("%s\n   %.*s", comma, (int)(cli_json_end(values) - values), values);
        comma = ",";
    }
}

static heed_status print_item(const heed_model *model, const char *text, size_t size, bool first, heed_error *error)
{
    static const heed_generate_options options = {.beam = 1, .trace = "decoder.logits"};
    heed_generation *generation = NULL;
    char *json = NULL;
    bool done = false;
    heed_status status = heed_generation_start(model, text, size, &options, &generation, error);
    while (status == HEED_OK && !done)
        status = heed_generation_advance(generation, &done, error);
    if (status == HEED_OK)
        status = heed_generation_json(generation, &json, error);
    if (status == HEED_OK) {
        printf("%s\n {\"input\":", first ? "" : ",");
        cli_print_json_string(stdout, text, size);
        printf(",\"tokens\":[");
        for (int i = 0; i < heed_generation_length(generation, 0); i++) {
            const char *token = heed_model_target_token(model, heed_generation_get(generation, 0, i).token);
            printf("%s", i > 0 ? "," : "");
            cli_print_json_string(stdout, token, strlen(token));
        }
        printf("],\"logits\":[");
        print_logits(json);
        printf("]}");
    }
    heed_text_free(json);
    heed_generation_free(generation);
    return status;
}

static int print_all(const cli_command *command, const heed_model *model, FILE *inputs)
{
    heed_error error = {0};
    heed_status status = HEED_OK;
    char *line = NULL;
    size_t capacity = 0, length;
    bool first = true;
    printf("{\"beam\":1,\"items\":[");
    while (status == HEED_OK && cli_read_line(inputs, &line, &capacity, &length)) {
        if (length == 0)
            continue;
        status = print_item(model, line, length, first, &error);
        first = false;
    }
    free(line);
    if (status != HEED_OK)
        return cli_fail_error(command, &error);
    printf("\n]}\n");
    return cli_finish(command);
}

static int run(const cli_command *command, int count, char **arguments)
{
    static const heed_load_options f32 = {.f32 = 1}; /* the arithmetic whose results are the same everywhere but for
                                                        rounding */
    const char *path = NULL;
    int code;
    const cli_option table[] = {
        {"--inputs", "FILE", "one input per line", CLI_TEXT, &path, 0, 0},
        {NULL, NULL, NULL, CLI_FLAG, NULL, 0, 0},
    };
    if (!cli_parse_exactly(command, table, count, arguments, 1, "one MODEL folder", &code))
        return code;
    if (path == NULL)
        return cli_usage(command, "--inputs FILE is missing");
    heed_error error = {0};
    heed_model *model;
    if (heed_model_load_folder(arguments[0], &f32, &model, &error) != HEED_OK)
        return cli_fail_error(command, &error);
    FILE *inputs = fopen(path, "rb");
    if (inputs == NULL)
        code = cli_fail(command, "%s: cannot be opened", path);
    else
        code = print_all(command, model, inputs);
    if (inputs != NULL)
        fclose(inputs);
    heed_model_free(model);
    return code;
}

const cli_command heed_command_golden = {
    "golden", "MODEL --inputs FILE", "expected tokens and logits of inputs",
    "Prints as JSON, for every line of FILE, the greedy output of the model in the folder MODEL and the logits of every\n"
    "step (the one that chose <eos> included), computed in f32: what golden.json of a model folder holds.\n",
    run};
