/* Files of lines with columns: questions, judgements, vectors as text. */
#ifndef HEED_VECTORS_TEXT_LINES_H
#define HEED_VECTORS_TEXT_LINES_H

#include <stdbool.h>

#include "base/reader.h"
#include "heed/status.h"

typedef struct heed_text_lines {
    const char *path;
    char *text;
    heed_reader reader;
    long long number; /* of the line in hand, from 1 */
} heed_text_lines;

heed_status heed_text_lines_open(heed_text_lines *lines, const char *path, heed_error *error);
void heed_text_lines_close(heed_text_lines *lines);
bool heed_text_lines_next(heed_text_lines *lines, heed_bytes *line);

/* Cuts a line at each of `separators`, into fields[0..most); a field may be empty. Returns how many there are, which
 * may be more than `most`. */
int heed_split_line(heed_bytes line, const char *separators, heed_bytes *fields, int most);
/* Whether a field is a finite decimal number and nothing else. */
bool heed_field_number(heed_bytes field, double *out);
/* A field for "%.*s": no more than 40 bytes. */
#define HEED_FIELD(field) (int)((field).size < 40 ? (field).size : 40), (const char *)(field).data

#endif
