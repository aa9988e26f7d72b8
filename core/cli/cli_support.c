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
    if (*line != NULL)
        (*line)[n] = '\0'; /* there is room: it grows while n + 1 is not below its capacity */
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

/* Bytes of the UTF-8 sequence that begins at text[0], n > 0; 0 when there is none. */
static size_t utf8_length(const unsigned char *text, size_t n)
{
    size_t length = text[0] < 0x80 ? 1 : text[0] < 0xC2 ? 0 : text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3
                  : text[0] < 0xF5 ? 4 : 0;
    if (length == 0 || length > n)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (text[0] == 0xE0 && text[1] < 0xA0) || (text[0] == 0xF0 && text[1] < 0x90);
    bool outside = (text[0] == 0xED && text[1] > 0x9F) || (text[0] == 0xF4 && text[1] > 0x8F);
    return overlong || outside ? 0 : length;
}

void cli_print_json_string(FILE *stream, const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    fputc('"', stream);
    for (size_t i = 0, n; i < length; i += n) {
        n = utf8_length(bytes + i, length - i);
        if (n == 0) {
            fputs("\\ufffd", stream);
            n = 1;
        } else if (bytes[i] == '"' || bytes[i] == '\\') {
            fprintf(stream, "\\%c", bytes[i]);
        } else if (bytes[i] < 0x20) {
            fprintf(stream, "\\u%04x", bytes[i]);
        } else {
            fwrite(bytes + i, 1, n, stream);
        }
    }
    fputc('"', stream);
}

int cli_finish(const cli_command *command)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return cli_fail(command, "cannot write the output: %s", strerror(errno));
    return CLI_OK;
}
