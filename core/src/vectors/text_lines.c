#include "vectors/text_lines.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"

heed_status heed_text_lines_open(heed_text_lines *lines, const char *path, heed_error *error)
{
    *lines = (heed_text_lines){.path = path};
    const heed_status status = heed_file_read(path, &lines->text, &lines->reader.bytes.size, error);
    lines->reader.bytes.data = (const unsigned char *)lines->text;
    return status;
}

void heed_text_lines_close(heed_text_lines *lines)
{
    heed_free(lines->text);
    lines->text = NULL;
}

bool heed_text_lines_next(heed_text_lines *lines, heed_bytes *line)
{
    lines->number++;
    return heed_read_line(&lines->reader, line);
}

int heed_split_line(heed_bytes line, const char *separators, heed_bytes *fields, int most)
{
    int count = 0;
    size_t start = 0;
    for (size_t i = 0; i <= line.size; i++) {
        if (i < line.size && (line.data[i] == '\0' || strchr(separators, line.data[i]) == NULL))
            continue;
        if (count < most)
            fields[count] = (heed_bytes){line.data + start, i - start};
        count++;
        start = i + 1;
    }
    return count;
}

static size_t digits(heed_bytes field, size_t at)
{
    size_t n = 0;
    while (at + n < field.size && field.data[at + n] >= '0' && field.data[at + n] <= '9')
        n++;
    return n;
}

bool heed_field_number(heed_bytes field, double *out)
{
    enum { LONGEST = 40 };
    size_t at = field.size > 0 && (field.data[0] == '-' || field.data[0] == '+');
    const size_t whole = digits(field, at);
    at += whole;
    if (at < field.size && field.data[at] == '.')
        at += 1 + digits(field, at + 1);
    if (whole > 0 && at < field.size && (field.data[at] | 32) == 'e') {
        at++;
        at += at < field.size && (field.data[at] == '-' || field.data[at] == '+');
        const size_t power = digits(field, at);
        if (power == 0)
            return false;
        at += power;
    }
    if (whole == 0 || at != field.size || field.size > LONGEST)
        return false;
    heed_arena arena = {0};
    const bool fine = heed_number_parse((const char *)field.data, field.size, &arena, out) && isfinite(*out);
    heed_arena_free(&arena);
    return fine;
}
