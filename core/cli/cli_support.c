#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

int cli_fail(const cli_command *command, const char *format, ...)
{
    va_list list;
    fflush(stdout);
    fprintf(stderr, "heed %s: ", command->name);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fprintf(stderr, "\n");
    return CLI_FAILED;
}

int cli_fail_error(const cli_command *command, const heed_error *error)
{
    return cli_fail(command, "%s", error->message);
}

bool cli_read_line(FILE *stream, char **line, size_t *capacity, size_t *length)
{
    size_t n = 0;
    int c = EOF;
    while ((c = getc(stream)) != EOF && c != '\n') {
        if (n + 1 >= *capacity) {
            size_t grown = *capacity < 128 ? 256 : *capacity * 2;
            char *larger = realloc(*line, grown);
            if (larger == NULL)
                return false;
            *line = larger;
            *capacity = grown;
        }
        (*line)[n++] = (char)c;
    }
    if (n > 0 && (*line)[n - 1] == '\r')
        n--;
    *length = n;
    return c != EOF || n > 0;
}

char *cli_read_file(const cli_command *command, const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t capacity = 0, n = 0, got = 1;
    while (file != NULL && got > 0) {
        if (capacity - n < 4096) {
            capacity = capacity * 2 + 8192;
            char *larger = realloc(text, capacity);
            if (larger == NULL)
                break;
            text = larger;
        }
        got = fread(text + n, 1, capacity - n - 1, file);
        n += got;
    }
    if (file == NULL || got > 0 || ferror(file)) {
        cli_fail(command, "%s: cannot read: %s", path, strerror(errno));
        free(text);
        text = NULL;
    } else {
        text[n] = '\0';
        *size = n;
    }
    if (file != NULL)
        fclose(file);
    return text;
}

void cli_print_json_string(FILE *stream, const char *text, size_t length)
{
    fputc('"', stream);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            fprintf(stream, "\\%c", c);
        else if (c < 0x20)
            fprintf(stream, "\\u%04x", c);
        else
            fputc(c, stream);
    }
    fputc('"', stream);
}

int cli_finish(const cli_command *command)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return cli_fail(command, "cannot write the output: %s", strerror(errno));
    return CLI_OK;
}
