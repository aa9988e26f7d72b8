/* heed inspect: what is in a model folder. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static void print_value(const char *label, const char *value)
{
    if (value == NULL)
        return;
    printf("%-18s ", label);
    cli_json_print_text(stdout, value);
    printf("\n");
}

static void print_count(const char *label, const char *array)
{
    int count = 0;
    for (const char *element = array == NULL ? NULL : cli_json_first(array); element != NULL;
         element = cli_json_next(element))
        count++;
    printf("%-18s %d tokens\n", label, count);
}

/* "[ 39 , 96 ]" of JSON as "39 x 96". */
static void print_shape(const char *shape)
{
    char text[64] = "";
    size_t used = 0;
    for (const char *size = cli_json_first(shape); size != NULL && used < sizeof text; size = cli_json_next(size))
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%ld", used > 0 ? " x " : "", strtol(size, NULL, 10));
    printf("%16s", text);
}

static void print_tensors(const char *tensors)
{
    printf("\n%-48s %16s %12s\n", "tensor", "shape", "parameters");
    for (const char *tensor = tensors == NULL ? NULL : cli_json_first(tensors); tensor != NULL;
         tensor = cli_json_next(tensor)) {
        const char *name = cli_json_member(tensor, "name");
        int width = (int)(cli_json_end(name) - name) - 2;
        cli_json_print_text(stdout, name);
        printf("%*s ", width < 48 ? 48 - width : 0, "");
        print_shape(cli_json_member(tensor, "shape"));
        printf(" %12ld\n", strtol(cli_json_member(tensor, "count"), NULL, 10));
    }
}

/* A side is numbers or tokens. */
static void print_side(const char *side, const char *values, const char *vocabulary)
{
    char name[32];
    snprintf(name, sizeof name, "%s %s", side, values ? "numbers" : "vocabulary");
    if (values)
        print_value(name, values);
    else
        print_count(name, vocabulary);
}

static void print_all(const char *json)
{
    print_value("model type", cli_json_member(json, "model_type"));
    print_value("parameters", cli_json_member(json, "parameters"));
    print_value("bytes of weights", cli_json_member(json, "bytes"));
    print_side("source", cli_json_member(json, "source_values"), cli_json_member(json, "source_vocabulary"));
    print_side("target", cli_json_member(json, "target_values"), cli_json_member(json, "target_vocabulary"));
    print_value("config", cli_json_member(json, "config"));
    print_tensors(cli_json_member(json, "tensors"));
}

static void print_traces(const char *json)
{
    const char *traces = cli_json_member(json, "traces");
    for (const char *name = traces == NULL ? NULL : cli_json_first(traces); name != NULL; name = cli_json_next(name)) {
        cli_json_print_text(stdout, name);
        printf("\n");
    }
}

static int run(const cli_command *command, int count, char **arguments)
{
    bool traces = false, json = false;
    int code;
    const cli_option table[] = {
        {"--traces", NULL, "only the names that --trace of heed run takes, one a line; it takes tensors, and NAME.gradient of both, too",
         CLI_FLAG, &traces, 0, 0},
        {"--json", NULL, "everything as one JSON object", CLI_FLAG, &json, 0, 0},
        {NULL, NULL, NULL, CLI_FLAG, NULL, 0, 0},
    };
    if (!cli_parse_exactly(command, table, count, arguments, 1, "one MODEL folder", &code))
        return code;
    heed_error error = {0};
    heed_model *model;
    char *text = NULL;
    if (heed_model_load_folder(arguments[0], NULL, &model, &error) != HEED_OK)
        return cli_fail_error(command, &error);
    heed_status status = heed_model_describe(model, &text, &error);
    heed_model_free(model);
    if (status != HEED_OK)
        return cli_fail_error(command, &error);
    if (json)
        printf("%s\n", text);
    else if (traces)
        print_traces(text);
    else
        print_all(text);
    heed_text_free(text);
    return cli_finish(command);
}

const cli_command heed_command_inspect = {
    "inspect", "MODEL", "what is in a model folder",
    "Prints the type, config, vocabulary sizes and the table of tensors of the model in the folder MODEL.\n", run};
