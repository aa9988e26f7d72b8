/* word2vec's text form: "V D", then a word and its D numbers a line. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "ops/project.h"
#include "text/vocabulary.h"
#include "vectors/text_lines.h"
#include "vectors/vector_table.h"

heed_status heed_vectors_export(const heed_vectors *vectors, const char *path, heed_error *error)
{
    char number[HEED_NUMBER_SIZE];
    heed_string_buffer text = {0};
    heed_string_format(&text, "%d %d\n", vectors->rows, vectors->dim);
    for (int row = 0; row < vectors->rows; row++) {
        const char *word = heed_vectors_word(vectors, row);
        heed_string_append(&text, word, strlen(word));
        heed_weight_row(&vectors->tape, vectors->weight, row, vectors->row);
        for (int i = 0; i < vectors->dim; i++) {
            heed_number_format((double)vectors->row[i], 9, number);
            heed_string_append(&text, " ", 1);
            heed_string_append(&text, number, strlen(number));
        }
        heed_string_append(&text, "\n", 1);
    }
    const heed_bytes part = {(const unsigned char *)text.text, text.length};
    const heed_status status = text.failed ? heed_fail(error, HEED_ERROR_MEMORY, "out of memory for %s", path)
                                           : heed_file_write(path, &part, 1, error);
    heed_string_free(&text);
    return status;
}

static heed_status read_sizes(heed_text_lines *lines, int *rows, int *dim, heed_error *error)
{
    heed_bytes line = {0}, fields[2];
    double sizes[2] = {0};
    const bool fine = heed_text_lines_next(lines, &line) && heed_split_line(line, " ", fields, 2) == 2 &&
                      heed_field_number(fields[0], &sizes[0]) && heed_field_number(fields[1], &sizes[1]);
    if (!fine || !(sizes[0] >= 1 && sizes[0] <= HEED_VOCABULARY_MAX - HEED_TOKEN_SPECIALS) ||
        !(sizes[1] >= 1 && sizes[1] <= 2048))
        return heed_fail(error, HEED_ERROR_FORMAT, "%s:1: \"%.*s\"; it must be the number of words, 1 to %d, and of each "
                         "vector's numbers, 1 to 2048", lines->path, HEED_FIELD(line),
                         HEED_VOCABULARY_MAX - HEED_TOKEN_SPECIALS);
    *rows = (int)sizes[0];
    *dim = (int)sizes[1];
    if (lines->reader.bytes.size / (size_t)*rows < 2 * (size_t)*dim) /* before memory is asked for */
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: too short for %d vectors of %d numbers", lines->path, *rows, *dim);
    return HEED_OK;
}

/* The words go to the tokenizer, the numbers to values[rows][dim]. */
static heed_status read_row(heed_text_lines *lines, int dim, heed_tokenizer *tokenizer, heed_bytes *fields,
                            heed_real *values, heed_error *error)
{
    heed_bytes line;
    if (!heed_text_lines_next(lines, &line))
        return heed_fail(error, HEED_ERROR_FORMAT, "%s:%lld: a word is missing", lines->path, lines->number);
    while (line.size > 0 && line.data[line.size - 1] == ' ')
        line.size--; /* word2vec ends a line with a blank */
    const int count = heed_split_line(line, " ", fields, dim + 1);
    if (count != dim + 1)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s:%lld: %d fields; there must be a word and %d numbers", lines->path,
                         lines->number, count, dim);
    if (memchr(fields[0].data, '\0', fields[0].size) != NULL)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s:%lld: there is a zero byte in the word", lines->path, lines->number);
    heed_token *token = &tokenizer->tokens[tokenizer->count++];
    *token = (heed_token){heed_arena_string(&tokenizer->arena, (const char *)fields[0].data, fields[0].size),
                          fields[0].size};
    if (token->text == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for words", lines->path);
    for (int i = 0; i < dim; i++) {
        double value;
        const bool fine = heed_field_number(fields[i + 1], &value);
        if (!fine || !isfinite((heed_real)value))
            return heed_fail(error, HEED_ERROR_FORMAT, "%s:%lld: \"%.*s\" is %s", lines->path, lines->number,
                             HEED_FIELD(fields[i + 1]), fine ? "too large a number" : "no number");
        values[i] = (heed_real)value;
    }
    return HEED_OK;
}

static heed_status read_rows(heed_text_lines *lines, int rows, int dim, heed_tokenizer *tokenizer, heed_real *values,
                             heed_error *error)
{
    heed_arena scratch = {0};
    heed_bytes *fields = heed_arena_alloc(&scratch, ((size_t)dim + 1) * sizeof *fields);
    heed_status status = fields != NULL && heed_tokenizer_reserve(tokenizer, HEED_TOKEN_SPECIALS + rows)
                             ? HEED_OK
                             : heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for words", lines->path);
    for (int row = 0; row < rows && status == HEED_OK; row++)
        status = read_row(lines, dim, tokenizer, fields, values + (size_t)row * (size_t)dim, error);
    heed_arena_free(&scratch);
    return status == HEED_OK ? heed_tokenizer_finish(tokenizer, lines->path, error) : status;
}

static heed_status import(heed_text_lines *lines, heed_tokenizer **source, heed_tokenizer **none, heed_real **values,
                          heed_model **out, heed_error *error)
{
    char config[100];
    int rows = 0, dim = 0;
    HEED_TRY(read_sizes(lines, &rows, &dim, error));
    HEED_TRY(heed_tokenizer_of_kind(&heed_tokenizer_word, lines->path, source, error));
    (*source)->options.split_punctuation = false; /* words as they stand there */
    (*source)->options.form = HEED_FORM_NONE;
    *values = heed_alloc((size_t)rows * (size_t)dim, sizeof **values);
    if (*values == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d vectors", lines->path, rows);
    HEED_TRY(read_rows(lines, rows, dim, *source, *values, error));
    HEED_TRY(heed_tokenizer_empty(&heed_tokenizer_word, none, error));
    snprintf(config, sizeof config, "{\"model_type\":\"word_vectors\",\"dim\":%d}", dim);
    const heed_status status = heed_model_assemble(config, strlen(config), *source, *none, out, error);
    *source = *none = NULL; /* the model's */
    HEED_TRY(status);
    HEED_TRY(heed_params_allocate(&(*out)->params, error));
    memcpy((*out)->params.values, *values, (size_t)rows * (size_t)dim * sizeof **values);
    return HEED_OK;
}

heed_status heed_vectors_import(const char *path, heed_model **out, heed_error *error)
{
    heed_text_lines lines;
    heed_tokenizer *source = NULL, *none = NULL;
    heed_real *values = NULL;
    *out = NULL;
    HEED_TRY(heed_text_lines_open(&lines, path, error));
    const heed_status status = import(&lines, &source, &none, &values, out, error);
    if (status != HEED_OK) {
        heed_model_free(*out);
        *out = NULL;
    }
    heed_tokenizer_free(source);
    heed_tokenizer_free(none);
    heed_free(values);
    heed_text_lines_close(&lines);
    return status;
}
