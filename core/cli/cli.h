/* What the commands of `heed` share. They use the public headers of the engine only. */
#ifndef HEED_CLI_H
#define HEED_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "heed/heed.h"

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

typedef struct cli_command {
    const char *name;
    const char *arguments;   /* "MODEL [TEXT...]" */
    const char *summary;     /* one line for the list of commands */
    const char *description; /* for --help; lines end with a newline */
    int (*run)(const struct cli_command *command, int count, char **arguments); /* returns the exit code */
} cli_command;

#define HEED_COMMAND(name) extern const cli_command heed_command_##name;
#include "commands.def"
#undef HEED_COMMAND

typedef enum cli_kind { CLI_FLAG, CLI_INT, CLI_REAL, CLI_TEXT } cli_kind;

typedef struct cli_option {
    const char *name;  /* "--beam" */
    const char *value; /* "K", what --help calls the value; NULL for a flag */
    const char *help;
    cli_kind kind;
    void *target;      /* bool *, int *, double * or const char **; keeps what it had when the option is not given */
    int min, max;      /* of a CLI_INT */
} cli_option;

/* Reads options and positional arguments; "--" ends the options, "--name=value" is the same as "--name value". The
 * positional ones are moved to the front of `arguments`. The table ends with a NULL name. --isa NAME and --help are
 * known to every command. Returns the number of positional arguments, or -1 when the command is over (help or a mistake
 * in the usage), with the exit code in *code. */
int cli_parse(const cli_command *command, const cli_option *options, int count, char **arguments, int *code);
/* The same for a command that takes `wanted` positional arguments ("one MODEL folder"), no more and no fewer; false
 * when the command is over. */
bool cli_parse_exactly(const cli_command *command, const cli_option *options, int count, char **arguments, int wanted,
                       const char *what, int *code);
/* The option --dtype of commands that use a model, and what its value (NULL: not given) asks for; false after a
 * message, with the exit code in *code. */
#define CLI_DTYPE(target) \
    {"--dtype", "TYPE", "f32: compute in f32 also where weights are int8; int8, the default: where they are", CLI_TEXT, \
     (target), 0, 0}
bool cli_load_options(const cli_command *command, const char *dtype, heed_load_options *out, int *code);
/* A mistake in how the command was called: says so and how to see the help; returns CLI_USAGE. */
int cli_usage(const cli_command *command, const char *format, ...);
/* A failure: "heed eval: <what>" on stderr; returns CLI_FAILED. */
int cli_fail(const cli_command *command, const char *format, ...);
int cli_fail_error(const cli_command *command, const heed_error *error);

/* A whole file in memory for free(), NUL-terminated; NULL after a message on stderr. */
char *cli_read_file(const cli_command *command, const char *path, size_t *size);
/* The next line of a stream without its newline, NUL-terminated in a buffer that grows (free it in the end; NULL as
 * long as all lines were empty); false at the end. */
bool cli_read_line(FILE *stream, char **line, size_t *capacity, size_t *length);
/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void cli_print_json_string(FILE *stream, const char *text, size_t length);
/* Flushes standard output; an error there (a full disk, a closed pipe) becomes CLI_FAILED. */
int cli_finish(const cli_command *command);

/* Walking over JSON that the library wrote, hence valid. A value is the text that begins at a pointer. */
const char *cli_json_member(const char *object, const char *key); /* NULL when there is none */
const char *cli_json_first(const char *array);                    /* NULL when it is empty */
const char *cli_json_next(const char *element);                   /* NULL after the last */
const char *cli_json_end(const char *value);                      /* just behind the value */
/* Prints a string value decoded (without quotes and escapes). */
void cli_json_print_text(FILE *stream, const char *value);

#endif
