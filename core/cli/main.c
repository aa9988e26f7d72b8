/* heed: the command line of the engine. */
#include <string.h>

#include "cli.h"

static const cli_command *const commands[] = {
#define HEED_COMMAND(name) &heed_command_##name,
#include "commands.def"
#undef HEED_COMMAND
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(FILE *stream)
{
    fprintf(stream, "Usage: heed [--isa NAME] COMMAND ...\n\nSequence models: train, evaluate and run them.\n\n"
                    "Commands:\n");
    for (int i = 0; i < COMMANDS; i++)
        fprintf(stream, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    fprintf(stream, "\nheed COMMAND --help tells more; heed --version names the instruction sets.\n"
                    "Exit codes: 0 done, 1 failed, 2 not called as it should be.\n");
}

static int print_version(void)
{
    static const cli_command version = {.name = "--version"};
    printf("heed 0.1.0\ninstruction sets:");
    for (const char *const *name = heed_isa_list(); *name != NULL; name++)
        if (heed_isa_available(*name))
            printf(" %s%s", *name, strcmp(*name, heed_isa_name()) == 0 ? " (in use)" : "");
    printf("\n");
    return cli_finish(&version);
}

int main(int argc, char **argv)
{
    int at = 1;
    while (at + 1 < argc && strcmp(argv[at], "--isa") == 0) {
        heed_error error = {0};
        if (heed_isa_force(argv[at + 1], &error) != HEED_OK) {
            fprintf(stderr, "heed: %s\n", error.message);
            return CLI_USAGE;
        }
        at += 2;
    }
    if (at >= argc) {
        print_help(stderr);
        return CLI_USAGE;
    }
    const char *name = argv[at];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help(stdout);
        return CLI_OK;
    }
    if (strcmp(name, "--version") == 0)
        return print_version();
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i]->run(commands[i], argc - at - 1, argv + at + 1);
    fprintf(stderr, "heed: there is no command \"%s\". See: heed --help\n", name);
    return CLI_USAGE;
}
