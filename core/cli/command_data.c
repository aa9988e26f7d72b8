/* heed data: examples of a synthetic task. */
#include <limits.h>
#include <string.h>

#include "cli.h"

static void print_example(void *context, const char *source, const char *target)
{
    (void)context;
    printf("%s\t%s\n", source, target);
}

static void print_options(const char *options)
{
    for (const char *option = cli_json_first(options); option != NULL; option = cli_json_next(option)) {
        const char *words = cli_json_member(option, "one_of");
        printf("    ");
        cli_json_print_text(stdout, cli_json_member(option, "name"));
        printf(": ");
        cli_json_print_text(stdout, cli_json_member(option, "help"));
        if (words != NULL) {
            const char *separator = " (";
            for (const char *word = cli_json_first(words); word != NULL; word = cli_json_next(word), separator = ", ") {
                printf("%s", separator);
                cli_json_print_text(stdout, word);
            }
        } else {
            printf(" (");
            cli_json_print_text(stdout, cli_json_member(option, "min"));
            printf(" to ");
            cli_json_print_text(stdout, cli_json_member(option, "max"));
        }
        printf("; default ");
        cli_json_print_text(stdout, cli_json_member(option, "default"));
        printf(")\n");
    }
}

static int print_tasks(const cli_command *command)
{
    heed_error error = {0};
    char *json = NULL;
    if (heed_tasks_describe(&json, &error) != HEED_OK)
        return cli_fail_error(command, &error);
    for (const char *task = cli_json_first(json); task != NULL; task = cli_json_next(task)) {
        cli_json_print_text(stdout, cli_json_member(task, "name"));
        printf(": ");
        cli_json_print_text(stdout, cli_json_member(task, "summary"));
        printf("\n");
        print_options(cli_json_member(task, "options"));
    }
    heed_text_free(json);
    return cli_finish(command);
}

static int run(const cli_command *command, int count, char **arguments)
{
    const char *options = NULL, *idx = NULL;
    int number = 10, seed = 1, code;
    bool dev = false;
    const cli_option table[] = {
        {"--count", "N", "how many; default 10", CLI_INT, &number, 0, INT_MAX},
        {"--seed", "S", "the recipe's seed; default 1", CLI_INT, &seed, 0, INT_MAX},
        {"--dev", NULL, "of the dev set, which shares no input with training", CLI_FLAG, &dev, 0, 0},
        {"--idx", "PREFIX", "digits only: strips of the images in PREFIX-images-idx3-ubyte, each used once", CLI_TEXT, &idx,
         0, 0},
        {"--options", "JSON", "the task's options: '{\"max_length\": 5}'", CLI_TEXT, &options, 0, 0},
        {NULL, NULL, NULL, CLI_FLAG, NULL, 0, 0},
    };
    int positional = cli_parse(command, table, count, arguments, &code);
    if (positional < 0)
        return code;
    if (positional > 1)
        return cli_usage(command, "it takes at most one TASK, not %d", positional);
    if (positional == 0)
        return print_tasks(command);
    if (idx != NULL && (strcmp(arguments[0], "digits") != 0 || dev))
        return cli_usage(command, "--idx goes with the task digits and without --dev");
    heed_error error = {0};
    if (idx != NULL) {
        if (heed_tasks_idx_strips(idx, options, (uint64_t)seed, number, print_example, NULL, &error) != HEED_OK)
            return cli_fail_error(command, &error);
        return cli_finish(command);
    }
    if (heed_tasks_examples(arguments[0], options, (uint64_t)seed, dev, number, print_example, NULL, &error) !=
        HEED_OK)
        return cli_fail_error(command, &error);
    return cli_finish(command);
}

const cli_command heed_command_data = {
    "data", "[TASK]", "examples of a synthetic task",
    "Prints examples of TASK, a synthetic task that a recipe can train on, as \"source TAB target\" lines; without TASK\n"
    "the list of tasks with their options.\n",
    run};
