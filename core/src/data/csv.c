#include "data/csv.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "base/utf8.h"

enum { CELLS_MAX = 4096 };

typedef struct table {
    const char *what;
    heed_pairs *pairs;
    heed_arena *arena;
    char separator;
    int count;              /* cells of every line */
    heed_bytes names[CELLS_MAX], cells[CELLS_MAX];
    bool numbers;
    int features[CELLS_MAX], targets[CELLS_MAX]; /* columns */
    int feature_count, target_count;
    heed_string_buffer source, target;
} table;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_number(heed_bytes cell)
{
    return cell.size > 0 && heed_number_size((const char *)cell.data, cell.size) == cell.size;
}

/* Cuts a line into cells, unquoting in place; -1: one in quotes does not end with a quote, or there are too
 * many. */
static int cut(char *line, size_t size, char separator, heed_bytes *cells)
{
    int count = 0;
    for (size_t at = 0;; at++) {
        while (at < size && line[at] != separator && is_blank(line[at]))
            at++;
        const bool quoted = at < size && line[at] == '"';
        const size_t start = at + quoted;
        size_t end = start;
        for (at = start; at < size && (quoted || line[at] != separator); at++) {
            if (quoted && line[at] == '"' && (at + 1 == size || line[at + 1] != '"'))
                break;
            at += quoted && line[at] == '"';
            line[end++] = line[at];
        }
        if (quoted && at++ == size)
            return -1;
        while (quoted && at < size && line[at] != separator && is_blank(line[at]))
            at++;
        if (at < size && line[at] != separator)
            return -1;
        while (!quoted && end > start && is_blank(line[end - 1]))
            end--;
        if (count == CELLS_MAX)
            return -1;
        cells[count++] = (heed_bytes){(const unsigned char *)line + start, end - start};
        if (at >= size)
            return count;
    }
}

static char find_separator(heed_bytes line)
{
    return memchr(line.data, '\t', line.size) ? '\t' : memchr(line.data, ',', line.size) ? ',' : ';';
}

/* The column that a JSON string names; -1 after a failure. */
static int find_column(const table *t, const heed_json *name, heed_error *error)
{
    int found = -1, times = 0;
    if (name->type != HEED_JSON_STRING) {
        heed_fail(error, HEED_ERROR_FORMAT, "%s: columns are named by texts", t->what);
        return -1;
    }
    for (int i = 0; i < t->count; i++) {
        char number[16];
        const int n = snprintf(number, sizeof number, "%d", i + 1);
        const heed_bytes own = t->names[0].data ? t->names[i] : (heed_bytes){(unsigned char *)number, (size_t)n};
        if (own.size == name->string_length && memcmp(own.data, name->string, own.size) == 0) {
            found = i;
            times++;
        }
    }
    if (times == 1)
        return found;
    heed_fail(error, HEED_ERROR_UNKNOWN, times ? "%s: %d columns have the name \"%.60s\"" : "%s: of %d columns none is \"%.60s\"",
              t->what, times ? times : t->count, name->string);
    return -1;
}

/* A name or a list of them. */
static heed_status find_columns(const table *t, const heed_json *names, int *list, int *count, heed_error *error)
{
    const heed_json *name = names->type == HEED_JSON_ARRAY ? names->first : names;
    for (; name != NULL && *count < CELLS_MAX; name = names->type == HEED_JSON_ARRAY ? name->next : NULL) {
        list[*count] = find_column(t, name, error);
        if (list[(*count)++] < 0)
            return HEED_ERROR_UNKNOWN;
    }
    return *count > 0 ? HEED_OK : heed_fail(error, HEED_ERROR_FORMAT, "%s: a list of columns is empty", t->what);
}

static heed_status choose_columns(table *t, const heed_json *columns, heed_error *error)
{
    static const char *const fields[] = {"features", "target", NULL};
    const heed_json *features = heed_json_get(columns, "features"), *target = heed_json_get(columns, "target");
    HEED_TRY(heed_json_only(columns, "recipe.data.table", fields, error));
    if (target != NULL)
        HEED_TRY(find_columns(t, target, t->targets, &t->target_count, error));
    else
        t->targets[t->target_count++] = t->count - 1;
    if (features != NULL)
        HEED_TRY(find_columns(t, features, t->features, &t->feature_count, error));
    for (int i = 0; i < t->count; i++) {
        bool is_target = false, is_feature = false;
        for (int k = 0; k < t->target_count; k++)
            is_target = is_target || t->targets[k] == i;
        for (int k = 0; features != NULL && k < t->feature_count; k++)
            is_feature = is_feature || t->features[k] == i;
        if (is_target && is_feature)
            return heed_fail(error, HEED_ERROR_ARGUMENT, "%s: column %d is a feature and a target", t->what, i + 1);
        if (features == NULL && !is_target)
            t->features[t->feature_count++] = i;
    }
    return t->feature_count > 0 ? HEED_OK
                                : heed_fail(error, HEED_ERROR_FORMAT, "%s: there is no column beside the target", t->what);
}

