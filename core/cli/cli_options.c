/* Options of a command, and its --help, from one table. */
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static void print_option(const char *name, const char *value, const char *help)
{
    char left[64];
    snprintf(left, sizeof left, "%s%s%s", name, value == NULL ? "" : " ", value == NULL ? "" : value);
    printf("  %-27s %s\n", left, help);
}

static void print_help(const cli_command *command, const cli_option *options)
{
    printf("Usage: heed %s %s%s\n\n%s\n", command->name, options[0].name == NULL ? "" : "[OPTION...] ",
           command->arguments, command->description);
    printf("Options:\n");
    for (int i = 0; options[i].name != NULL; i++)
        print_option(options[i].name, options[i].value, options[i].help);
    print_option("--isa", "NAME", "instruction set of the kernels (heed --version lists them)");
    print_option("--help", NULL, "this text");
}

int cli_usage(const cli_command *command, const char *format, ...)
{
    va_list list;
    fprintf(stderr, "heed %s: ", command->name);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fprintf(stderr, "\nSee: heed %s --help\n", command->name);
    return CLI_USAGE;
}

/* Sets an option from its text; false after a message. */
static bool set_option(const cli_command *command, const cli_option *option, const char *value)
{
    if (option->kind == CLI_TEXT) {
        *(const char **)option->target = value;
        return true;
    }
    char *end;
    if (option->kind == CLI_REAL) {
        const double real = strtod(value, &end); /* no locale is set: the decimal point is a point */
        if (*value == '\0' || *end != '\0') {
            cli_usage(command, "%s is \"%s\"; it must be a number", option->name, value);
            return false;
        }
        *(double *)option->target = real;
        return true;
    }
    long number = strtol(value, &end, 10);
    if (*value == '\0' || *end != '\0' || number < option->min || number > option->max) {
        if (option->max == INT_MAX)
            cli_usage(command, "%s is \"%s\"; it must be a whole number from %d up", option->name, value, option->min);
        else
            cli_usage(command, "%s is \"%s\"; it must be a whole number from %d to %d", option->name, value,
                      option->min, option->max);
        return false;
    }
    *(int *)option->target = (int)number;
    return true;
}

static bool force_isa(const cli_command *command, const char *name)
{
    heed_error error = {0};
    if (heed_isa_force(name, &error) == HEED_OK)
        return true;
    cli_usage(command, "%s", error.message);
    return false;
}

static const cli_option *find_option(const cli_option *options, const char *argument, size_t n)
{
    for (; options->name != NULL; options++)
        if (strlen(options->name) == n && memcmp(options->name, argument, n) == 0)
            return options;
    return NULL;
}

int cli_parse(const cli_command *command, const cli_option *options, int count, char **arguments, int *code)
{
    static const cli_option isa = {"--isa", "NAME", "", CLI_TEXT, NULL, 0, 0};
    int positional = 0;
    bool only_positional = false;
    *code = CLI_USAGE;
    for (int i = 0; i < count; i++) {
        char *argument = arguments[i];
        if (only_positional || argument[0] != '-' || argument[1] == '\0') {
            arguments[positional++] = argument;
            continue;
        }
        if (strcmp(argument, "--") == 0) {
            only_positional = true;
            continue;
        }
        if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
            print_help(command, options);
            *code = cli_finish(command);
            return -1;
        }
        const char *equals = strchr(argument, '=');
        size_t n = equals == NULL ? strlen(argument) : (size_t)(equals - argument);
        const cli_option *option = n == 5 && memcmp(argument, "--isa", n) == 0 ? &isa
                                                                              : find_option(options, argument, n);
        if (option == NULL) {
            cli_usage(command, "there is no option \"%.*s\"", (int)n, argument);
            return -1;
        }
        if (option->kind == CLI_FLAG) {
            if (equals != NULL) {
                cli_usage(command, "%s takes no value", option->name);
                return -1;
            }
            *(bool *)option->target = true;
            continue;
        }
        if (equals == NULL && i + 1 == count) {
            cli_usage(command, "%s needs a value: %s", option->name, option->value);
            return -1;
        }
        const char *value = equals != NULL ? equals + 1 : arguments[++i];
        if (option == &isa ? !force_isa(command, value) : !set_option(command, option, value))
            return -1;
    }
    *code = CLI_OK;
    return positional;
}

bool cli_parse_exactly(const cli_command *command, const cli_option *options, int count, char **arguments, int wanted,
                       const char *what, int *code)
{
    int positional = cli_parse(command, options, count, arguments, code);
    if (positional >= 0 && positional != wanted)
        *code = cli_usage(command, "it takes %s, not %d", what, positional);
    return positional == wanted;
}

bool cli_load_options(const cli_command *command, const char *dtype, heed_load_options *out, int *code)
{
    *out = (heed_load_options){.f32 = dtype != NULL && strcmp(dtype, "f32") == 0};
    if (dtype == NULL || out->f32 || strcmp(dtype, "int8") == 0)
        return true;
    *code = cli_usage(command, "--dtype is \"%s\"; it must be f32 or int8", dtype);
    return false;
}
