/* Judging vectors by files that others have made: analogies, and similarities that people have said. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "ops/project.h"
#include "vectors/text_lines.h"
#include "vectors/vector_table.h"

static heed_status find(const heed_vectors *vectors, heed_bytes word, int *row, heed_error *error)
{
    return heed_vectors_look_up(vectors, (const char *)word.data, word.size, row, error);
}

static void add_score(heed_analogy_score *to, const heed_analogy_score *from)
{
    to->questions += from->questions;
    to->covered += from->covered;
    to->right += from->right;
}

static heed_status ask(heed_vectors *vectors, const heed_text_lines *lines, heed_bytes line, int limit,
                       heed_analogy_score *score, heed_error *error)
{
    static const double signs[] = {-1, 1, 1};
    heed_bytes words[4];
    heed_neighbour best;
    int rows[4];
    bool covered = true;
    const int count = heed_split_line(line, " \t", words, 4);
    if (count != 4)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s:%lld: %d words; a question has 4", lines->path,
                         lines->number, count);
    score->questions++;
    for (int i = 0; i < 4; i++) {
        HEED_TRY(find(vectors, words[i], &rows[i], error));
        covered = covered && rows[i] >= 0 && (limit == 0 || rows[i] < limit);
    }
    if (!covered)
        return HEED_OK;
    score->covered++;
    score->right += heed_vectors_nearest(vectors, rows, signs, 3, 1, limit, &best) == 1 && best.row == rows[3];
    return HEED_OK;
}

heed_status heed_vectors_analogies(heed_vectors *vectors, const char *path, int limit,
                                   void (*section)(void *context, const heed_analogy_score *score), void *context,
                                   heed_analogy_score *total, heed_error *error)
{
    heed_text_lines lines;
    heed_bytes line;
    char name[128] = "";
    heed_analogy_score score = {.name = name};
    *total = (heed_analogy_score){.name = "total"};
    HEED_TRY(heed_text_lines_open(&lines, path, error));
    heed_status status = HEED_OK;
    while (status == HEED_OK && heed_text_lines_next(&lines, &line)) {
        if (line.size == 0)
            continue;
        if (line.data[0] != ':') {
            status = ask(vectors, &lines, line, limit, &score, error);
            continue;
        }
        if (score.questions > 0 && section != NULL)
            section(context, &score);
        add_score(total, &score);
        const size_t skip = line.size > 1 && line.data[1] == ' ' ? 2 : 1;
        snprintf(name, sizeof name, "%.*s", (int)(line.size - skip < 127 ? line.size - skip : 127), line.data + skip);
        score = (heed_analogy_score){.name = name};
    }
    if (status == HEED_OK && score.questions > 0 && section != NULL)
        section(context, &score);
    add_score(total, &score);
    heed_text_lines_close(&lines);
    if (status == HEED_OK && total->questions == 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: there are no questions in it", path);
    return status;
}

static double cosine(heed_vectors *vectors, int a, int b)
{
    heed_weight_row(&vectors->tape, vectors->weight, a, vectors->row);
    heed_weight_row(&vectors->tape, vectors->weight, b, vectors->query);
    return (double)(vectors->tape.kernels->dot((size_t)vectors->dim, vectors->row, vectors->query) * vectors->inverse[a] *
                    vectors->inverse[b]);
}

typedef struct judgements {
    double *said, *found;
    size_t capacity;
} judgements;

static heed_status keep(judgements *list, size_t at, double said, double found, heed_error *error)
{
    if (at == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 256 : 2 * list->capacity;
        double *const more_said = heed_realloc(list->said, at * sizeof(double), capacity, sizeof(double));
        list->said = more_said != NULL ? more_said : list->said;
        double *const more_found = heed_realloc(list->found, at * sizeof(double), capacity, sizeof(double));
        list->found = more_found != NULL ? more_found : list->found;
        if (more_said == NULL || more_found == NULL)
            return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for more than %zu pairs", at);
        list->capacity = capacity;
    }
    list->said[at] = said;
    list->found[at] = found;
    return HEED_OK;
}

static heed_status judge(heed_vectors *vectors, const heed_text_lines *lines, heed_bytes line, judgements *list,
                         heed_similarity_score *out, heed_error *error)
{
    heed_bytes fields[3];
    double said = 0;
    const int count = heed_split_line(line, memchr(line.data, '\t', line.size) != NULL ? "\t" : ",", fields, 3);
    if (count != 3)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s:%lld: %d columns; there must be 3: word, word, number", lines->path,
                         lines->number, count);
    if (!heed_field_number(fields[2], &said)) {
        if (lines->number == 1)
            return HEED_OK;
        return heed_fail(error, HEED_ERROR_FORMAT, "%s:%lld: \"%.*s\" is no number", lines->path, lines->number,
                         HEED_FIELD(fields[2]));
    }
    out->pairs++;
    int a, b;
    HEED_TRY(find(vectors, fields[0], &a, error));
    HEED_TRY(find(vectors, fields[1], &b, error));
    if (a < 0 || b < 0)
        return HEED_OK;
    return keep(list, (size_t)out->covered++, said, cosine(vectors, a, b), error);
}

heed_status heed_vectors_similarity(heed_vectors *vectors, const char *path, heed_similarity_score *out,
                                    heed_error *error)
{
    heed_text_lines lines;
    heed_bytes line;
    judgements list = {0};
    *out = (heed_similarity_score){0};
    HEED_TRY(heed_text_lines_open(&lines, path, error));
    heed_status status = HEED_OK;
    while (status == HEED_OK && heed_text_lines_next(&lines, &line))
        if (line.size > 0 && line.data[0] != '#')
            status = judge(vectors, &lines, line, &list, out, error);
    if (status == HEED_OK && out->pairs == 0)
        status = heed_fail(error, HEED_ERROR_FORMAT, "%s: there are no pairs in it", path);
    out->spearman = status == HEED_OK ? heed_spearman(list.said, list.found, (size_t)out->covered) : 0;
    heed_free(list.said);
    heed_free(list.found);
    heed_text_lines_close(&lines);
    return status;
}