/* Cells of some columns, with blanks between them. */
static heed_status join(const table *t, const int *list, int count, bool numbers, long line, heed_string_buffer *out,
                        heed_error *error)
{
    heed_string_clear(out);
    for (int i = 0; i < count; i++) {
        const heed_bytes cell = t->cells[list[i]];
        if (cell.size == 0 || (numbers && !is_number(cell)))
            return heed_fail(error, HEED_ERROR_FORMAT, "%s:%ld: column %d is \"%.*s\"; it must be a %s", t->what, line,
                             list[i] + 1, cell.size > 40 ? 40 : (int)cell.size, (const char *)cell.data,
                             numbers ? "number" : "text");
        heed_string_append(out, " ", i > 0);
        heed_string_append(out, (const char *)cell.data, cell.size);
    }
    return HEED_OK;
}

static heed_status add_line(table *t, heed_bytes line, long number, heed_error *error)
{
    char *copy = heed_arena_string(t->arena, (const char *)line.data, line.size);
    if (copy == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for %s", t->what);
    const int count = cut(copy, line.size, t->separator, t->cells);
    if (count != t->count)
        return heed_fail(error, HEED_ERROR_FORMAT,
                         count < 0 ? "%s:%ld: a cell in quotes does not end with a quote" : "%s:%ld: there are %d cells; the first line has %d",
                         t->what, number, count, t->count);
    HEED_TRY(join(t, t->features, t->feature_count, true, number, &t->source, error));
    HEED_TRY(join(t, t->targets, t->target_count, t->numbers, number, &t->target, error));
    if (t->source.failed || t->target.failed)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for %s", t->what);
    return heed_pairs_add(t->pairs, t->source.text, t->source.length, t->target.text, t->target.length, error);
}

/* Of the first line: what parts cells, how many they are, and their names if it has no number. */
static heed_status read_head(table *t, heed_bytes line, bool *is_head, heed_error *error)
{
    t->separator = find_separator(line);
    char *copy = heed_arena_string(t->arena, (const char *)line.data, line.size);
    if (copy == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for %s", t->what);
    t->count = cut(copy, line.size, t->separator, t->cells);
    if (t->count < 2)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s:1: a table has from 2 to %d columns, parted by tabs, commas or "
                         "semicolons", t->what, CELLS_MAX);
    *is_head = true;
    for (int i = 0; i < t->count; i++)
        *is_head = *is_head && !is_number(t->cells[i]);
    if (*is_head)
        memcpy(t->names, t->cells, (size_t)t->count * sizeof *t->cells);
    return HEED_OK;
}

static heed_status read_all(table *t, heed_bytes text, const heed_json *columns, heed_error *error)
{
    heed_reader reader = {.bytes = text};
    heed_bytes line;
    bool begun = false;
    for (long number = 1; heed_read_line(&reader, &line); number++) {
        bool is_head = false;
        if (line.size == 0)
            continue;
        if (!heed_utf8_valid((const char *)line.data, line.size) || memchr(line.data, 0, line.size) != NULL)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s:%ld: the line is not UTF-8 text", t->what, number);
        if (!begun) {
            HEED_TRY(read_head(t, line, &is_head, error));
            HEED_TRY(choose_columns(t, columns, error));
        }
        begun = true;
        const heed_arena_mark mark = heed_arena_save(t->arena);
        if (!is_head)
            HEED_TRY(add_line(t, line, number, error));
        heed_arena_restore(t->arena, mark);
    }
    return begun ? HEED_OK : heed_fail(error, HEED_ERROR_FORMAT, "%s has no lines", t->what);
}

heed_status heed_table_parse(heed_pairs *pairs, const char *text, size_t size, const heed_json *columns, bool numbers,
                             const char *what, heed_error *error)
{
    heed_arena arena = {0};
    const int32_t before = pairs->count;
    table *t = heed_arena_alloc_zero(&arena, sizeof *t);
    heed_status status = HEED_ERROR_MEMORY;
    if (t != NULL) {
        *t = (table){.what = what, .pairs = pairs, .arena = &arena, .numbers = numbers};
        status = read_all(t, (heed_bytes){(const unsigned char *)text, size}, columns, error);
        heed_string_free(&t->source);
        heed_string_free(&t->target);
    } else {
        heed_fail(error, status, "out of memory for %s", what);
    }
    if (status != HEED_OK)
        pairs->count = before;
    heed_arena_free(&arena);
    return status;
}
